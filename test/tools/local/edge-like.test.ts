import {
  type Evidence,
  type EvidenceRequest,
  evidenceSchema,
  evidenceText,
} from "../../../cli/doctor/edge/evidence.ts";
import { observedEdge } from "../../../cli/doctor/edge/observed-edge.ts";
import { UsageError } from "../../../tools/command-line.ts";
import { Scale } from "../../../tools/lab/engine/scenario.ts";
import { EDGES_LIKE } from "../../../tools/lab/scenarios/edge-like.ts";
import { edgeLike, readEvidence } from "../../../tools/local/edge-like.ts";
import { parseOptions } from "../../../tools/local/options.ts";
import { DISTRIBUTION_KINDS } from "../../../tools/memory-aws/distribution-kinds.ts";
import { folderWith } from "../../folder-with.ts";

const HASH = "host-0123456789ab";
const HIT = "Hit from cloudfront";
const MISS = "Miss from cloudfront";
const TIMED = 'cdn-cache-hit,cdn-pop;desc="SIN2-P1"';

const pop = (name: string, over: { readonly own?: string[]; readonly random?: string[] } = {}) => ({
  pop: name,
  labels: [
    { label: "own" as const, addresses: over.own ?? ["192.0.2.1"] },
    { label: "random" as const, addresses: over.random ?? [] },
  ],
});

let at = 0;
const asked = (step: EvidenceRequest["step"], over: Partial<EvidenceRequest> = {}): EvidenceRequest => ({
  at_ms: at++,
  pop: "SIN2-P1",
  address: 0,
  object: 0,
  copy: 1,
  step,
  method: "GET",
  pragma: true,
  status: 200,
  headers: { "x-cache": HIT },
  bytes: 100,
  ...over,
});
const miss = (step: EvidenceRequest["step"], over: Partial<EvidenceRequest> = {}) =>
  asked(step, { headers: { "x-cache": MISS }, ...over });

function evidenceOf(over: Partial<Evidence> = {}): Evidence {
  return evidenceSchema.parse({
    format: "prewarm-evidence/1",
    taken_at: "2026-11-29T12:00:00.000Z",
    edge: "synthesized",
    limits: { requests: 200, bytes: 20_000_000 },
    sent: { requests: 0, bytes: 0 },
    distribution: HASH,
    objects: [{ host: HASH, scheme: "https", extension: "css" }],
    pops: [pop("SIN2-P1")],
    requests: [],
    ...over,
  });
}

describe("a file that is none", () => {
  const valid = JSON.parse(evidenceText(evidenceOf({ requests: [miss("first")] })));
  test.each([
    ["is not there", "", "does not exist"],
    ["is no JSON", "{", "it is not JSON"],
    ["is of another format", JSON.stringify({ format: "prewarm-edge/1" }), 'format: must be "prewarm-evidence/1"'],
    [
      "has a host that is not hashed",
      JSON.stringify({ ...valid, distribution: "www.example.com" }),
      "distribution: must be a hashed host",
    ],
    [
      "has a POP that is none",
      JSON.stringify({ ...valid, pops: [{ ...pop("SIN2") }] }),
      "pops.0.pop: must be a POP such as SIN2-P1",
    ],
    [
      "has a header that is not allowed",
      JSON.stringify({ ...valid, requests: [{ ...miss("first"), headers: { "set-cookie": "a" } }] }),
      "requests.0.headers",
    ],
    ["has more fields", JSON.stringify({ ...valid, secret: 1 }), 'Unrecognized key: "secret"'],
    ["is a list", "[]", "is no evidence: "],
  ])("%s: one line says so", (_, text, says) => {
    const folder = folderWith(text === "" ? {} : { "e.json": text });
    const refused = () => readEvidence(`${folder}/e.json`);
    expect(refused).toThrow(says);
    expect(refused).toThrow(/^[^\n]*e\.json [^\n]*$/);
  });

  test("is a folder", () => {
    expect(() => readEvidence(folderWith())).toThrow("it is no file");
  });

  test("reads what was written", () => {
    const evidence = evidenceOf({ requests: [miss("first"), asked("at_once")] });
    expect(readEvidence(`${folderWith({ "e.json": evidenceText(evidence) })}/e.json`)).toEqual(evidence);
  });
});

test("npm start takes a file and a kind of distribution, but neither without an edge", () => {
  expect(parseOptions(["--edge-like", "e.json"])).toMatchObject({ edge: true, edgeLike: "e.json" });
  expect(() => parseOptions(["--edge-like", "e.json", "--no-edge"])).toThrow(UsageError);
  expect(parseOptions(["--distribution", "mtls"])).toMatchObject({ distribution: "mtls" });
  expect(() => parseOptions(["--distribution", "mtls", "--no-edge"])).toThrow(UsageError);
  expect(() => parseOptions(["--distribution", "mtl"])).toThrow(DISTRIBUTION_KINDS.join(", "));
});

describe("what requests show of an object", () => {
  const timed = (headers: EvidenceRequest["headers"] = {}) => ({
    headers: { "x-cache": HIT, "server-timing": TIMED, ...headers },
  });
  const layer = (name: string) => timed({ "server-timing": `${TIMED},cdn-hit-layer;desc="${name}"` });
  const refresh = { headers: { "x-cache": "RefreshHit from cloudfront" } };
  test.each<[string, EvidenceRequest[], object]>([
    ["nothing", [], { keptAt: undefined, age: undefined, collapsing: undefined, serverTiming: undefined }],
    ["a query that is not in the key", [asked("first"), asked("at_once")], { keptAt: undefined }],
    ["not kept", [miss("first"), miss("at_once"), miss("after_2_s")], { keptAt: "nowhere" }],
    ["kept at the REC", [miss("first"), asked("at_once", layer("REC"))], { keptAt: "rec" }],
    [
      "kept at the POP",
      [miss("first"), asked("at_once", layer("REC")), asked("after_2_s", layer("EDGE"))],
      { keptAt: "pop" },
    ],
    [
      "expired at once",
      [miss("first"), asked("at_once", refresh), asked("after_2_s", refresh)],
      { keptAt: "revalidated" },
    ],
    [
      "an Age that grows",
      [asked("at_once", timed({ age: "0" })), asked("after_2_s", timed({ age: "2" }))],
      { age: "kept" },
    ],
    ["an Age that stays", [asked("at_once", timed({ age: "7" })), asked("after_2_s", timed({ age: "7" }))], { age: 7 }],
    ["no Age", [asked("at_once"), asked("after_2_s")], { age: "none", serverTiming: "off" }],
    ["an origin with an Age", [miss("first", { headers: { "x-cache": MISS, age: "30" } })], { originAge: 30 }],
    [
      "Server-Timing on demand",
      [asked("at_once", timed()), asked("without_pragma", { pragma: false })],
      { serverTiming: 0 },
    ],
    [
      "a POP that asks the origin",
      [
        miss("first", {
          headers: { "x-cache": MISS, "server-timing": 'cdn-upstream-layer;desc="EDGE",cdn-cache-miss' },
        }),
      ],
      { rec: "passed" },
    ],
    ["requests that are not collapsed", [miss("collapsed"), miss("collapsed")], { collapsing: "off" }],
    [
      "a shared fetch that names no tier",
      [miss("collapsed"), asked("collapsed", timed()), asked("after_collapsed")],
      { collapsing: "no-layer" },
    ],
    [
      "a shared fetch of what is not kept",
      [miss("collapsed"), asked("collapsed", timed()), miss("after_collapsed")],
      { collapsing: "layer" },
    ],
    [
      "a shared fetch that lies",
      [miss("collapsed"), asked("collapsed", layer("EDGE")), miss("after_collapsed")],
      { collapsing: "false-layer" },
    ],
    ["a shared fetch that failed", [miss("collapsed"), asked("collapsed", { status: 503 })], { collapsing: undefined }],
    ["a HEAD that fills", [miss("head_cold"), asked("head_again")], { heads: "kept" }],
    [
      "a range that is passed on",
      [miss("range_cold"), miss("range_again"), miss("range_then_get")],
      { ranges: "passed" },
    ],
    ["a range that is kept", [miss("range_cold"), asked("range_again"), miss("range_then_get")], { ranges: "kept" }],
    ["a range that fills", [miss("range_cold"), asked("range_again"), asked("range_then_get")], { ranges: "filled" }],
  ])("%s", (_, requests, expected) => {
    expect(observedEdge(evidenceOf({ requests })).objects[0]).toMatchObject(expected);
  });
});

describe("what requests show of POPs", () => {
  test("any label leads to one, if its address answers", () => {
    const other = pop("SIN2-P1", { random: ["192.0.2.9"] });
    const labels = (requests: EvidenceRequest[], it = other) =>
      observedEdge(evidenceOf({ pops: [it], requests })).labels;
    expect(labels([])).toBe("own");
    expect(labels([asked("other_label", { headers: { "x-amz-cf-pop": "SIN2-P1" } })])).toBe("any");
    expect(labels([], pop("SIN2-P1", { random: ["192.0.2.1"] }))).toBe("any");
    expect(labels([], pop("SIN2-P1", { own: [] }))).toBeUndefined();
  });

  test("RECs are unknown where nothing is kept", () => {
    const requests = [
      miss("first"),
      miss("at_once"),
      miss("rec_fill", { copy: 2 }),
      miss("rec_second", { copy: 2, pop: "SIN2-P2" }),
    ];
    const { pops } = observedEdge(evidenceOf({ pops: [pop("SIN2-P1"), pop("SIN2-P2")], requests }));
    expect(pops.map(({ recOf }) => recOf)).toEqual([undefined, undefined]);
  });

  const errorAt = (at_ms: number, headers: EvidenceRequest["headers"]) =>
    asked("error", { at_ms, status: 404, headers });
  test.each<[string, EvidenceRequest[], object | undefined]>([
    ["was not asked for twice", [errorAt(0, {})], undefined],
    ["is not kept", [errorAt(0, {}), errorAt(2_001, {})], { atLeast: 0, lessThan: 2 }],
    [
      "is kept, by its Age",
      [errorAt(0, {}), errorAt(2_000, { age: "2" }), errorAt(4_002, {})],
      { atLeast: 2, lessThan: 4 },
    ],
    [
      "is kept to the end",
      [errorAt(0, {}), errorAt(20_000, { "server-timing": "cdn-cache-hit" })],
      { atLeast: 20, lessThan: undefined },
    ],
  ])("an error %s", (_, requests, expected) => {
    expect(observedEdge(evidenceOf({ requests })).errors).toEqual(expected);
  });
});

test.each(EDGES_LIKE)("the world of $name has the POPs of its evidence, and warms those that resolve", ({ parts }) => {
  const { pops = [], deadPops = [], labels } = parts(new Scale(0.1)).world?.edge ?? {};
  expect(pops).toHaveLength(6);
  expect(deadPops.every((dead) => pops.some(({ pop: name }) => name === dead))).toBe(true);
  expect(labels).toBe(deadPops.length > 0 ? "any" : "own");
});

describe("an edge that is like evidence", () => {
  const base = {
    pops: [
      { pop: "SIN2-P1", rec: "Singapore" },
      { pop: "NRT57-P2", rec: "Tokyo" },
    ],
    deadPops: ["SIN2-P1", "ICN51-C1"],
    site: new Map([["/a.css", { size: 10 }]]),
  };

  test("has its POPs, dead and closed ones, and RECs apart that the catalogue has as one", () => {
    const requests = [
      miss("first"),
      asked("at_once"),
      miss("rec_fill", { copy: 2 }),
      miss("rec_second", { copy: 2, pop: "SIN2-P2" }),
      asked("head_cold", { pop: "FRA56-P4", status: undefined, error: "ECONNREFUSED" }),
    ];
    const pops = [
      pop("SIN2-P1", { own: ["192.0.2.1", "192.0.2.2"] }),
      pop("SIN2-P2"),
      pop("FRA60-P1", { own: [] }),
      pop("FRA56-P4"),
    ];
    const like = edgeLike(evidenceOf({ pops, requests }), base);
    expect(like.pops).toEqual([
      { pop: "SIN2-P1", rec: "Singapore", addresses: 2 },
      { pop: "NRT57-P2", rec: "Tokyo" },
      { pop: "SIN2-P2", rec: "Singapore (SIN2-P2)", addresses: 1 },
      { pop: "FRA56-P4", rec: "Frankfurt", addresses: 1 },
    ]);
    expect(like).toMatchObject({ deadPops: ["ICN51-C1", "FRA60-P1"], closedPops: ["FRA56-P4"] });
  });

  test("has its behaviours by extension, its origin, and its errors", () => {
    const objects = ["css", "html", "css", ""].map((extension) => ({
      host: HASH,
      scheme: "https" as const,
      extension,
    }));
    const requests = [
      miss("first", { headers: { "x-cache": MISS, age: "5" }, first_byte_ms: 134 }),
      asked("at_once", { first_byte_ms: 12 }),
      miss("first", { object: 1, copy: 2, first_byte_ms: 134 }),
      miss("at_once", { object: 1, copy: 2, first_byte_ms: 134 }),
      asked("error", { at_ms: 0, status: 404, headers: {} }),
      asked("error", { at_ms: 20_000, status: 404, headers: { age: "20" } }),
    ];
    expect(edgeLike(evidenceOf({ objects, requests }), base)).toMatchObject({
      behaviours: [
        { path: "*.html", ttl: { min: 0, default: 0, max: 0 } },
        { serverTiming: "off", age: "none" },
      ],
      origin: { delayMs: 120 },
      errorTtlMs: 60_000,
      site: { "/a.css": { size: 10, headers: { age: "5" } } },
    });
  });

  test("answers by the POP that answered, but for faults that are wanted", () => {
    const requests = [miss("first", { headers: { "x-cache": MISS, "x-amz-cf-pop": "SIN52-C2" } })];
    const request = { pop: "SIN2-P1", address: "", client: "", method: "GET", path: "/", headers: {} };
    const of = (faults?: () => { kind: "stall" }) =>
      edgeLike(evidenceOf({ requests }), { ...base, ...(faults && { faults }) });
    expect(of().faults(request)).toEqual({ kind: "otherPop", pop: "SIN52-C2" });
    expect(of().faults({ ...request, pop: "NRT57-P2" })).toBeUndefined();
    expect(of(() => ({ kind: "stall" })).faults(request)).toEqual({ kind: "stall" });
  });
});
