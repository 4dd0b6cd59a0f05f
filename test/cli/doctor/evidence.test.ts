// `prewarm doctor --edge --save`, against the stand-in edge: what it sends, what it writes, and what it leaves out.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { DoctorWords } from "../../../cli/doctor/check/options.ts";
import { doctor } from "../../../cli/doctor/doctor.ts";
import { EVIDENCE_LIMITS, type Evidence, evidenceSchema, evidenceText } from "../../../cli/doctor/edge/evidence.ts";
import { observedEdge } from "../../../cli/doctor/edge/observed-edge.ts";
import { allowedHeaders } from "../../../cli/doctor/edge/redact.ts";
import { EVIDENCE_POPS, type EvidenceDeps, takeEvidence } from "../../../cli/doctor/edge/take-evidence.ts";
import { Dns } from "../../../probe/dns.ts";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import { edgeLike, readEvidence } from "../../../tools/local/edge-like.ts";
import { EVIDENCE_FOLDER } from "../../../tools/local/paths.ts";
import { folderWith } from "../../folder-with.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock({ idleMs: 2 });
// A whole run makes up to 180 TLS connections.
vi.setConfig({ testTimeout: 60_000 });

const LABEL = "d2abcdefghij01";
const DOMAIN = `${LABEL}.cloudfront.net`;
const HOST = "www.shop.example";
const SITE = { "/site.css": { size: 2_000 }, "/index.html": { size: 1_000 } };

async function newEdge(options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [HOST] }],
    pops: EVIDENCE_POPS.map((pop) => ({ pop, rec: pop.slice(0, 3) })),
    site: SITE,
    // So that two requests at the same time meet at the edge.
    origin: { delayMs: 50 },
    firstAddress: "127.81.0.1",
    logPops: true,
    ...options,
  });
  onTestFinished(() => edge.close());
  return edge;
}

function taken(edge: Edge, over: Partial<EvidenceDeps> = {}): Promise<Evidence> {
  const { httpsPort, httpPort, caPem: ca, dnsServer } = edge;
  return takeEvidence({
    objects: [new URL(`https://${HOST}/site.css`)],
    distribution: DOMAIN,
    label: LABEL,
    pops: EVIDENCE_POPS,
    edge: { httpsPort, httpPort, ca, allowPrivateAddresses: true },
    dns: new Dns({ servers: [dnsServer], allowPrivateAddresses: true }),
    isCloudFront: false,
    ...over,
  });
}

/** What the edge counted, at all its POPs. */
function countedAt(edge: Edge) {
  const all = edge.popRequests();
  return { requests: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
}

describe("what is written", () => {
  test("tells of an edge what its requests showed", async () => {
    const evidence = await taken(await newEdge());
    expect(evidenceSchema.parse(JSON.parse(evidenceText(evidence)))).toEqual(evidence);
    expect(evidence.pops[0]).toMatchObject({
      pop: "FRA60-P1",
      labels: [
        { label: "own", addresses: ["127.81.0.1"] },
        { label: "random", addresses: [], error: "ENOTFOUND" },
        { label: "documented", addresses: [], error: "ENOTFOUND" },
      ],
      certificate: { names: expect.arrayContaining(["*.cloudfront.net"]), covers_pop_name: false },
    });
    const object = { keptAt: "pop", rec: "asked", collapsing: "layer", heads: "passed", ranges: "passed" };
    expect(observedEdge(evidence)).toMatchObject({
      labels: "own",
      objects: [{ extension: "css", age: "kept", originAge: undefined, serverTiming: 100, ...object }],
      errors: { atLeast: 9, lessThan: 11 },
      pops: [
        { pop: "FRA60-P1", addresses: 1, isOpen: true, answeredBy: "FRA60-P1", recOf: "FRA60-P1" },
        { pop: "FRA56-P4", recOf: "FRA60-P1" },
        { pop: "IAD89-P1", recOf: "IAD89-P1" },
        { pop: "IAD89-P2", recOf: "IAD89-P1" },
        { pop: "SIN2-P1", recOf: "SIN2-P1" },
        { pop: "SIN2-P2", recOf: "SIN2-P1" },
      ],
    });
  });

  test("has no host, path, query, cookie or header of the site", async () => {
    const headers = {
      "server-timing": 'db;desc="secret.internal.example"',
      "set-cookie": "session=secret",
      "x-powered-by": "secret",
      "cache-control": "max-age=60, served-by=secret.internal.example, x=secret",
      vary: "accept-encoding",
      "content-type": "text/css; profile=secret",
    };
    const edge = await newEdge({ site: { "/secret-path.css": { size: 100, headers } } });
    const url = new URL(`https://${HOST}/secret-path.css?token=secret`);
    const text = evidenceText(await taken(edge, { objects: [url], pops: ["FRA60-P1"] }));
    for (const secret of ["secret", "token", HOST, "shop", DOMAIN, LABEL, "session", "x-amz-cf-id", "cdn-rid"])
      expect(text).not.toContain(secret);
    expect(text).toContain('"cache-control":"max-age=60, other"');
    expect(text).toContain('"content-type":"text/css"');
    expect(text).toContain("cdn-cache-hit");
  });

  test("has the same hash for the same host, and another one in another file", async () => {
    const edge = await newEdge();
    const objects = [new URL(`https://${DOMAIN}/site.css`), new URL(`https://${HOST}/index.html`)] as const;
    const [a, b] = [
      await taken(edge, { objects: [...objects], pops: ["SIN2-P1"] }),
      await taken(edge, { objects: [...objects], pops: ["SIN2-P1"] }),
    ];
    expect(a.objects[0]?.host).toBe(a.distribution);
    expect(a.objects[1]?.host).not.toBe(a.distribution);
    expect(b.distribution).not.toBe(a.distribution);
  });

  test("says by a code why a POP did not answer", async () => {
    const edge = await newEdge({ deadPops: ["FRA60-P1"], closedPops: ["FRA56-P4"] });
    const evidence = await taken(edge, { pops: ["FRA60-P1", "FRA56-P4", "SIN2-P1"] });
    expect(evidence.pops[0]?.labels[0]).toEqual({ label: "own", addresses: [], error: "ENOTFOUND" });
    expect(evidence.requests.filter(({ pop }) => pop === "FRA56-P4").map(({ error }) => error)).toContain(
      "ECONNREFUSED",
    );
    const untrusted = await taken(edge, {
      pops: ["SIN2-P1"],
      edge: { httpsPort: edge.httpsPort, httpPort: edge.httpPort, allowPrivateAddresses: true },
    });
    expect(untrusted.pops[0]?.certificate).toMatchObject({ error: expect.stringMatching(/CERT|VERIFY/), names: [] });
    expect(evidenceText(untrusted)).not.toContain(HOST);
  });
});

test.each<[string, string, string | undefined]>([
  ["cache-control", "private, MAX-AGE=0, community=shop", "private, MAX-AGE=0, other"],
  ["content-type", "text/html; charset=utf-8", "text/html"],
  ["content-type", "application/vnd.shop.v1+json", "other"],
  ["content-encoding", "br", "br"],
  ["content-range", "bytes 0-0/2000", "bytes 0-0/2000"],
  ["vary", "Accept-Encoding, X-Shop-Locale", "Accept-Encoding, other"],
  ["x-cache", "Hit from shop", "other"],
  ["x-cache", "LimitExceeded from cloudfront", "LimitExceeded from cloudfront"],
  ["x-amz-cf-pop", "shop", "other"],
  ["age", "12", "12"],
  [
    "server-timing",
    'cdn-pop;desc="SIN2-P1", cdn-rid;desc="a-b==",cdn-upstream-fbl;dur=12.5',
    'cdn-pop;desc="SIN2-P1",cdn-upstream-fbl;dur=12.5',
  ],
  ["server-timing", 'cdn-hit-layer;desc="Origin Shield",app;desc=shop', 'cdn-hit-layer;desc="Origin Shield"'],
  ["server-timing", 'app;desc=shop, cdn-pop;desc="shop.example"', undefined],
  ["set-cookie", "a=b", undefined],
  ["via", "1.1 shop.example (CloudFront)", undefined],
])("of %s: %s, this is written: %s", (name, value, written) => {
  expect(Object.values(allowedHeaders({ [name]: value }))).toEqual(written === undefined ? [] : [written]);
});

describe("the limits", () => {
  test("hold for as many requests as there may be", async () => {
    const pops = EVIDENCE_POPS.map((pop) => ({ pop, rec: pop, addresses: 4, caches: "own" as const }));
    const edge = await newEdge({ pops, labels: "any" });
    const objects = [`https://${HOST}/site.css`, ...[1, 2, 3, 4].map((i) => `https://${HOST}/index.html?${i}`)];
    const [first = new URL(`https://${HOST}/`), ...others] = objects.map((it) => new URL(it));
    const { sent, cut_by } = await taken(edge, { objects: [first, ...others] });
    expect(sent).toEqual(countedAt(edge));
    expect(sent.requests).toBeLessThanOrEqual(EVIDENCE_LIMITS.requests);
    // Nothing is left out of a whole run of the largest kind.
    expect(cut_by).toBeUndefined();
  });

  test("stop requests", async () => {
    const edge = await newEdge();
    const evidence = await taken(edge, { limits: { requests: 12, bytes: 20_000_000 } });
    expect(evidence).toMatchObject({ sent: { requests: 12 }, cut_by: "requests" });
    expect(countedAt(edge).requests).toBe(12);
    expect(evidence.requests).toHaveLength(12);
  });

  test("stop downloads before they are too much", async () => {
    const edge = await newEdge({ site: { "/site.css": { size: 6_000_000 } } });
    const evidence = await taken(edge);
    expect(evidence).toMatchObject({ sent: { bytes: countedAt(edge).bytes }, cut_by: "bytes" });
    expect(evidence.sent.bytes).toBeGreaterThanOrEqual(18_000_000);
    expect(countedAt(edge).bytes).toBeLessThanOrEqual(EVIDENCE_LIMITS.bytes);
    // What needs no body goes on.
    expect(evidence.requests.filter(({ pop, method }) => pop === "SIN2-P2" && method === "HEAD")).not.toEqual([]);
  });

  test("cut off a body that is longer than a HEAD says", async () => {
    const edge = await newEdge({ site: { "/site.css": { size: 9_000_000, probedSize: 10 } } });
    const { sent, requests } = await taken(edge, { pops: ["SIN2-P1"] });
    expect(requests.map(({ error }) => error)).toContain("MAX_BYTES");
    expect(sent.bytes).toBeLessThanOrEqual(EVIDENCE_LIMITS.bytes);
  });
});

describe("files of evidence", () => {
  const files = readdirSync(EVIDENCE_FOLDER);

  test("are there, synthesized, and say what of", () => {
    expect(files).toHaveLength(3);
    for (const file of files)
      expect(readEvidence(EVIDENCE_FOLDER + file)).toMatchObject({
        edge: "synthesized",
        based_on: expect.arrayContaining([expect.stringContaining("https://docs.aws.amazon.com/")]),
      });
  });

  test.each(files)("%s: an edge that is like it says the same again", async (file) => {
    const evidence = readEvidence(EVIDENCE_FOLDER + file);
    const edge = await newEdge(edgeLike(evidence, { pops: [], site: SITE }));
    const objects = evidence.objects.map(({ extension }) => new URL(`https://${HOST}/${PATHS[extension]}`));
    const [first = new URL(`https://${HOST}/`), ...others] = objects;
    const again = await taken(edge, { objects: [first, ...others], pops: evidence.pops.map(({ pop }) => pop) });
    expect(observedEdge(again)).toEqual(observedEdge(evidence));
  });
});

const PATHS: Readonly<Record<string, string>> = { css: "site.css", html: "index.html" };

describe("the command", () => {
  /** Runs it in a folder of a local run with this edge. */
  async function saved(edge: Edge, words: DoctorWords = {}, answer?: string) {
    const { httpsPort, httpPort, dnsServer, caPem } = edge;
    const dnsPort = Number(dnsServer.split(":")[1]);
    const cwd = folderWith({ "edge.pem": caPem });
    const localRun = {
      apiUrl: "http://127.0.0.1:1/prod/",
      apiKey: "k",
      awsEndpoint: "http://127.0.0.1:1",
      awsAccessKeyId: "A",
      region: "us-east-1",
      stackName: "S",
      edge: { httpsPort, httpPort, dnsPort, caFile: join(cwd, "edge.pem") },
    };
    const there = folderWith({ ".local/endpoint.json": JSON.stringify(localRun) });
    const said: string[] = [];
    const file = join(there, "evidence.json");
    const stdin = Object.assign(Readable.from(answer === undefined ? [] : [`${answer}\n`]), {
      isTTY: answer !== undefined,
    });
    const sink = (name: string) => ({
      write: (text: string | Uint8Array) => said.push(`${name}${existsSync(file) ? " (written)" : ""}: ${text}`),
    });
    const shell = { env: {}, cwd: there, stdin, stdout: sink("out"), stderr: sink("err") };
    const all = { edge: true, save: "evidence.json", local: true, cfDomain: DOMAIN, pops: "SIN2-P1", ...words };
    const code = await doctor(shell, all, [`https://${HOST}/site.css`]);
    return { code, said, text: existsSync(file) ? readFileSync(file, "utf8") : undefined };
  }

  test("states its limits, shows the content, and then writes it", async () => {
    const { code, said, text = "" } = await saved(await newEdge());
    expect(code).toBe(0);
    expect(said[0]).toMatch(/^err: This sends at most 200 requests to SIN2-P1 and downloads at most 20 MB/);
    expect(said[1]).toBe(`out: ${text}`);
    expect(said[2]).toMatch(/^err: \d+ requests, \d+ bytes\.\n {2}labels that resolve to POPs: own\n/);
    expect(said.at(-1)).toMatch(/^err \(written\): Written to evidence\.json\./);
    expect(evidenceSchema.parse(JSON.parse(text))).toMatchObject({ edge: "a stand-in" });
  });

  test("asks at a terminal, and writes nothing without a yes", async () => {
    const no = await saved(await newEdge(), {}, "n");
    expect(no).toMatchObject({ code: 0, text: undefined });
    expect(no.said.at(-1)).toBe("err: Nothing was written.\n");
  });

  test("does not ask with --yes", async () => {
    expect((await saved(await newEdge(), { yes: true }, "n")).text).toContain("prewarm-evidence/1");
  });

  test("says in one line what is wrong with the file, or that no distribution is found", async () => {
    const edge = await newEdge();
    const nowhere = await saved(edge, { save: "no/such/folder.json" });
    expect(nowhere.code).toBe(1);
    expect(nowhere.said.at(-1)).toContain("no/such/folder.json cannot be written (ENOENT)");
    const unknown = await saved(edge, { cfDomain: "unknown.example" });
    expect(unknown.code).toBe(1);
    expect(unknown.said.at(-1)).toContain("unknown.example is not a domain name of a distribution of this account");
  });
});
