// The console in a real browser, in short: what `npm run lab console -- --short` does. It starts a stack of its own.
import { expect, it } from "vitest";
import { ROOT } from "../../../tools/local/paths.ts";
import { run } from "../../../tools/local/processes.ts";

it("the console in a real browser shows what is so, and does what an operator wants", async () => {
  const script = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/console/main.ts`, "--short"];
  // It throws, with what was said, where a fault is found.
  const said = await run(process.execPath, script, process.env, ROOT);
  expect(said).toMatch(/ 0 faults$/m);
}, 900_000);
