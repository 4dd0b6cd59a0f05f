// The built command as a process that warms without a stack: what it leaves on disk, and what signals and faults do to it.
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Edge, edgeEnvironment, startEdge } from "../../../tools/edge/edge.ts";
import type { FaultRequest } from "../../../tools/edge/faults.ts";
import { Seed } from "../../../tools/lab/engine/seed.ts";
import { firstPops } from "../../../tools/local/world.ts";
import { readCall } from "../../../tools/memory-aws/aws-http.ts";
import { MemoryCloudFront } from "../../../tools/memory-aws/memory-cloudfront.ts";
import { folderWith } from "../../folder-with.ts";
import { serve } from "../../serve.ts";
import type { Ran } from "../../spawned.ts";
import { startBuilt, useBuiltCommand } from "../built-command.ts";

vi.setConfig({ testTimeout: 120_000 });
useBuiltCommand();

const DOMAIN = "d111111abcdef8.cloudfront.net";
const SITE = "https://www.example.com";
/** Another alias, which no URL of the caller has. */
const IMAGES = "https://images.example.com";
const FILES = Array.from({ length: 12 }, (_, i) => `/f/${i}`);
const MANY = Array.from({ length: 100 }, (_, i) => `/many/${i}`);
/** Two under one REC, and one under another. */
const POPS = firstPops(3).map(({ pop }) => pop);
const TASKS = FILES.length * POPS.length;
/** With MANY, as many tasks as are asked for first. */
const ALL_POPS = firstPops(200);

let edge: Edge;

beforeAll(async () => {
  const sitemap = (urls: readonly string[]) => {
    const body = Buffer.from(`<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join("")}</urlset>`);
    return { size: body.length, body };
  };
  edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [SITE, IMAGES].map((it) => new URL(it).host) }],
    pops: ALL_POPS,
    site: {
      ...Object.fromEntries([...FILES, ...MANY].map((path) => [path, { size: 1_000 }])),
      "/sitemap.xml": sitemap(FILES.map((path) => SITE + path)),
      "/images.xml": sitemap([SITE + FILES[0], IMAGES + FILES[1]]),
      "/huge": { size: 1_000, probedSize: 21e9 },
    },
    firstAddress: "127.79.0.1",
    logPops: true,
  });
});
afterAll(() => edge.close());

/** A machine with its own state; `run` waits for the end of a command, `start` does not. */
function machine() {
  const state = folderWith({ "ca.pem": edge.caPem });
  const env = {
    ...edgeEnvironment(edge, join(state, "ca.pem")),
    XDG_STATE_HOME: state,
  };
  const start = (
    words: readonly string[],
    more: { shell?: string; node?: string; env?: Record<string, string> } = {},
  ) => startBuilt(words, { ...env, ...more.env }, { folder: state, ...more });
  const runs = () => (existsSync(join(state, "prewarm")) ? readdirSync(join(state, "prewarm")) : []);
  const run = (...words: string[]): Promise<Ran> => start(words).ended;
  return {
    state,
    start,
    run,
    runs,
    /** The tasks that have a result. */
    journal: (): string[] => {
      const [id = ""] = runs();
      const file = join(state, "prewarm", id, "results.jsonl");
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
      return lines.map((line) => JSON.parse(line)).map(({ pop, url }) => `${pop} ${url}`);
    },
    /** The rows of the report. */
    report: async (): Promise<string[]> => {
      const { stdout } = await run("report", "--all", "--json", "--direct");
      return JSON.parse(stdout).map(({ pop, url }: { pop: string; url: string }) => `${pop} ${url}`);
    },
  };
}

const warm = (...more: string[]) => [
  ...["warm", "--direct", "--cf-domain", DOMAIN, ...POPS.flatMap((pop) => ["--pop", pop])],
  ...["--sitemap", `${SITE}/sitemap.xml`, ...more],
];

/** Has the edge never answer some requests. @returns waits until there are some */
function hold(isHeld: (request: FaultRequest) => boolean): () => Promise<void> {
  let held = 0;
  edge.setFaults((request) => {
    if (!isHeld(request)) return undefined;
    held++;
    return { kind: "held", until: new Promise(() => undefined) };
  });
  return () => vi.waitFor(() => expect(held).toBeGreaterThan(0), { timeout: 60_000 });
}

const isDownload = (request: { method: string; path: string; range?: string | undefined }) =>
  request.method === "GET" && request.range === undefined && request.path.startsWith("/f/");

/** Has it answer the downloads of so many files, and no others. */
function holdAfter(files: number): () => Promise<void> {
  return hold(
    ({ method, path, headers }) =>
      isDownload({ method, path, range: headers.range }) && Number(path.slice("/f/".length)) >= files,
  );
}

const answerAll = () => edge.setFaults(undefined);

test("in a pipe, it is lines without colours; with --json, stdout is one document; the other commands know the run", async () => {
  answerAll();
  const { run, report, runs } = machine();
  const { code, stdout, stderr } = await run(...warm("--timeout", "10m"));
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`${TASKS} tasks, `) });
  expect(stdout).toContain(`all ${TASKS} tasks are warm`);
  expect(stdout + stderr).not.toContain("\u001b");
  const json = await run(...warm("--json"));
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: "FINISHED",
    exit_code: 0,
    progress: { total_count: TASKS, failed_count: 0 },
  });
  expect(runs()).toHaveLength(2);
  expect((await run("list", "--direct")).stdout.match(/ready/g)).toHaveLength(2);
  expect(new Set(await report()).size).toBe(TASKS);
});

test("Ctrl-C once stops it: the report has what is done, and the exit code is 3", async () => {
  const { start, run, journal, report } = machine();
  const untilHeld = holdAfter(4);
  const { child, ended } = start(warm());
  await untilHeld();
  await vi.waitFor(() => expect(journal()).not.toEqual([]), { timeout: 60_000 });
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 3, stderr: expect.stringContaining("Stopping: ") });
  const warmTasks = (await report()).filter((task) => journal().includes(task));
  expect(warmTasks).toHaveLength(journal().length);
  expect((await run("status", "--direct", "--json")).stdout).toContain('"STOPPED"');
  expect(await run("resume")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /has ended: STOPPED\nTo retry the tasks that were not tried: prewarm retry \w+ --direct\n$/,
    ),
  });
});

test.each([
  ["sources are read", ({ path }: FaultRequest) => path === "/sitemap.xml"],
  ["sizes are asked", ({ method }: FaultRequest) => method === "HEAD"],
])("Ctrl-C while %s takes effect at once; an estimate leaves nothing", async (_, isHeld) => {
  const interrupted = async (...more: string[]) => {
    const { start, run, runs } = machine();
    const untilHeld = hold(isHeld);
    const { child, ended } = start(warm(...more));
    await untilHeld();
    child.kill("SIGINT");
    const stopped = performance.now();
    expect(await ended).toMatchObject({ code: 3, stderr: expect.stringContaining("Stopping") });
    // No answer ever comes, and what is waited for at most is 15 s.
    expect(performance.now() - stopped).toBeLessThan(10_000);
    answerAll();
    return { run, runs: runs(), stderr: (await ended).stderr };
  };
  const { run } = await interrupted();
  expect((await run("status", "--direct", "--json")).stdout).toContain('"STOPPED"');
  const estimated = await interrupted("--dry-run");
  expect(estimated.runs).toEqual([]);
  expect(estimated.stderr).not.toContain("report is written");
});

test("Ctrl-C twice ends it at once with exit code 130, and resume goes on", async () => {
  const twice = async () => {
    const { start, run, report } = machine();
    const untilHeld = holdAfter(0);
    const { child, heard, ended } = start(warm());
    await untilHeld();
    child.kill("SIGINT");
    await vi.waitFor(() => expect(heard.stderr).toContain("Stopping: "), { timeout: 60_000, interval: 5 });
    child.kill("SIGINT");
    return { run, report, ...(await ended) };
  };
  let { run, report, code, stderr } = await twice();
  // What is under way may have been cut off before the second one came.
  for (let i = 0; i < 4 && code === 3; i++) ({ run, report, code, stderr } = await twice());
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining("prewarm resume ") });
  answerAll();
  expect(await run("status", "--direct")).toMatchObject({ stdout: expect.stringContaining("prewarm resume ") });
  expect(await run("resume")).toMatchObject({ code: 0 });
  expect((await report()).length).toBe(TASKS);
});

const KILLS = 10;
/** Of the runs that are killed, besides the others. */
const MORE_POPS = ALL_POPS.slice(POPS.length, 12).map(({ pop }) => pop);
const KILLED_TASKS = FILES.length * (POPS.length + MORE_POPS.length);
/** What such a run asks for at least: the sitemap, the sizes of the files, and a download and a proof for each task. */
const REQUESTS = 1 + FILES.length + 2 * KILLED_TASKS;

test("after kill -9 at ten random moments, resume loses no result, and downloads nothing again that has one", async () => {
  const value = Number(process.env["KILL_SEED"] ?? randomInt(1_000_000));
  const wrong = `KILL_SEED=${value} draws the same moments`;
  const seed = new Seed(value);
  // So many requests after the first one of the first process, and so much later. It must not have ended before the last of them.
  const moments = Array.from({ length: KILLS }, () => ({
    request: 1 + Math.floor(0.8 * REQUESTS * seed.draw("request")),
    laterMs: 20 * seed.draw("later"),
  }));
  const { start, run, journal, report } = machine();
  const killed: { done: ReadonlySet<string>; requests: number }[] = [];
  let asked = 0;
  for (const [i, { request, laterMs }] of moments.toSorted((a, b) => a.request - b.request).entries()) {
    const { child, ended } = start(i === 0 ? warm("--pop", MORE_POPS.join()) : ["resume"]);
    edge.setFaults(() => {
      if (++asked >= request) setTimeout(() => child.kill("SIGKILL"), laterMs);
      return undefined;
    });
    expect((await ended).code, wrong).toBe(null);
    killed.push({ done: new Set(journal()), requests: edge.popRequests().length });
  }
  answerAll();
  expect(await run("resume"), wrong).toMatchObject({ code: 0 });
  const rows = await report();
  expect(rows, wrong).toHaveLength(KILLED_TASKS);
  expect(new Set(rows).size, wrong).toBe(rows.length);
  for (const { done, requests } of killed) {
    const again = edge.popRequests().slice(requests).filter(isDownload);
    expect(
      again.filter(({ pop, path }) => done.has(`${pop} ${SITE}${path}`)),
      wrong,
    ).toEqual([]);
  }
});

test("a disk that is full is told in one sentence, and resume goes on", async () => {
  answerAll();
  const { start, run, runs, report } = machine();
  // A file may not become larger than the 8 KB that a part of the results takes.
  const { code, stderr } = await start(warm(), { shell: "trap '' XFSZ; ulimit -f 8" }).ended;
  const [id = ""] = runs();
  expect(code).toBe(1);
  expect(stderr).toMatch(/prewarm: the run cannot be written: EFBIG: .*\n.* continue: prewarm resume \w+\n$/);
  expect(stderr).toContain(`prewarm resume ${id.slice(0, 8)}`);
  expect(await run("resume")).toMatchObject({ code: 0 });
  expect(new Set(await report()).size).toBe(TASKS);
});

test("a disk that is full before the first download leaves nothing to resume", async () => {
  answerAll();
  const { start, runs } = machine();
  // So many targets have no room.
  const words = [
    "warm",
    "--direct",
    "--cf-domain",
    DOMAIN,
    SITE + FILES[0],
    "--pop",
    ALL_POPS.map(({ pop }) => pop).join(),
  ];
  const { code, stderr } = await start(words, { shell: "trap '' XFSZ; ulimit -f 8" }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/prewarm: the run cannot be written: EFBIG: .*\nNothing was downloaded\. /);
  expect(stderr).not.toContain("resume");
  expect(runs()).toEqual([]);
});

test("two run at once; one that is in progress is not resumed, and is stopped by another process", async () => {
  const { start, run, runs } = machine();
  const untilHeld = holdAfter(0);
  const first = start(warm());
  await untilHeld();
  const [id = ""] = runs();
  expect(await run("resume")).toMatchObject({ code: 1, stderr: expect.stringContaining(`process ${first.child.pid}`) });
  answerAll();
  expect(await run(...warm())).toMatchObject({ code: 0 });
  expect((await run("list", "--direct")).stdout).toMatch(/ready.*\n.* IN_PROGRESS(?!.*Waiting for instances)/);
  expect(await run("stop", id, "--yes", "--direct")).toMatchObject({ code: 0 });
  expect(await first.ended).toMatchObject({ code: 3 });
});

describe("asks first, and in a pipe needs --yes", () => {
  test.each([
    ["20,000 tasks", ALL_POPS.map(({ pop }) => pop), MANY],
    ["20 GB", POPS.slice(0, 1), ["/huge"]],
  ])("for %s", async (_, pops, paths) => {
    answerAll();
    const { state, run, runs } = machine();
    const body = { url_list: paths.map((path) => SITE + path), pops, timeout: 10, instance_count: 1 };
    writeFileSync(join(state, "body.json"), JSON.stringify(body));
    const words = ["warm", "--direct", "--cf-domain", DOMAIN, "--from", "body.json"];
    const requests = edge.popRequests().filter(({ method }) => method === "GET").length;
    expect(await run(...words)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("add --yes") });
    expect(edge.popRequests().filter(({ method }) => method === "GET")).toHaveLength(requests);
    expect(runs()).toEqual([]);
    if (paths.length === 1) expect((await run(...words, "--yes")).stdout).toContain("FINISHED");
  });
});

/** CloudFront's API for one distribution. @returns its address, and each path that was invalidated after so many downloads */
async function cloudFront() {
  const invalidated: string[] = [];
  const downloads = () => edge.popRequests().filter(isDownload).length;
  const before = downloads();
  const api = new MemoryCloudFront({
    distributions: [
      {
        id: "E1",
        domain: DOMAIN,
        aliases: [SITE, IMAGES].map((it) => new URL(it).host),
        config: { CacheTagConfig: { HeaderName: "x-tags" } },
      },
    ],
    invalidate: (_, paths) => invalidated.push(...paths.map((path) => `${path} after ${downloads() - before}`)),
  });
  const endpoint = await serve(async (request, response) => {
    const { status = 200, headers, body } = api.reply(await readCall(request));
    response.writeHead(status, headers).end(body);
  });
  return { endpoint, invalidated };
}

test("with AWS credentials, URLs are invalidated before they are downloaded; without, nothing is made", async () => {
  answerAll();
  const { endpoint, invalidated } = await cloudFront();
  const { start, runs } = machine();
  const words = ["warm", "--direct", SITE + FILES[0], "--pop", POPS.join(), "--invalidate"];
  const aws = { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: "true" };
  expect(await start(words, { env: aws }).ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^prewarm: need_invalidate: no AWS credentials found in the environment\n/m),
  });
  expect([runs(), invalidated]).toEqual([[], []]);
  const keys = { ...aws, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const named = ["--invalidate", "/old/*", "--invalidate-tag", "v1"];
  const { code, stderr, stdout } = await start([...words, ...named, "--json"], { env: keys }).ended;
  const all = "Invalidating 1 URL, 1 path, 1 cache tag …";
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(all) });
  expect(invalidated).toEqual(["/old/* after 0", "#v1 after 0", `${FILES[0]} after 0`]);
  expect(JSON.parse(stdout).progress).toMatchObject({ warm_count: POPS.length });
});

test("with AWS credentials, the aliases of the distribution are among the hosts that a source may name", async () => {
  answerAll();
  const { endpoint } = await cloudFront();
  const { start } = machine();
  const words = [
    "warm",
    "--direct",
    "--sitemap",
    `${SITE}/images.xml`,
    "--pop",
    POPS.join(),
    "--verify",
    "off",
    "--json",
  ];
  const aws = { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: "true" };
  const urls = async (env: Record<string, string>) =>
    JSON.parse((await start([...words, "--cf-domain", DOMAIN], { env }).ended).stdout).progress.url_count;
  expect(await urls(aws)).toBe(1);
  expect(await urls({ ...aws, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" })).toBe(2);
});

const NODE_24 = process.env["NODE_24"] ?? "";

// Where the tests run on Node 24, all of them are of it.
test.skipIf(NODE_24 === "")("Node 24, whose binary NODE_24 names, does all of it", async () => {
  const { start, journal } = machine();
  const run = (...words: string[]) => start(words, { node: NODE_24 }).ended;
  const untilHeld = holdAfter(4);
  const killed = start(warm(), { node: NODE_24 });
  await untilHeld();
  await vi.waitFor(() => expect(journal()).not.toEqual([]), { timeout: 60_000 });
  killed.child.kill("SIGKILL");
  await killed.ended;
  const untilHeldAgain = holdAfter(8);
  const stopped = start(["resume"], { node: NODE_24 });
  await untilHeldAgain();
  stopped.child.kill("SIGINT");
  expect(await stopped.ended).toMatchObject({ code: 3 });
  answerAll();
  const [{ request_id: id }] = JSON.parse((await run("list", "--direct", "--json")).stdout).requests;
  expect(await run("retry", id, "--direct")).toMatchObject({ code: 0 });
  expect(await run("status", "--direct")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Ready for traffic"),
  });
  expect((await run("report", id, "--all", "--format", "csv", "--direct")).stdout.trim().split("\n")).toHaveLength(
    TASKS + 1,
  );
});

test("a folder that cannot be written is refused", async () => {
  answerAll();
  const file = join(folderWith({ file: "" }), "file");
  const { code, stderr } = await startBuilt(warm(), { XDG_STATE_HOME: file }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Direct run: .*\nprewarm: the run cannot be stored in .*\nSet XDG_STATE_HOME to .*\n$/);
});
