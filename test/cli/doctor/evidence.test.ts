// Evidence of the edge: the answers that follow from observations, and `prewarm doctor --edge --save` against the stand-in edge.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { DoctorWords } from "../../../cli/doctor/check/options.ts";
import { doctor } from "../../../cli/doctor/doctor.ts";
import { answersOf, type Question } from "../../../cli/doctor/edge/answers.ts";
import type { Way } from "../../../cli/doctor/edge/ask.ts";
import { choosePops, MAX_REQUESTS } from "../../../cli/doctor/edge/experiments.ts";
import { type Exchange, type Line, linesOf, linesToText, recordedHeaders } from "../../../cli/doctor/edge/record.ts";
import type { Behaviour } from "../../../tools/edge/behaviour.ts";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions, EdgePop } from "../../../tools/edge/edge-options.ts";
import { folderWith } from "../../folder-with.ts";
import { serve } from "../../serve.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock({ idleMs: 2 });
vi.setConfig({ testTimeout: 60_000 });

const [FRA, FRA_TOO, SIN] = ["FRA60-P1", "FRA56-P4", "SIN2-P1"] as const;

/** Who responds: the origin through the REC (`miss`) or past it (`passed`), or a tier. */
type By = "miss" | "passed" | "REC" | "EDGE";
const TIMING: Readonly<Record<By, string>> = {
  miss: 'cdn-upstream-layer;desc="REC",cdn-cache-miss',
  passed: 'cdn-upstream-layer;desc="EDGE",cdn-cache-miss',
  REC: 'cdn-cache-hit,cdn-hit-layer;desc="REC"',
  EDGE: 'cdn-cache-hit,cdn-hit-layer;desc="EDGE"',
};

function exchange(pop: string, [way, by]: readonly [Way, By], over: Partial<Exchange> = {}): Exchange {
  const isMiss = by === "miss" || by === "passed";
  return {
    type: "exchange",
    at_ms: 0,
    pop,
    address: "192.0.2.1",
    object: 0,
    url: "https://www.example.com/a.bin",
    way,
    sent: {},
    status: 200,
    received: {
      "x-cache": `${isMiss ? "Miss" : "Hit"} from cloudfront`,
      "x-amz-cf-pop": pop,
      "server-timing": TIMING[by],
    },
    first_byte_ms: 1,
    bytes: 10_000,
    ...over,
  };
}

const gets = (pop: string, bys: readonly By[], over: Partial<Exchange> = {}) =>
  bys.map((by) => exchange(pop, ["GET", by], over));
const SECOND = gets(FRA, ["miss", "REC", "EDGE"]);
const FIRST = gets(FRA, ["miss", "EDGE"]);
const other = (by: By, over: Partial<Exchange> = {}) => exchange(FRA, ["GET", by], { address: "192.0.2.2", ...over });
function answerTo(question: Question, lines: readonly Line[]) {
  const { isAnswered, says } = answersOf(lines).find((it) => it.question === question) ?? {};
  return `${isAnswered === true ? "" : "not answered: "}${says}`;
}

describe("the answer", () => {
  test.each<[string, string, readonly Line[]]>([
    ["second", "FRA60-P1 keeps an object of 10 KB on GET 2: GET 3 is the first hit of its own cache", SECOND],
    [
      "a different",
      "keeps an object of 10 KB on GET 2: GET 3 is the first hit of its own cache; FRA60-P1 keeps an object of 10 KB on GET 1",
      [...SECOND, ...FIRST.map((it) => ({ ...it, object: 1 }))],
    ],
    ["an unknown", "not answered: no URL is of an object below 64 KiB", gets(FRA, ["miss"], { bytes: 300_000 })],
    ["an unknown", "not answered: FRA60-P1 responded with HTTP 403", gets(FRA, ["miss"], { status: 403 })],
    [
      "an unknown",
      "not answered: SIN2-P1 responded for FRA60-P1",
      SECOND.map((it) => ({ ...it, received: { ...it.received, "x-amz-cf-pop": SIN } })),
    ],
  ])("is that the POP admits on %s request: %s", (_, says, lines) => {
    expect(answerTo("admission_10_kb", lines)).toContain(says);
  });

  test.each<[Question, string, number]>([
    ["admission_10_kb", "10 KB", 65_535],
    ["admission_256_kib", "256 KiB", 65_536],
    ["admission_256_kib", "256 KiB", 4_194_303],
    ["admission_20_mb", "20 MB", 4_194_304],
  ])("to %s is of objects of about %s, such as %i bytes", (question, label, bytes) => {
    const lines = SECOND.map((it) => ({ ...it, bytes }));
    expect(answersOf(lines).filter(({ isAnswered, question: it }) => isAnswered && it.startsWith("admission"))).toEqual(
      [{ question, isAnswered: true, says: expect.stringContaining(`of ${label} on GET 2`) }],
    );
  });

  const PARTIAL = [
    ["ranges", "RANGE", "a one-byte range"],
    ["aborted", "ABORT", "an aborted GET"],
    ["heads", "HEAD", "a HEAD"],
  ] as const;
  describe.each(PARTIAL)("about %s", (question, way, label) => {
    const followed = (...bys: readonly By[]) => [exchange(SIN, [way, "miss"], { bytes: 0 }), ...gets(SIN, bys)];

    test.each<[string, readonly Line[]]>([
      [
        `${label} does not count as a request for admission`,
        [...SECOND, ...followed("REC", "REC", "EDGE").slice(0, 4)],
      ],
      [
        `${label} counts as a request for admission: after it, SIN2-P1 keeps the object on GET 1`,
        [...SECOND, ...followed("miss", "EDGE")],
      ],
      [`${label} does not count`, [...FIRST, ...followed("miss", "EDGE")]],
      [
        `${label} counts as a request for admission: after it, SIN2-P1 keeps the object before the first GET`,
        [...FIRST, ...followed("EDGE")],
      ],
      ["not answered: SIN2-P1 needs more GETs", [...FIRST, ...followed("miss", "REC", "EDGE")]],
      ["not answered: SIN2-P1 needs more GETs", [...SECOND, ...followed("miss", "REC", "REC", "REC")]],
      ["not answered: FRA60-P1 does not keep the object", [...gets(FRA, ["miss", "REC"]), ...followed("miss", "EDGE")]],
      [
        'not answered: the first response was "Hit from cloudfront"',
        [...SECOND, exchange(SIN, [way, "REC"]), ...gets(SIN, ["EDGE"])],
      ],
      ["not answered: all questions need four URLs", SECOND],
    ])("is: %s", (says, lines) => {
      expect(answerTo(question, lines)).toContain(says);
    });
  });

  test.each<[string, readonly Line[]]>([
    ["not answered: the POP has one address", SECOND],
    ["not answered: no object was kept", gets(FRA, ["miss", "REC"])],
    ["not answered: no object was kept", [...SECOND, other("EDGE", { status: 503 })]],
  ])("about addresses is: %s", (says, lines) => {
    expect(answerTo("addresses", lines)).toContain(says);
  });

  const filled = (beside: By, elsewhere: By) => [...SECOND, ...gets(FRA_TOO, [beside]), ...gets(SIN, [elsewhere])];
  test.each<[string, readonly Line[]]>([
    ["not answered: FRA56-P4 had kept the object before", filled("EDGE", "miss")],
    [
      "not answered: a request to FRA56-P4 failed (ECONNREFUSED)",
      [...SECOND, ...gets(FRA_TOO, ["REC"], { error: "ECONNREFUSED" })],
    ],
    ["not answered: all questions need", [...SECOND, ...gets(FRA_TOO, ["REC"])]],
    ["not answered: all questions need", SECOND],
  ])("about RECs is: %s", (says, lines) => {
    expect(answerTo("rec", lines)).toContain(says);
  });

  test.each<[Question, string, readonly Line[]]>([
    ["names", "not answered: no name was looked up", []],
    [
      "responses",
      "1 of 1 POPs",
      gets(FRA, ["miss"]).map((it) => ({ ...it, received: { ...it.received, "x-amz-cf-pop": `${SIN}, ${FRA}` } })),
    ],
    [
      "responses",
      "0 of 1 POPs responded under their own name; SIN2-P1 for FRA60-P1",
      SECOND.map((it) => ({ ...it, received: { "x-amz-cf-pop": SIN } })),
    ],
    [
      "responses",
      "not answered: a request to FRA60-P1 failed (ECONNREFUSED)",
      gets(FRA, ["miss"], { error: "ECONNREFUSED", received: {} }),
    ],
    ["responses", "not answered: nothing was sent", []],
  ])("about %s is: %s", (question, says, lines) => {
    expect(answerTo(question, lines)).toContain(says);
  });
});

test("recorded responses of the live edge show that the POP keeps an object of 256 KiB on GET 2", () => {
  const recorded: readonly { sequence?: { nth_request: number }; headers: [string, string][] }[] = readFileSync(
    "test/recorded/cloudfront-responses.jsonl",
    "utf8",
  )
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const lines = [1, 2, 3].map((nth) => {
    const headers = Object.fromEntries(recorded.find(({ sequence }) => sequence?.nth_request === nth)?.headers ?? []);
    return exchange("FRA56-P16", ["GET", "miss"], { bytes: 262_144, received: recordedHeaders(headers) });
  });
  expect(answerTo("admission_256_kib", lines)).toMatch(/^FRA56-P16 keeps an object of 256 KiB on GET 2/);
  expect(answerTo("responses", lines)).toBe("1 of 1 POPs responded under their own name");
});

test("two POPs of a REC and one of another are chosen, of those that resolve", () => {
  const pops = (...alive: string[]) => {
    const found = [FRA, SIN, FRA_TOO, "SIN2-P6"].map((pop) => ({
      pop,
      addresses: alive.includes(pop) ? ["192.0.2.1"] : [],
    }));
    const { first, ofSameRec, ofOtherRec } = choosePops(found);
    return [first, ofSameRec, ofOtherRec].map((it) => it?.pop);
  };
  expect(pops(FRA, SIN, FRA_TOO)).toEqual([FRA, FRA_TOO, SIN]);
  expect(pops(FRA, SIN, "SIN2-P6")).toEqual([SIN, "SIN2-P6", FRA]);
  expect(pops(FRA, SIN)).toEqual([FRA, undefined, SIN]);
  expect(pops()).toEqual([undefined, undefined, undefined]);
});

test("a file is read as it was written, and a wrong line is named", () => {
  const run: Line = { type: "run", taken_at: "2026-12-02T00:00:00.000Z", edge: "CloudFront" };
  expect(linesOf("e.jsonl", linesToText([run, ...SECOND]))).toEqual([run, ...SECOND]);
  expect(() => linesOf("e.jsonl", linesToText(SECOND))).toThrow("line 1 is not the run");
  expect(() => linesOf("e.jsonl", `${linesToText([run])}{`)).toThrow("line 2 is no line of evidence: it is not JSON");
  for (const [wrong, says] of [
    [
      { url: "https://www.example.com/a?token=secret" },
      /line 2 is no line of evidence: .*must have no query string.*at url/s,
    ],
    [{ url: "https://user:secret@www.example.com/a" }, /no credentials.*at url/s],
    [{ sent: { cookie: "a=b" } }, /cookie.*at sent/s],
    [{ sent: { authorization: "Basic x" } }, /authorization.*at sent/s],
    [{ received: { "set-cookie": "a=b" } }, /set-cookie.*at received/s],
  ] as const)
    expect(() => linesOf("e.jsonl", linesToText([run, { ...SECOND[0], ...wrong } as Line]))).toThrow(says);
});

const DOMAIN = "d2abcdefghij01.cloudfront.net";
const HOST = "www.shop.example";
const SITE = {
  "/small.css": { size: 10_000 },
  "/medium.bin": { size: 262_144 },
  "/other.bin": { size: 300_000 },
  "/large.bin": { size: 8_000_000 },
};
const URLS = Object.keys(SITE).map((path) => `https://${HOST}${path}?token=secret`);

async function newEdge(behaviour: Behaviour = {}, options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [HOST] }],
    pops: [FRA, FRA_TOO, SIN].map((pop) => ({ pop, rec: pop.slice(0, 3), addresses: 2 })),
    site: SITE,
    behaviours: [behaviour],
    firstAddress: "127.81.0.1",
    logPops: true,
    ...options,
  });
  onTestFinished(() => edge.close());
  return edge;
}

/** Runs the command in a folder of a local run with this edge. */
async function saved(edge: Edge, words: DoctorWords = {}) {
  const { httpsPort, httpPort, dnsServer, caPem } = edge;
  const dnsPort = Number(dnsServer.split(":")[1]);
  const caFolder = folderWith({ "edge.pem": caPem });
  const localRun = {
    apiUrl: await serve(() => undefined),
    apiKey: "k",
    awsEndpoint: "http://127.0.0.1:1",
    awsAccessKeyId: "A",
    region: "us-east-1",
    stackName: "S",
    edge: { httpsPort, httpPort, dnsPort, caFile: join(caFolder, "edge.pem") },
  };
  const cwd = folderWith({ ".local/endpoint.json": JSON.stringify(localRun) });
  const said = { out: "", err: "" };
  const sink = (name: keyof typeof said) => ({
    write: (text: string | Uint8Array) => {
      said[name] += text;
    },
  });
  const stdin = Object.assign(Readable.from([]), { isTTY: false });
  const shell = { env: {}, cwd, stdin, stdout: sink("out"), stderr: sink("err") };
  const file = join(cwd, "evidence.jsonl");
  const all = { edge: true, save: "evidence.jsonl", local: true, cfDomain: DOMAIN, url: URLS, ...words };
  const code = await doctor(shell, all);
  return { ...said, code, text: existsSync(file) ? readFileSync(file, "utf8") : "" };
}

const ALL = [
  "names",
  "responses",
  "admission_10_kb",
  "admission_256_kib",
  "admission_20_mb",
  "ranges",
  "aborted",
  "heads",
  "addresses",
  "rec",
];

describe("against the stand-in edge", () => {
  test("four URLs answer all questions, within the bound of requests", async () => {
    const edge = await newEdge();
    const { code, out, err, text } = await saved(edge);
    expect(out.split("\n")).toEqual([
      "3 of 8 POP names resolve; not FRA56-P16, FRA60-P11, LAX54-P9, LAX50-P5, SIN2-P6",
      "3 of 3 POPs responded under their own name",
      "FRA60-P1 keeps an object of 10 KB on GET 2: GET 3 is the first hit of its own cache",
      "FRA60-P1 keeps an object of 256 KiB on GET 2: GET 3 is the first hit of its own cache",
      "FRA60-P1 keeps an object of 20 MB on GET 2: GET 3 is the first hit of its own cache",
      "a one-byte range does not count as a request for admission: after it, SIN2-P1 keeps the object on GET 2, and without it FRA60-P1 on GET 2",
      "an aborted GET does not count as a request for admission: after it, SIN2-P1 keeps the object on GET 2, and without it FRA60-P1 on GET 2",
      "a HEAD does not count as a request for admission: after it, SIN2-P1 keeps the object on GET 2, and without it FRA60-P1 on GET 2",
      "the addresses of FRA60-P1 share their state: 4 of 4 objects that the first one keeps are hits at the second",
      "the REC map holds: after a fill through FRA60-P1 (Frankfurt), the first GET is a hit at FRA56-P4 (Frankfurt) and a miss at SIN2-P1 (Singapore)",
      "",
    ]);
    expect(err).toContain("Written to evidence.jsonl");
    expect(code).toBe(0);
    const lines = linesOf("e.jsonl", text);
    expect(lines[0]).toMatchObject({ type: "run", edge: "stand-in" });
    expect(answersOf(lines).map(({ question }) => question)).toEqual(ALL);
    // The file has each request that the edge received, and no other.
    expect(lines.filter(({ type }) => type === "exchange")).toHaveLength(edge.popRequests().length);
    expect(edge.popRequests().length).toBeLessThanOrEqual(MAX_REQUESTS);
  });

  const pops = (over: Partial<EdgePop>) => [FRA, FRA_TOO, SIN].map((pop) => ({ pop, rec: pop.slice(0, 3), ...over }));
  test.each<[string, Behaviour, Partial<EdgeOptions>, Partial<Record<Question, string>>]>([
    [
      "admits on the first request",
      { admission: "first" },
      {},
      { admission_20_mb: "on GET 1", ranges: "does not count" },
    ],
    ["counts ranges", { admits: { ranges: true } }, {}, { ranges: "range counts", heads: "HEAD does not count" }],
    [
      "counts HEAD and aborted GETs",
      { admits: { heads: true, aborted: true } },
      {},
      { ranges: "range does not count", heads: "HEAD counts", aborted: "GET counts" },
    ],
    [
      "sends no Server-Timing",
      { serverTiming: "off" },
      {},
      { admission_10_kb: "not answered: no response names its tier", rec: "not answered: no response names its tier" },
    ],
    ["keeps objects at the REC only", { keptAt: "rec" }, {}, { admission_10_kb: "does not keep" }],
    [
      "has a cache for each address",
      {},
      { pops: pops({ addresses: 2, caches: "own" }) },
      { addresses: "do not always share their state: 0 of 1" },
    ],
    ["has one REC", {}, { pops: pops({ rec: "one" }) }, { rec: "the REC map does not hold" }],
    ["passes the REC by", { rec: "passed" }, {}, { rec: "did not pass a REC" }],
  ])("the answers are right for an edge that %s", async (_, behaviour, options, expected) => {
    // Partial requests are tried with four URLs.
    const url = URLS.slice(0, "ranges" in expected ? 4 : 1);
    const lines = linesOf("e.jsonl", (await saved(await newEdge(behaviour, options), { url })).text);
    for (const [question, says] of Object.entries(expected))
      expect(answerTo(question as Question, lines)).toContain(says);
  });

  test("the most URLs stay within 60 requests, where the POP keeps none of them", async () => {
    const edge = await newEdge({ keptAt: "rec" });
    const url = [0, 1, 2, 3, 4, 5].map((i) => `https://${HOST}/medium.bin?${i}`);
    await saved(edge, { url });
    expect(edge.popRequests().length).toBeLessThanOrEqual(MAX_REQUESTS);
    expect(MAX_REQUESTS).toBeLessThanOrEqual(60);
  });

  test("an object that was requested before is not used", async () => {
    const edge = await newEdge();
    await saved(edge, { url: URLS.slice(0, 1) });
    const lines = linesOf("e.jsonl", (await saved(edge)).text);
    const hit = 'not answered: the first response was "Hit from cloudfront": use a URL that nobody has requested';
    expect(answerTo("admission_10_kb", lines)).toBe(hit);
    expect(answerTo("heads", lines)).toBe(hit);
    expect(answerTo("ranges", lines)).toContain("does not count");
    expect(answerTo("rec", lines)).toContain("the REC map holds");
  });

  test("one URL, and a refused one, leave questions open", async () => {
    const edge = await newEdge();
    const one = await saved(edge, { url: URLS.slice(0, 1) });
    const answers = answersOf(linesOf("e.jsonl", one.text));
    expect(answers.filter(({ isAnswered }) => !isAnswered).map(({ question }) => question)).toEqual([
      "admission_256_kib",
      "admission_20_mb",
      "ranges",
      "aborted",
      "heads",
    ]);
    const refused = await saved(edge, { url: [`https://${HOST}/none.css`] });
    expect(answerTo("admission_10_kb", linesOf("e.jsonl", refused.text))).toBe(
      "not answered: FRA60-P1 responded with HTTP 404",
    );
  });

  test("the file has no query string, cookie or other header of the site", async () => {
    const headers = {
      "set-cookie": "session=secret",
      "x-powered-by": "secret",
      "x-amz-meta-owner": "secret",
      location: "/secret",
    };
    const site = { "/small.css": { size: 100, headers } };
    const { text } = await saved(await newEdge({}, { site }), {
      url: [`https://user:secret@${HOST}/small.css?token=secret#secret`],
    });
    expect(text).toContain(`"url":"https://${HOST}/small.css"`);
    expect(text).toContain("cdn-hit-layer");
    for (const secret of ["secret", "token", "session", "cookie", "authorization", "x-amz-cf-id"])
      expect(text).not.toContain(secret);
  });

  test("prints a JSON document, and says what is wrong with the file or the distribution", async () => {
    const edge = await newEdge();
    const url = URLS.slice(0, 1);
    const { out } = await saved(edge, { url, json: true });
    expect(JSON.parse(out)).toMatchObject({ answers: ALL.map((question) => ({ question })) });
    const nowhere = await saved(edge, { url, save: "no/such/folder.jsonl" });
    expect(nowhere).toMatchObject({
      code: 1,
      err: expect.stringContaining("no/such/folder.jsonl cannot be written (ENOENT)"),
    });
    const unknown = await saved(edge, { url, cfDomain: "unknown.example" });
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("Name the distribution's own domain") });
  });
});
