// The gate of docs/snippets with a curl that says what it is called with. test/e2e/rest/recipes.test.ts runs it against a stack.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../read-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "prewarm-gate-"));
/** In CI, a missing jq fails the tests. */
const SKIPS = !process.env["CI"] && spawnSync("jq", ["--version"]).status !== 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the gate for a request that ends with the verdict. */
function pass(body: object, verdict: string, ACCEPT = "") {
  const sent = join(folder, "sent.json");
  const curl = `#!/bin/sh
case "$*" in *'--data @-'*) cat > '${sent}' ;; esac
echo '{"request_id":"r","status":"FINISHED","verdict":"${verdict}"}'
`;
  writeFileSync(join(folder, "curl"), curl);
  chmodSync(join(folder, "curl"), 0o755);
  writeFileSync(join(folder, "body.json"), JSON.stringify(body));
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env["PATH"]}`,
    API: "https://example.com/",
    KEY: "k",
    ACCEPT,
  };
  const args = [`${ROOT}docs/snippets/warm-gate.sh`, join(folder, "body.json")];
  return { code: spawnSync("bash", args, { env }).status, sent: JSON.parse(readFileSync(sent, "utf8")) };
}

it.skipIf(SKIPS).each([
  ["of the body", { client_token: "mine" }, /^mine$/],
  ["of its own, if the body has none", { timeout: 5 }, /^[\w-]{8,64}$/],
])("the gate sends the token %s, so that a repeated call starts one request", (_name, body, token) => {
  const { code, sent } = pass(body, "ready");
  expect(code).toBe(0);
  expect(sent).toEqual({ ...body, client_token: expect.stringMatching(token) });
});

// Tasks of a `not_verified` request can have failed.
it.skipIf(SKIPS).each([
  ["not_verified", "", 1],
  ["not_verified", "ready not_verified", 0],
  ["not_ready", "ready not_verified", 1],
])("after %s with ACCEPT='%s', the gate's exit code is %i", (verdict, accept, code) => {
  expect(pass({}, verdict, accept).code).toBe(code);
});
