// The commands in this process without a stack: what they show of a run, and what they make of it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import { firstPops } from "../../../tools/local/world.ts";
import { trust } from "../../pipeline/pipeline.ts";
import { run as runCommand } from "../fake-api.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";
const SITE = "https://www.example.com";
const POPS = firstPops(3).map(({ pop }) => pop);
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
    pops: firstPops(3),
    site: {
      "/a": { size: 1_000 },
      "/b": { size: 2_000 },
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

const environment = () => ({
  PREWARM_DNS_SERVERS: edge.dnsServer,
  PREWARM_HTTPS_PORT: String(edge.httpsPort),
  PREWARM_HTTP_PORT: String(edge.httpPort),
  PREWARM_ALLOW_PRIVATE_ADDRESSES: "true",
  XDG_STATE_HOME: state,
});
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
  expect(warmed.stdout).toMatch(/Not ready for traffic: .* Next: prewarm report \w{8} --failed\n$/);
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

test("a run that was cut off says so, goes on, or is stopped", async () => {
  const { request_id: id } = JSON.parse((await warm(["/a", "/b"], POPS, "--json")).stdout);
  cutOff(id);
  for (const words of [["status"], ["list"]])
    expect((await run(...words)).stdout).toContain(
      `Cut off: no process works on it. Go on: prewarm resume ${id.slice(0, 8)}`,
    );
  expect((await run("status", "--pops", "--failures", "--json")).code).toBe(0);
  expect((await run("report", id)).code).toBe(1);
  const resumed = await runCommand(["resume", id, "--json"], { env: environment() });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ exit_code: 0, progress: { warm_count: 6, total_count: 6 } });
  expect((await runCommand(["resume", id], { env: environment() })).code).toBe(1);
  cutOff(id);
  expect(await run("stop", id, "--yes")).toMatchObject({ code: 0 });
  const stopped = await run("status", id, "--json");
  expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
    3,
    { status: "STOPPED", warm_count: 1, total_count: 6 },
  ]);
});

test("sources are read, and limits end a run", async () => {
  const read = await run(
    "warm",
    "--sitemap",
    `${SITE}/sitemap.xml`,
    "--pop",
    POPS.join(),
    "--cf-domain",
    DOMAIN,
    "--json",
  );
  expect(JSON.parse(read.stdout).progress).toMatchObject({ status: "FINISHED", url_count: 2, warm_count: 6 });
  const named = await run("warm", `${SITE}/sitemap.xml`, "--pop", POPS.join(), "--cf-domain", DOMAIN, "--json");
  expect(JSON.parse(named.stdout).progress).toMatchObject({ url_count: 2, warm_count: 6 });
  expect(named.stderr).toContain(`${SITE}/sitemap.xml is read as a sitemap: `);
  writeFileSync(join(state, "list.txt"), `${SITE}/sitemap.xml\n`);
  const listed = await run("warm", "--file", join(state, "list.txt"), "--pop", POPS.join(), "--cf-domain", DOMAIN, "--json");
  expect(JSON.parse(listed.stdout).progress).toMatchObject({ url_count: 1, warm_count: 3 });
  const none = await run("warm", "--sitemap", `${SITE}/a`, "--pop", POPS.join(), "--cf-domain", DOMAIN, "--json");
  expect(JSON.parse(none.stdout)).toMatchObject({ exit_code: 2, status: "FAILED" });
  const large = await warm(["/a"], POPS, "--max-bytes", "1", "--json");
  expect(JSON.parse(large.stdout).progress.reason).toMatch(/^max_bytes: 3000 bytes would be downloaded/);
  const failing = await warm(["/a", "/kept-nowhere"], POPS, "--max-failures", "0", "--json");
  expect(JSON.parse(failing.stdout).progress).toMatchObject({
    status: "FAILED",
    reason: expect.stringMatching(/^max_failures: /),
  });
  expect(await warm(["/a"], [DEAD])).toMatchObject({ code: 1, stdout: "" });
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

test("each variant of a URL is a task", async () => {
  const variants = ["--variant", "gz=Accept-Encoding: gzip", "--variant", "plain=Accept: text/plain"];
  const warmed = await warm(["/a"], POPS.slice(0, 1), ...variants, "--json");
  expect(JSON.parse(warmed.stdout).progress).toMatchObject({ total_count: 2, warm_count: 2, url_count: 1 });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s stops it: its report is there", async (signal) => {
  edge.setFaults(() => ({ kind: "drip", bytesPerSecond: 50 }));
  try {
    const stopped = warm(["/a", "/b"], POPS, "--verify", "off");
    await vi.waitFor(async () => expect((await run("status")).stdout).toMatch(/under way [1-9]/), { timeout: 15_000 });
    process.emit(signal);
    expect(await stopped).toMatchObject({ code: 3, stdout: expect.stringContaining("Stopped at ") });
  } finally {
    edge.setFaults(undefined);
  }
  expect(JSON.parse((await run("report", "--json")).stdout)).toContainEqual(
    expect.objectContaining({ outcome: "", url: `${SITE}/b` }),
  );
  expect(JSON.parse((await run("list", "--limit", "1", "--json")).stdout)).toMatchObject({ next: null });
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

test("an estimate leaves no run, and says what would be downloaded", async () => {
  const before = (await run("list", "--json")).stdout.length;
  const estimated = await warm(["/a", "/b"], POPS, "--dry-run", "--json");
  expect(JSON.parse(estimated.stdout)).toEqual({ urls: 2, pops: 3, tasks: 6, bytes: 9_000, are_all_sizes_known: true });
  expect((await run("estimate", `${SITE}/a`, "--pop", POPS.join(), "--cf-domain", DOMAIN)).stdout).toMatch(
    /^3 tasks: /,
  );
  expect((await run("list", "--json")).stdout.length).toBe(before);
});

test("what only a stack has is refused, and the catalogue is there", async () => {
  expect(await warm(["/a"], POPS, "--instances", "2")).toMatchObject({ code: 1, stdout: "" });
  expect(await warm(["/a"], POPS, "--no-wait")).toMatchObject({ code: 1, stdout: "" });
  expect(await warm(["/a"], POPS, "--invalidate")).toMatchObject({ code: 1, stdout: "" });
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
