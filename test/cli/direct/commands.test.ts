// The commands in this process without a stack: what they show of a run, and what they make of it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DirectClient } from "../../../cli/direct/direct-client.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import { formatTimestamp, parseTimestamp } from "../../../domain/timestamps.ts";
import type { PrewarmBody } from "../../../domain/validation/bodies.ts";
import { type Edge, edgeEnvironment, startEdge } from "../../../tools/edge/edge.ts";
import { firstPops } from "../../../tools/local/world.ts";
import { trust } from "../../pipeline/pipeline.ts";
import { AT, fakeApi, run as runCommand, type Typed } from "../fake-api.ts";

vi.setConfig({ testTimeout: 60_000 });

const DOMAIN = "d111111abcdef8.cloudfront.net";
const SITE = "https://www.example.com";
const POPS = firstPops(3).map(({ pop }) => pop);
/** Default sets that are small. */
const SETS = { new_zealand: COUNTRY_DEFAULTS["new_zealand"] ?? [], au: REGION_DEFAULTS.au };
const DEAD = "ICN51-C1";
const SITEMAP = Buffer.from(
  `<urlset>${["/a", "/b"].map((path) => `<url><loc>${SITE}${path}</loc></url>`).join("")}</urlset>`,
);
/** A run that another test left is listed, too: so each test has a state of its own. */
let state: string;
let edge: Edge;
let untrust: () => void;

beforeAll(async () => {
  edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [new URL(SITE).host] }],
    pops: [...new Set([...POPS, ...Object.values(SETS).flat()])].map((pop) => ({ pop, rec: recOf(pop) ?? "none" })),
    site: {
      "/a": { size: 1_000 },
      "/b": { size: 2_000 },
      "/in-no-pop": { size: 1_000 },
      "/sitemap.xml": { size: SITEMAP.length, body: SITEMAP },
      "/huge": { size: 1_000, probedSize: 21e9 },
      "/kept-nowhere": { size: 10, headers: { "cache-control": "no-store" } },
    },
    firstAddress: "127.79.10.1",
  });
  untrust = trust(edge.caPem);
});
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "prewarm-test-"));
});
afterEach(() => rmSync(state, { recursive: true }));
afterAll(async () => {
  untrust();
  await edge.close();
});

const environment = () => ({ ...edgeEnvironment(edge), XDG_STATE_HOME: state });
const run = (...words: string[]) => runCommand([...words, "--direct"], { env: environment() });
const warm = (paths: readonly string[], pops: readonly string[], ...more: string[]) =>
  run("warm", ...paths.map((path) => SITE + path), "--pop", pops.join(), "--cf-domain", DOMAIN, ...more);

test("a run that is all warm: its document, state, list and report", async () => {
  const warmed = await warm(["/a", "/b"], POPS, "--json");
  expect(warmed.code).toBe(0);
  const { request_id: id, progress, summary } = JSON.parse(warmed.stdout);
  expect(progress).toMatchObject({
    status: "FINISHED",
    verdict: "ready",
    total_count: 6,
    warm_count: 6,
    download_size: 9_000,
  });
  expect(summary).toMatchObject({ failure_urls: [], failure_pops: [], unfinished_count: 0 });

  const status = await run("status", id.slice(0, 8), "--pops");
  expect(status.code).toBe(0);
  for (const pop of POPS) expect(status.stdout).toMatch(new RegExp(`^${pop} .* DONE +2 +2 +2 `, "m"));
  expect((await run("list")).stdout).toMatch(/^\w{8} +ready +100% +6 +6 +0 /m);
  expect(JSON.parse((await run("list", "--json", "--status", "failed")).stdout).requests).toEqual([]);
  const rows = JSON.parse((await run("report", id, "--all", "--json")).stdout);
  expect(rows.map(({ pop, url, outcome }: Record<string, string>) => `${pop} ${url} ${outcome}`).toSorted()).toEqual(
    POPS.flatMap((pop) => ["/a", "/b"].map((path) => `${pop} ${SITE}${path} warm`)).toSorted(),
  );
  expect((await run("stop", id, "--yes")).code).toBe(1);
  expect((await run("retry", id)).code).toBe(2);
});

test("what is not good is told, and tried again alone", async () => {
  const warmed = await warm(["/a", "/nowhere", "/kept-nowhere"], [...POPS.slice(0, 1), DEAD]);
  expect(warmed.code).toBe(2);
  expect(warmed.stdout).toContain(`${SITE}/nowhere: HTTP 404`);
  expect(warmed.stdout).toMatch(/Not ready for traffic: .* Next: prewarm report \w{8} --failed --direct\n$/);
  const failed = await run("status", "--failures");
  expect(failed.stdout).toContain(`${DEAD}: `);
  const report = await run("report", "--failed", "--json");
  expect(JSON.parse(report.stdout).map(({ pop, url }: Record<string, string>) => [pop, url])).toEqual(
    expect.arrayContaining([
      [POPS[0], `${SITE}/kept-nowhere`],
      ["", `${SITE}/nowhere`],
      [DEAD, ""],
    ]),
  );
  const [{ request_id: id }] = JSON.parse((await run("list", "--json")).stdout).requests;
  edge.invalidate(["/nowhere"]);
  const again = await run("retry", id, "--json");
  expect(again.code).toBe(2);
  const { progress } = JSON.parse(again.stdout);
  expect(progress).toMatchObject({ retry_of: id, total_count: 1, url_count: 3 });
  const first = JSON.parse((await run("list", "--limit", "1", "--json")).stdout);
  expect([first.requests.length, first.next]).toEqual([1, "1"]);
});

test("a run and a request of a stack with the same answers look the same in each command", async () => {
  const warmed = await warm(["/a", "/nowhere", "/kept-nowhere"], [...POPS.slice(0, 1), DEAD], "--json");
  const { request_id: id, summary } = JSON.parse(warmed.stdout);
  const progress = JSON.parse((await run("status", id, "--pops", "--failures", "--json")).stdout);
  const requests = JSON.parse((await run("list", "--json")).stdout);
  const csv = await run("report", id);
  const CALLS = [["status", id, "--pops", "--failures"], ["list"], ["report", "--failed"]];
  // Both are as old.
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const direct: object[] = [];
  for (const words of CALLS) direct.push(await run(...words));
  const link = "https://bucket.s3.us-east-1.amazonaws.com/failed.csv";
  const answers = { prewarm: progress, requests, summary: { ...summary, failure_pop_urls_report: link } };
  const replies = Object.entries(answers).map(([name, body]) => [`GET ${name}`, { status: 200, body }]);
  fakeApi({ replies: Object.fromEntries(replies), report: { status: 200, text: csv.stdout } });
  const stack: object[] = [];
  for (const words of CALLS) {
    const { stdout, ...rest } = await runCommand([...words, ...AT]);
    const isDirect = stdout.replace(/--endpoint \S+ --api-key KEY/, "--direct");
    // All that differs: what does the work.
    stack.push({ ...rest, stdout: isDirect.replace(/ POPs?$/m, "$&, direct") });
  }
  vi.unstubAllGlobals();
  expect(stack).toEqual(direct);
});

/** A terminal at which nobody types. @param onRead called when it is asked first */
function silentTerminal(onRead: () => unknown) {
  const read = vi.fn(() => {
    if (read.mock.calls.length === 1) setImmediate(onRead);
  });
  return new Readable({ read });
}

/** As a process leaves a run that dies after its first result. */
function cutOff(id: string): void {
  const folder = join(state, "prewarm", id);
  const [first] = readFileSync(join(folder, "results.jsonl"), "utf8").split("\n");
  writeFileSync(join(folder, "results.jsonl"), `${first}\n{"pop":"half a li`);
  const { item, ...run } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
  const { verdict: _, readiness: __, report: ___, results: ____, ...rest } = item;
  const active = { ...rest, status: "IN_PROGRESS", active: "y", closed: false };
  writeFileSync(join(folder, "run.json"), JSON.stringify({ ...run, item: active }));
}

test("a run that is resumed again has as much time as it had at first", async () => {
  const { request_id: id } = JSON.parse((await warm(["/a", "/b"], POPS, "--json", "--timeout", "30")).stdout);
  const file = join(state, "prewarm", id, "run.json");
  const itemOf = () => JSON.parse(readFileSync(file, "utf8")).item;
  const { created_at, timeout_at } = itemOf();
  const timeoutMs = parseTimestamp(timeout_at) - parseTimestamp(created_at);
  const hourEarlier = (timestamp: string) => formatTimestamp(parseTimestamp(timestamp) - 3_600_000);
  for (let n = 0; n < 2; n++) {
    cutOff(id);
    const run = JSON.parse(readFileSync(file, "utf8"));
    const { created_at, timeout_at, resumed_at } = run.item;
    const times = { created_at: hourEarlier(created_at), timeout_at: hourEarlier(timeout_at) };
    const resumed = resumed_at === undefined ? {} : { resumed_at: hourEarlier(resumed_at) };
    writeFileSync(file, JSON.stringify({ ...run, item: { ...run.item, ...times, ...resumed } }));
    const before = Date.now();
    expect(await runCommand(["resume", id], { env: environment() })).toMatchObject({ code: 0 });
    const leftMs = parseTimestamp(itemOf().timeout_at) - before;
    expect(leftMs).toBeGreaterThanOrEqual(timeoutMs - 1);
    expect(leftMs).toBeLessThan(timeoutMs + 60_000);
  }
});

test("a run that was cut off says so, goes on, or is stopped", async () => {
  const { request_id: id } = JSON.parse((await warm(["/a", "/b"], POPS, "--json")).stdout);
  cutOff(id);
  for (const words of [["status"], ["list"]])
    expect((await run(...words)).stdout).toContain(
      `Interrupted: no process works on this run. To resume it: prewarm resume ${id.slice(0, 8)}`,
    );
  expect((await run("status", "--pops", "--failures", "--json")).code).toBe(0);
  expect((await run("report", id)).code).toBe(1);
  const resumed = await runCommand(["resume", id, "--json"], { env: environment() });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ exit_code: 0, progress: { warm_count: 6, total_count: 6 } });
  const short = id.slice(0, 8);
  const again = async () => (await runCommand(["resume", id], { env: environment() })).stderr.split("\n");
  expect(await again()).toEqual([
    `prewarm: ${short} has ended: FINISHED`,
    `To see the result: prewarm status ${short} --direct`,
    "",
  ]);
  cutOff(id);
  expect(await run("stop", id, "--yes")).toMatchObject({ code: 0 });
  expect(await again()).toContain(`To retry the tasks that were not tried: prewarm retry ${short} --direct`);
  const stopped = await run("status", id, "--json");
  expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
    3,
    { status: "STOPPED", warm_count: 1, total_count: 6 },
  ]);
});

test("a named POP that is not in the catalogue and has no DNS name ends the command before a run is made", async () => {
  for (const more of [[], ["--dry-run"]])
    expect(await warm(["/a"], [...POPS.slice(0, 1), "XXX1-P1"], ...more)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^prewarm: POP XXX1-P1 is not in the catalogue \(nearest known: .*ENOTFOUND/m),
    });
  expect(JSON.parse((await run("list", "--json")).stdout).requests).toEqual([]);
});

test("a host that does not exist is called that, in one sentence that is printed once and whole", async () => {
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { code, stdout } = await run("warm", "https://nowhere.example.net/a", "--pop", POPS.join());
  expect(code).toBe(2);
  expect(
    stdout.match(/nowhere\.example\.net does not exist in DNS \(ENOTFOUND\): correct the host name/g),
  ).toHaveLength(1);
  expect(stdout).toMatch(/^Failed: No URL can be read; .* d111111abcdef8\.cloudfront\.net; .*\)\. Next: /m);
  expect(stdout).not.toContain("no CNAME");
});

test("the next command after a direct run names it, also if nobody asked for one", async () => {
  const words = ["warm", `${SITE}/a`, `${SITE}/nowhere`, "--pop", POPS.join(), "--cf-domain", DOMAIN];
  const { stdout } = await runCommand(words, { env: environment() });
  expect(stdout).toMatch(/ Next: prewarm report \w{8} --failed --direct\n$/);
  cutOff(JSON.parse((await run("list", "--json")).stdout).requests[0].request_id);
  const resumed = await runCommand(["resume"], { env: environment() });
  expect(resumed.stdout).toMatch(/ Next: prewarm report \w{8} --failed --direct\n$/);
});

test("a run whose results are damaged hides no other", async () => {
  const { request_id: damaged } = JSON.parse((await warm(["/a"], POPS, "--json")).stdout);
  cutOff(damaged);
  writeFileSync(join(state, "prewarm", damaged, "results.jsonl"), "no result\n");
  const { request_id: id } = JSON.parse((await warm(["/b"], POPS, "--json")).stdout);
  expect((await run("list")).stdout).toContain(id.slice(0, 8));
  expect((await run("status", id)).code).toBe(0);
});

test("a sitemap among the URLs is read as one; one in a list is warmed itself", async () => {
  const words = ["--pop", POPS.join(), "--cf-domain", DOMAIN, "--verify", "off", "--json"];
  const named = await runCommand(["warm", `${SITE}/sitemap.xml`, ...words], { env: environment() });
  expect(JSON.parse(named.stdout).progress).toMatchObject({ url_count: 2, download_count: 6 });
  const first = /^No stack is configured, .*\n(.*) is read as a sitemap: /;
  expect(first.exec(named.stderr)?.[1]).toBe(`${SITE}/sitemap.xml`);
  writeFileSync(join(state, "list.txt"), `${SITE}/sitemap.xml\n`);
  const listed = await run("warm", "--file", join(state, "list.txt"), ...words);
  expect(JSON.parse(listed.stdout).progress).toMatchObject({ url_count: 1, download_count: 3 });
});

test("much is asked first, and leaves nothing if it is not wanted", async () => {
  expect(await warm(["/huge"], POPS)).toMatchObject({ code: 1, stdout: "" });
  const declined = await runCommand(["warm", `${SITE}/huge`, "--pop", POPS.join(), "--cf-domain", DOMAIN, "--direct"], {
    env: environment(),
    input: "n",
  });
  expect(declined).toMatchObject({ code: 0, stderr: expect.stringContaining("Nothing was downloaded.") });
  expect(JSON.parse((await run("list", "--json")).stdout).requests).toEqual([]);
  const wanted = await warm(["/huge"], POPS.slice(0, 1), "--yes", "--json");
  expect(JSON.parse(wanted.stdout)).toMatchObject({ exit_code: 2, progress: { total_size: 21e9, failed_count: 1 } });
});

test("a question that is open when the run is stopped ends with it, and the run has its report", async () => {
  // A cache that has it tells its true size.
  edge.invalidate(["/huge"]);
  const terminal = silentTerminal(() => process.emit("SIGTERM"));
  const words = ["warm", `${SITE}/huge`, "--pop", POPS.join(), "--cf-domain", DOMAIN, "--direct"];
  const stopped = await runCommand(words, { env: environment(), input: terminal });
  expect(stopped).toMatchObject({ code: 3, stdout: expect.stringContaining("STOPPED") });
});

test("a clock that is set back does not stop a run that is limited", async () => {
  const now = Date.now.bind(Date);
  let setBackMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => now() - setBackMs);
  edge.setFaults(({ method }) => {
    if (method === "GET") setBackMs = 3_600_000;
    return undefined;
  });
  try {
    expect(await warm(["/a", "/b"], POPS, "--origin-rps", "20", "--verify", "off")).toMatchObject({ code: 0 });
  } finally {
    vi.restoreAllMocks();
    edge.setFaults(undefined);
  }
});

test("after its end, no file of a run has its headers; list names a folder that is damaged", async () => {
  const warmed = await warm(["/a"], POPS.slice(0, 1), "--header", "Authorization: Bearer of-mine", "--json");
  const { request_id: id } = JSON.parse(warmed.stdout);
  const folder = join(state, "prewarm", id);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  expect(files.filter((text) => text.includes("of-mine"))).toEqual([]);
  writeFileSync(join(folder, "run.json"), "{");
  const listed = await run("list");
  expect(listed).toMatchObject({ code: 0, stdout: "" });
  expect(listed.stderr.split("\n")[0]).toBe(
    `! ${join(folder, "run.json")} is damaged, or of another release of this command`,
  );
});

test("while sizes are read, a line every ten seconds says how many are", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  let answer = () => undefined as unknown;
  const held = new Promise((resolve) => {
    answer = () => resolve(undefined);
  });
  let asked = 0;
  edge.setFaults(({ method, path }) => {
    if (method !== "HEAD") return undefined;
    asked++;
    return path === "/b" ? { kind: "held", until: held } : undefined;
  });
  onTestFinished(() => edge.setFaults(undefined));
  const warmed = warm(["/a", "/b"], POPS.slice(0, 1), "--verify", "off");
  await vi.waitFor(() => expect(asked).toBe(2), { timeout: 15_000 });
  vi.advanceTimersByTime(10_000);
  answer();
  const { code, stderr } = await warmed;
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^Reading sizes of 2 URLs: [01] read\.$/m)]);
});

test("an estimate leaves no run, and says what would be downloaded", async () => {
  const before = (await run("list", "--json")).stdout.length;
  const estimated = await warm(["/a", "/b"], POPS, "--dry-run", "--json");
  expect(JSON.parse(estimated.stdout)).toMatchObject({
    urls: 2,
    pops: 3,
    tasks: 6,
    bytes: 9_000,
    are_all_sizes_known: true,
    // Two downloads and a check of each, which reads a small object whole; two RECs.
    transferred_bytes: 3 * 9_000,
    prices: {
      as_asked: { bytes: 3 * 9_000, requests: 3 * 6 + 2 },
      downloads_1: { bytes: 2 * 9_000, requests: 2 * 6 + 2 },
      regional: { bytes: 2 * 6_000 + 1_000, requests: 2 * 4 + 1 + 2 },
    },
    origin_fetches: { expected: 4 },
  });
  expect((await run("estimate", `${SITE}/a`, "--pop", POPS.join(), "--cf-domain", DOMAIN)).stdout).toMatch(
    /^3 tasks: /,
  );
  expect((await run("list", "--json")).stdout.length).toBe(before);
});

describe("above 30 minutes at the rate of the first seconds, it asks", () => {
  /** Runs `warm`, which is held up, and is told after its first seconds that it takes 31 minutes. */
  async function slow(typed: Typed, ...more: string[]) {
    edge.setFaults(() => ({ kind: "drip", bytesPerSecond: 50 }));
    const progress = DirectClient.prototype.progress;
    let asked = 0;
    vi.spyOn(DirectClient.prototype, "wait").mockImplementation(async function (this: DirectClient, id) {
      await vi.waitFor(async () => expect((await this.itemOf(id)).status).toBe("IN_PROGRESS"));
    });
    vi.spyOn(DirectClient.prototype, "progress").mockImplementation(async function (this: DirectClient, id, options) {
      const { value, json } = await progress.call(this, id, options);
      const at = parseTimestamp(value.timestamp) + 31 * 60_000;
      return asked++ > 0 ? { value, json } : { json, value: { ...value, estimated_finish_at: formatTimestamp(at) } };
    });
    const words = [
      "warm",
      `${SITE}/a`,
      "--pop",
      POPS.join(),
      "--cf-domain",
      DOMAIN,
      "--direct",
      "--verify",
      "off",
      ...more,
    ];
    const ended = runCommand(words, { env: environment(), ...typed });
    // Whoever wants it sees it end.
    if (typed.input === "y" || more.includes("--yes"))
      await vi.waitFor(() => expect(asked).toBeGreaterThan(1), { timeout: 15_000 });
    edge.setFaults(undefined);
    return ended;
  }

  afterEach(() => {
    vi.restoreAllMocks();
    edge.setFaults(undefined);
  });

  test("where nobody can be asked, it stops, and says what is needed", async () => {
    const { code, stderr } = await slow({});
    expect(code).toBe(1);
    expect(stderr).toMatch(/^About 31:00 left at the rate of the first seconds, /m);
    expect((await run("list")).stdout).toMatch(/^\w{8} +stopped /m);
  });

  test("no stops it: its report is there", async () => {
    expect(await slow({ input: "n" })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("This takes about 31:00 on this network."),
    });
    expect((await run("report", "--json")).code).toBe(0);
  });

  test("the run's end ends the question", async () => {
    const input = silentTerminal(() => edge.setFaults(undefined));
    expect(await slow({ input })).toMatchObject({ code: 0, stdout: expect.stringContaining("FINISHED") });
  });

  test.each([
    ["yes", { input: "y" }, []],
    ["--yes", {}, ["--yes"]],
  ] as const)("%s goes on", async (_, typed, more) => {
    expect(await slow(typed, ...more)).toMatchObject({ code: 0, stdout: expect.stringContaining("FINISHED") });
  });
});

describe("a field of the body either works or is refused with the reason:", () => {
  const BODY = {
    url_list: [`${SITE}/a`],
    cf_domain: DOMAIN,
    pops: POPS.slice(0, 1),
    timeout: 10,
    instance_count: 1,
    verify: "off",
  };
  type Case = { readonly body: object } & (
    | { readonly item: object; readonly code?: number }
    | { readonly refused: RegExp }
  );
  const CASES = {
    url_list: { body: { url_list: [`${SITE}/b`] }, item: { total_size: 2_000 } },
    cf_domain: {
      body: { cf_domain: "d222222abcdef8.cloudfront.net" },
      item: { status: "FAILED", reason: expect.stringContaining("d222222abcdef8") },
      code: 2,
    },
    target_type: { body: { target_type: "pop", countries: ["japan"] }, item: { total_count: 1 } },
    pops: { body: { pops: POPS }, item: { total_count: 3 } },
    countries: { body: { pops: [], countries: ["new_zealand"] }, item: { total_count: SETS.new_zealand.length } },
    regions: { body: { pops: [], regions: ["au"] }, item: { total_count: SETS.au.length } },
    // Also the one that a stack's request has without its saying so.
    timeout: { body: { timeout: 30 }, item: { minutes: 30 } },
    header: { body: { header: ["X-Of-Mine: 1"] }, item: { header_count: 1 } },
    instance_count: { body: { instance_count: 2 }, refused: /^prewarm: instance_count: a direct run has no instances/ },
    need_invalidate: {
      body: { need_invalidate: true },
      refused: /^prewarm: need_invalidate: no AWS credentials found in the environment/,
    },
    invalidate: {
      body: { invalidate: { tags: ["v1"] } },
      refused: /^prewarm: invalidate: no AWS credentials found in the environment/,
    },
    verify: { body: { verify: "edge" }, item: { warm_count: 1, verdict: "ready" } },
    variants: {
      body: { variants: ["a", "b"].map((name) => ({ name, header: [`X-V: ${name}`] })) },
      item: { total_count: 2 },
    },
    downloads: { body: { downloads: 1 }, item: { downloads: 1, total_count: 1 } },
    // A POP that had the object before shows nothing of its regional edge cache.
    scope: {
      body: { scope: "regional", verify: "edge", url_list: [`${SITE}/in-no-pop`] },
      item: { scope: "regional", total_count: 1 },
    },
    origin: { body: { origin: { concurrency: 1 } }, item: { origin: { concurrency: 1 }, total_count: 1 } },
    skip_uncached: { body: { skip_uncached: true }, item: { skip_uncached: true, total_count: 1 } },
    max_bytes: {
      body: { max_bytes: 1 },
      item: { status: "FAILED", reason: expect.stringMatching(/^max_bytes: /) },
      code: 2,
    },
    client_token: {
      body: { client_token: "t" },
      refused: /^prewarm: client_token: a direct run does not support idempotency tokens/,
    },
    sources: {
      body: { url_list: undefined, sources: [{ type: "sitemap", url: `${SITE}/sitemap.xml` }] },
      item: { total_size: 3_000 },
    },
    dry_run: { body: { dry_run: true }, item: {} },
    retry_of: {
      body: { retry_of: "00000000-0000-4000-8000-000000000000" },
      refused: /^prewarm: there is no direct run 0/,
    },
    max_failures: {
      body: { url_list: [`${SITE}/kept-nowhere`], max_failures: 0, verify: "edge" },
      item: { status: "FAILED", reason: expect.stringMatching(/^max_failures: /) },
      code: 2,
    },
  } satisfies Record<keyof PrewarmBody, Case>;
  const MORE: readonly (readonly [string, Case])[] = [
    [
      "sources in a bucket",
      {
        body: { sources: [{ type: "list", s3: "s3://bucket/key" }] },
        refused: /^prewarm: sources: a direct run cannot read s3:\/\/ sources/,
      },
    ],
    ["a value that is none", { body: { timeout: 0 }, refused: /^prewarm: timeout: must be / }],
    ["an unknown field", { body: { urls: [] }, refused: /^prewarm: unknown field 'urls'/ }],
    ["origin without a limit of its own", { body: {}, item: { origin: { requests_per_second: 50 } } }],
  ];

  beforeEach(() => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/nonexistent");
  });
  afterEach(() => vi.unstubAllEnvs());

  test.each<readonly [string, Case]>([...Object.entries(CASES), ...MORE])("%s", async (name, wanted) => {
    writeFileSync(join(state, "body.json"), JSON.stringify({ ...BODY, ...wanted.body }));
    const from = ["--from", join(state, "body.json"), "--direct"];
    const cfDomain = Object.hasOwn(wanted.body, "cf_domain") ? [] : ["--cf-domain", DOMAIN];
    const { code, stdout, stderr } = await runCommand(["warm", ...from, ...cfDomain, "--json"], { env: environment() });
    const runs = existsSync(join(state, "prewarm")) ? readdirSync(join(state, "prewarm")) : [];
    if ("refused" in wanted) {
      expect({ code, stderr: stderr.split("\n").find((line) => line.startsWith("prewarm: ")) }).toEqual({
        code: 1,
        stderr: expect.stringMatching(wanted.refused),
      });
      return expect(runs).toEqual([]);
    }
    expect(code, stderr).toBe(wanted.code ?? 0);
    if (name === "dry_run") return expect(JSON.parse(stdout)).toMatchObject({ tasks: 1, bytes: 1_000 });
    const { item } = JSON.parse(readFileSync(join(state, "prewarm", runs[0] ?? "", "run.json"), "utf8"));
    const minutes = (parseTimestamp(item.timeout_at) - parseTimestamp(item.created_at)) / 60_000;
    expect({ ...item, minutes }).toMatchObject(wanted.item);
  });
});

test("what only a stack has is refused, and the catalogue is there", async () => {
  expect(await warm(["/a"], POPS, "--no-wait")).toMatchObject({ code: 1, stdout: "" });
  expect(await warm(["/a"], [DEAD])).toMatchObject({ code: 1, stdout: "" });
  expect(await run("retry", "00000000", "--timeout", "1h")).toMatchObject({ code: 1 });
  expect((await run("warm", `${SITE}/a`, "--country", "japan", "--timeout", "1h", "--cf-domain", DOMAIN)).code).toBe(1);
  expect((await run("warm", "ftp://www.example.com/a")).code).toBe(1);
  expect((await run("pops", "--region", "eu")).stdout).toContain("FRA");
  expect((await run("pops", "--country", "nowhere")).code).toBe(1);
  expect(await run("instances")).toMatchObject({ code: 1 });
  expect(await run("instances", "set", "3")).toMatchObject({ code: 1 });
  expect((await run("pops", "--country", "japan")).stdout).toContain("NRT");
  expect(await run("status", "00000000")).toMatchObject({ code: 1 });
});
