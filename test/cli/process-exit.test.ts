// The built command as a process: what an action returns is what the shell sees.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { addressOf } from "../../tools/local/ports.ts";
import { KNOWN_ID } from "./fake-api.ts";
import { progress } from "./progress.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

beforeAll(() => void execFileSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT }), 60_000);

/** The exit code of `prewarm status --json` for a request that stands so. */
async function exitCode(...changes: Parameters<typeof progress>): Promise<unknown> {
  const server = createServer((_request, response) => {
    const it = { ...progress({ request_id: KNOWN_ID }), ...changes[0], url_count: 1, url_prefix: "https://a.example/" };
    response.end(JSON.stringify({ ...it, requests: [it], next: null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const at = ["--endpoint", `http://127.0.0.1:${addressOf(server).port}/prod/`, "--api-key", "the-key"];
  const child = spawn(process.execPath, ["cli/dist/prewarm.cjs", "status", KNOWN_ID, "--json", ...at], {
    cwd: ROOT,
    stdio: "ignore",
  });
  return new Promise((resolve) => child.once("close", resolve));
}

test("the process ends with the action's exit code", async () => {
  expect(
    await Promise.all([
      exitCode({ status: "IN_PROGRESS" }),
      exitCode({ status: "FINISHED", failed_count: 0 }),
      exitCode({ status: "FINISHED", failed_count: 7 }),
      exitCode({ status: "STOPPED", failed_count: 3 }),
    ]),
  ).toEqual([0, 0, 2, 3]);
});
