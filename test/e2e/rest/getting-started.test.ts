// docs/getting-started.md, walked as a newcomer does: its commands one after the other, as they stand there, in a copy of the checkout that runs
// `npm start`. What it says that one sees is seen.
import type { ChildProcess } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { blocksOf, commandsOf } from "../../docs/commands.ts";
import { DOCUMENTS, ROOT } from "../../docs/read-documents.ts";
import { ran, spawned } from "../../spawned.ts";
import { buildCommand, until } from "../command-line.ts";

const DOCUMENT = "docs/getting-started.md";
const text = DOCUMENTS.get(DOCUMENT) ?? "";
/** What a checkout has not, or what takes long to make anew. */
const NOT_COPIED = [".git", "node_modules", ".local", "cdk.out", "coverage"];
const UP = "Ctrl-C ends everything.";
const PATIENCE_MS = 400_000;

interface Step {
  readonly code: string;
  /** What it says that one sees then. */
  readonly seen: string | undefined;
}

const steps: Step[] = blocksOf(DOCUMENT, text)
  .filter(({ notRun }) => notRun === undefined)
  .map(({ code }) => {
    const [, after = ""] = text.split(`\`\`\`sh\n${code}\`\`\``);
    const [upToNext = ""] = after.split("```sh");
    return { code, seen: /^```text\n([\s\S]*?)^```$/m.exec(upToNext)?.[1]?.trim() };
  });
const [begin, ...walk] = steps;

const parent = mkdtempSync(join(tmpdir(), "prewarm-first-"));
const checkout = join(parent, "prewarm");
const bin = join(parent, "bin");
let served: ChildProcess | undefined;

beforeAll(() => copyCheckout());
afterAll(async () => {
  await end();
  rmSync(parent, { recursive: true, force: true });
});

describe("the first steps", () => {
  it("begin with npm start", async () => {
    expect(commandsOf(begin?.code ?? "")).toEqual(["npm start"]);
    const { child, heard } = spawned("npm", ["start"], { cwd: checkout, env: environment(), detached: true });
    served = child;
    await until(() => heard.stdout.includes(UP) || child.exitCode !== null, PATIENCE_MS);
    expect(heard).toMatchObject({ stdout: expect.stringContaining(UP) });
    expect(heard.stdout).toMatch(/^Console {2}http:\/\/localhost:\d+\/prod\/console$/m);
  });

  /** Of the request that was made last, and values that a block gives to the next ones. */
  let id = "";
  const values: string[] = [];

  it.each(walk)("$code", async ({ code, seen }) => {
    const script = ["set -o pipefail", ...values, withId(code, id)].join("\n");
    const ended = await ran("bash", ["-uc", script], { cwd: checkout, env: environment() });
    const said = ended.stdout + ended.stderr;
    values.push(...commandsOf(code).filter((command) => /^[A-Z]+=/.test(command)));
    id = /[0-9a-f]{8}(?=-[0-9a-f]{4}-)/.exec(said)?.[0] ?? id;
    expect(ended).toMatchObject({ code: seen?.startsWith("Not ready") === true ? 2 : 0 });
    if (seen !== undefined) expect(said).toContain(withId(seen, id));
    // Once by the status; the report has codes instead.
    if (/status --failures/.test(code)) expect(said.match(/Client error \(4xx\)/g)).toHaveLength(1);
    if (/report --failed/.test(code)) expect(said.match(/HTTP 403/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("end with Ctrl-C, which leaves nothing running", async () => {
    await end();
    expect(existsSync(join(checkout, ".local/endpoint.json"))).toBe(false);
  });
});

/** The id that the document has in its examples. */
function withId(words: string, own: string) {
  return words.replaceAll("23c2c2a1", own);
}

/** Without what other tests, or the shell that runs them, say of Prewarm; the browser is one that opens nothing. */
function environment() {
  const { PREWARM_ENDPOINT: _, PREWARM_API_KEY: __, PREWARM_STACK: ___, ...env } = process.env;
  return { ...env, PATH: `${bin}:${env["PATH"]}`, LC_ALL: "C.UTF-8", NO_COLOR: "1" };
}

function copyCheckout() {
  buildCommand();
  cpSync(ROOT, checkout, {
    recursive: true,
    filter: (path) => !(NOT_COPIED.includes(basename(path)) && join(ROOT, basename(path)) === path),
  });
  symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
  mkdirSync(join(checkout, ".local"));
  for (const emulator of ["ministack", "ministack-packages"]) {
    if (existsSync(join(ROOT, ".local", emulator)))
      symlinkSync(join(ROOT, ".local", emulator), join(checkout, ".local", emulator));
  }
  mkdirSync(bin);
  writeFileSync(join(bin, "xdg-open"), "#!/bin/sh\nexit 0\n");
  chmodSync(join(bin, "xdg-open"), 0o755);
}

/** As Ctrl-C on a terminal: all processes that it runs are told. Waits for the last of them. */
async function end() {
  const pid = served?.pid;
  served = undefined;
  if (pid === undefined || !isGroupAlive(pid)) return;
  process.kill(-pid, "SIGINT");
  await until(() => !isGroupAlive(pid), PATIENCE_MS);
}

function isGroupAlive(pid: number) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
