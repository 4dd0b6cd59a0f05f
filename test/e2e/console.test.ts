// The console in a real browser, in short: what `npm run test:console -- --short` does. It starts a stack of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ROOT } from "../../tools/local/paths.ts";

it("the console in a real browser shows what is so, and does what an operator wants", async () => {
  const script = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/console/main.ts`, "--short"];
  const child = spawn(process.execPath, script, { cwd: ROOT });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = await once(child, "close");
  expect(code, said).toBe(0);
  expect(said).toMatch(/ 0 faults$/m);
}, 300_000);
