// The first command of the README: `npm run demo`. It starts a stack of its own, and its exit code is 0 only if all was as expected.
import { ROOT } from "../../../tools/local/paths.ts";
import { run } from "../../../tools/local/processes.ts";

it("the demo warms its site and finds nothing wrong", async () => {
  const said = await run(process.execPath, ["--import", "tsx", `${ROOT}tools/local/demo.ts`], process.env, ROOT);
  expect(said).toContain("120 of 120 are hits");
  expect(said).not.toContain("WRONG");
}, 600_000);
