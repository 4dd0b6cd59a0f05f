// The command as its users run it: the bundle as a process, against the deployed stack, in a pipe and on a terminal.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { openBrowser } from "../../../tools/console/browser.ts";
import { freePort } from "../../../tools/local/ports.ts";
import { onTerminal, type TerminalSize } from "../../../tools/local/pseudo-terminal.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../hold-back.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BUNDLE = `${ROOT}cli/dist/prewarm.cjs`;
const GOOD = [`https://${HOST}/index.html`, "--pop", "SIN2-C1,ATL56-C1"];

beforeAll(() => {
  const built = spawnSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT, encoding: "utf8" });
  if (!existsSync(BUNDLE)) throw new Error(built.stderr);
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the command", () => {
  const running = deployedStack();

  function start(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const { apiUrl, apiKey } = running().prewarm;
    const env = { ...process.env, PREWARM_ENDPOINT: apiUrl, PREWARM_API_KEY: apiKey, LC_ALL: "C.UTF-8", ...more };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["pipe", "pipe", "pipe"] });
    const heard = { stdout: "", stderr: "" };
    child.stdout.on("data", (text: Buffer) => (heard.stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (heard.stderr += text.toString()));
    const ended = new Promise<Ran>((resolve) => child.once("close", (code) => resolve({ code, ...heard })));
    return { child, heard, ended };
  }

  const begin = (...words: string[]) => start(process.execPath, [BUNDLE, ...words]);
  const run = (...words: string[]) => {
    const { child, ended } = begin(...words);
    child.stdin.end();
    return ended;
  };
  const watch = (size: TerminalSize, more: Readonly<Record<string, string>>, ...words: string[]) =>
    start(...onTerminal(size, [process.execPath, BUNDLE, ...words]), more);

  it("0: all is good; lines in a pipe, the verdict at the end, and the same on later questions", async () => {
    const { code, stdout, stderr } = await run("warm", ...GOOD, "--timeout", "5m");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9a-f]{8} [A-Z_]+ \d+% tasks=\d+\/\d+ warm=\d+ hit=\d+ /,
    );
    expect(lines.at(-2)).toContain("FINISHED 100% tasks=2/2");
    expect(lines.at(-1)).toMatch(/^Ready for traffic/);
    const id = /[0-9a-f]{8}-[0-9a-f-]+/.exec(stderr)?.[0] ?? "";

    const status = await run("status", id.slice(0, 6), "--pops");
    expect(status.code).toBe(0);
    expect(status.stdout).toContain("SIN2-C1");
    expect(status.stdout.trim().split("\n").at(-1)).toBe(lines.at(-1));

    const list = await run("list", "--json");
    expect(ANSWERS["GET /requests"][200].parse(JSON.parse(list.stdout)).requests[0]?.request_id).toBe(id);
    const progress = await run("status", id, "--json");
    expect(ANSWERS["GET /prewarm"][200].parse(JSON.parse(progress.stdout)).status).toBe("FINISHED");

    const { apiUrl, apiKey } = running().prewarm;
    const ofPop = `${apiUrl}prewarm?req_id=${id}&detail=urls&pop=SIN2-C1`;
    const urls = await (await fetch(ofPop, { headers: { "x-api-key": apiKey } })).json();
    expect(ANSWERS["GET /prewarm"][200].parse(urls).urls).toMatchObject({
      ...{ total_count: 1, failures: [], failures_omitted: 0 },
      buckets: [{ state: expect.stringMatching(/^(warm|hit)$/), first: 1, tasks: 1, failed: 0 }],
    });
    const opened = await run("open", id.slice(0, 6), "--print");
    expect(opened).toEqual({ code: 0, stdout: `${apiUrl}console#/r/${id}\n`, stderr: "" });

    const all = await run("report", id, "--all", "--format", "json");
    expect(JSON.parse(all.stdout)).toHaveLength(2);
    const failed = await run("report", id);
    expect(failed.stdout.trim().split("\n")).toHaveLength(1);
  });

  it("0: what makes nothing: estimate, pops, instances, each as JSON by the schema of its route", async () => {
    const [estimate, pops, instances] = await Promise.all([
      run("estimate", ...GOOD, "--json"),
      run("pops", "--country", "singapore", "--json"),
      run("instances", "--json"),
    ]);
    expect([estimate.code, pops.code, instances.code]).toEqual([0, 0, 0]);
    ANSWERS["POST /prewarm"][200].parse(JSON.parse(estimate.stdout));
    expect(ANSWERS["GET /pops"][200].parse(JSON.parse(pops.stdout)).pops.length).toBeGreaterThan(0);
    ANSWERS["GET /instances"][200].parse(JSON.parse(instances.stdout));
    const read = await run("estimate", ...GOOD);
    expect(read.stdout).toMatch(/^Tasks +2: 1 URL × 2 POPs$/m);
    expect(read.stdout).toMatch(/^Costs about +/m);
  });

  it("0: the body of a file from the pipe, left running, then watched; the GitHub action's step does the same", async () => {
    const sent = begin("warm", "--from", "-", "--instances", "1", "--no-wait");
    sent.child.stdin.end(JSON.stringify(body()));
    const { code, stdout } = await sent.ended;
    expect([code, stdout.trim()]).toEqual([0, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const watched = await run("status", stdout.trim(), "--watch", "--json");
    expect(watched.code).toBe(0);
    expect(endingSchema.parse(JSON.parse(watched.stdout)).progress.total_count).toBe(6);

    const inputs = { INPUT_URLS: `\n${GOOD[0]}\n`, INPUT_POPS: "SIN2-C1", INPUT_TIMEOUT: "5m", INPUT_INSTANCES: "1" };
    const action = await start("bash", ["cli/action/warm.sh"], inputs).ended;
    expect(action.code).toBe(0);
    expect(action.stdout).toMatch(/^Ready for traffic/);
  });

  it("1: words that make no sense, a refusal, no answer; each says what to do next", async () => {
    const wrong = await run("warm", ...GOOD, "--timout", "5m");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("Did you mean --timeout?");
    const refused = await run("warm", `https://${HOST}/a`, "ftp://x/y", "--pop", "NOPE");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("ftp://x/y");
    expect(refused.stderr).toContain("Nothing was made.");
    const silent = await run("list", "--endpoint", `http://127.0.0.1:${await freePort()}/`);
    expect(silent.code).toBe(1);
    expect(silent.stderr).toContain("ECONNREFUSED");
    const wrongKey = await run("list", "--endpoint", running().prewarm.apiUrl, "--api-key", "no");
    expect([wrongKey.code, wrongKey.stderr]).toEqual([1, expect.stringContaining("key is missing or wrong")]);
  });

  it("2: it ended with failures; the report names them, and a retry warms them alone", async () => {
    const stack = running();
    const [broken, good] = [`https://${HOST}/js/shop.js`, `https://${HOST}/index.html`];
    let isBroken = true;
    stack.setFaults((asked) =>
      isBroken && asked.path === "/js/shop.js" && asked.method === "GET" ? { kind: "status", status: 404 } : undefined,
    );
    const { code, stdout } = await run("warm", broken, good, "--pop", "SIN2-C1,ATL56-C1", "--timeout", "5m", "--json");
    expect(code).toBe(2);
    const document = endingSchema.parse(JSON.parse(stdout));
    expect(document).toMatchObject({ status: "FINISHED", exit_code: 2 });
    const id = document.request_id;
    const report = await run("report", id, "--failed");
    expect(report.stdout.trim().split("\n")).toHaveLength(3);
    expect((await run("status", id)).stdout.trim().split("\n").at(-1)).toMatch(
      new RegExp(`^Not ready for traffic: .* Next: prewarm report ${id.slice(0, 8)} --failed$`),
    );
    const folder = mkdtempSync(join(tmpdir(), "prewarm-page-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const page = join(folder, "report.html");
    expect((await run("report", id, "--html", page)).code).toBe(0);
    const { text, faults } = await lookAt(page);
    expect(faults).toEqual([]);
    for (const words of ["Not ready for traffic", "Refused (4xx)", broken, "SIN2-C1", "Timings by regional edge cache"])
      expect(text).toContain(words);
    isBroken = false;
    const again = await run("retry", id.slice(0, 8));
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("tasks=2/2");
  });

  it("3: stopped from elsewhere while somebody waits", async () => {
    holdBack(running(), "/hangs.bin");
    const waits = begin("warm", `https://${HOST}/hangs.bin`, "--pop", "SIN2-C1");
    waits.child.stdin.end();
    await until(() => /IN_PROGRESS/.test(waits.heard.stdout));
    const id = /[0-9a-f]{8}-[0-9a-f-]+/.exec(waits.heard.stderr)?.[0] ?? "";
    const unasked = await run("stop", id);
    expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining("say --yes")]);
    expect((await run("stop", id, "--yes")).code).toBe(0);
    const { code, stdout } = await waits.ended;
    expect(code).toBe(3);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/^Stopped at 0%\. 1 task not tried\. Next: prewarm retry/);
  });

  it("on a terminal: a live view that fits, and Ctrl-C leaves the request running", async () => {
    holdBack(running(), "/hangs.bin");
    const live = watch(
      [80, 24],
      { NO_COLOR: "1", LC_ALL: "C" },
      "warm",
      `https://${HOST}/hangs.bin`,
      "--pop",
      "SIN2-C1",
    );
    await until(() => /waiting|under way 1/.test(live.heard.stdout) && /SIN2|Singapore/.test(live.heard.stdout));
    live.child.stdin.write("\u0003");
    const { code, stdout } = await live.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/Come back: prewarm status [0-9a-f]{8} --watch/);
    // Without colours, and where the terminal is not UTF-8, in ASCII.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: codes of colours are what is looked for
    expect(stdout).not.toMatch(/\u001b\[3\dm|█/);
    expect(stdout).toMatch(/[.]{20}|={20}/);
    const id = /status ([0-9a-f]{8})/.exec(stdout)?.[1] ?? "";
    expect((await run("status", id, "--json")).stdout).toMatch(/"status": "(?!STOPPED)/);
    expect((await run("stop", id, "--yes")).code).toBe(0);
  });

  it("on a terminal: Ctrl-C twice offers to stop it", async () => {
    holdBack(running(), "/hangs.bin");
    const live = watch([100, 30], {}, "warm", `https://${HOST}/hangs.bin`, "--pop", "SIN2-C1");
    await until(() => /Singapore/.test(live.heard.stdout));
    live.child.stdin.write("\u0003");
    await until(() => /Ctrl-C again: stop it\?/.test(live.heard.stdout));
    live.child.stdin.write("\u0003");
    await until(() => /Stop it\? .*\[y\/N\]/.test(live.heard.stdout));
    live.child.stdin.write("y\n");
    const { code, stdout } = await live.ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/Stopped at 0%\./);
  });
});

/** What `--json` prints of a request that was waited for. */
const endingSchema = z.object({
  request_id: z.string(),
  status: z.string(),
  exit_code: z.number(),
  sentence: z.string(),
  progress: ANSWERS["GET /prewarm"][200],
  summary: ANSWERS["GET /summary"][200],
});

/** What a browser shows of a page, and what it says against it. */
async function lookAt(file: string): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("console", (message) => faults.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href) faults.push(`a call: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { text: (await page.locator("main").textContent()) ?? "", faults };
  } finally {
    await browser.close();
  }
}

async function until(holds: () => boolean, patienceMs = 90_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
