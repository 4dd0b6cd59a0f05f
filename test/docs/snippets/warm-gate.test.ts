// The gate of docs/snippets with a curl that says what it is called with. test/e2e/rest/recipes.test.ts runs it against a stack.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../read-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "prewarm-gate-"));
const HAS_JQ = spawnSync("jq", ["--version"]).status === 0;
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(!HAS_JQ).each([
  ["of the body", { client_token: "mine" }, /^mine$/],
  ["of its own, if the body has none", { timeout: 5 }, /^[\w-]{8,64}$/],
])("the gate sends the token %s, so that a repeated call starts one request", (_name, body, token) => {
  const sent = join(folder, "sent.json");
  const curl = `#!/bin/sh
case "$*" in *'--data @-'*) cat > '${sent}' ;; esac
echo '{"request_id":"r","status":"FINISHED","verdict":"ready"}'
`;
  writeFileSync(join(folder, "curl"), curl);
  chmodSync(join(folder, "curl"), 0o755);
  writeFileSync(join(folder, "body.json"), JSON.stringify(body));
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, API: "https://example.com/", KEY: "k" };
  const { status, stderr } = spawnSync("bash", [`${ROOT}docs/snippets/warm-gate.sh`, join(folder, "body.json")], {
    env,
  });
  expect(status, String(stderr)).toBe(0);
  expect(JSON.parse(readFileSync(sent, "utf8"))).toEqual({ ...body, client_token: expect.stringMatching(token) });
});
