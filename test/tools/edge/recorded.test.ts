// The stand-in edge against recorded responses of CloudFront.
import { readFileSync } from "node:fs";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import { type Asked, ask, newEdge, open } from "./client.ts";

type Headers = readonly (readonly [name: string, value: string])[];

interface Recorded {
  readonly id: string;
  readonly form: string;
  readonly status: number | null;
  readonly sequence?: { readonly nth_request: number };
  readonly headers: Headers;
}

const RECORDED: readonly Recorded[] = readFileSync("test/recorded/cloudfront-responses.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const OWN = new Set(["x-cache", "via", "x-amz-cf-pop", "x-amz-cf-id", "age", "server-timing"]);

const own = (headers: Headers) => headers.filter(([name]) => OWN.has(name.toLowerCase()));
const names = (headers: Headers) => own(headers).map(([name]) => name);
const valuesOf = (headers: Headers, wanted: string) =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
const lowerCase = (all: readonly string[]) => all.map((one) => one.toLowerCase());

/** The status and the headers of an answer as they came. */
async function answer(edge: Awaited<ReturnType<typeof newEdge>>, asked: Asked = {}) {
  const response = await open(edge, asked);
  await response.resume().toArray();
  const raw = response.rawHeaders;
  const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
  return { status: response.statusCode, headers };
}

/** Server-Timing without its POP, id and durations. */
const timing = (headers: Headers) =>
  valuesOf(headers, "server-timing").map((value) =>
    value.replace(/(cdn-pop|cdn-rid);desc="[^"]+"/g, "$1").replace(/dur=\d+/g, "dur"),
  );

/** What tells the tiers of an answer. */
const told = (headers: Headers) => ({
  xCache: valuesOf(headers, "x-cache"),
  names: lowerCase(names(headers)).sort(),
  timing: timing(headers),
});

describe("the series of a first, a second and a third whole GET", () => {
  const size = 262_144;
  const site = { "/a.bin": { size, headers: { "cache-control": "public, max-age=3600, immutable" } } };

  test.each([1, 2, 3])("GET %i", async (nth) => {
    let now = 1_700_000_000_000;
    const edge = await newEdge({ site, now: () => now });
    for (let before = 1; before < nth; before += 1) await ask(edge);
    now += 30_000;
    const { status, headers } = await answer(edge);
    const rows = RECORDED.filter(({ sequence }) => sequence?.nth_request === nth);
    expect(rows.length).toBeGreaterThanOrEqual(5);
    for (const row of rows) expect({ status, ...told(headers) }).toEqual({ status: row.status, ...told(row.headers) });
    const [timed = ""] = valuesOf(headers, "server-timing");
    expect(timed).toContain(`cdn-rid;desc="${valuesOf(headers, "x-amz-cf-id")[0]}"`);
  });

  test("Age counts from the origin's answer in both tiers", async () => {
    let now = 1_700_000_000_000;
    const edge = await newEdge({ site, now: () => now });
    await ask(edge);
    const ages: string[] = [];
    // As of the recorded object 038.
    for (const seconds of [7, 24]) {
      now += seconds * 1_000;
      ages.push(...valuesOf((await answer(edge)).headers, "age"));
    }
    const recorded = RECORDED.filter(({ id }) => id === "cf-397eed2687" || id === "cf-a6efc6a12e");
    expect(ages).toEqual(recorded.flatMap(({ headers }) => valuesOf(headers, "age")));
  });
});

test("CloudFront's own headers have the order and the spelling of HTTP/1.1", async () => {
  const edge = await newEdge({ behaviours: [{ serverTiming: "off" }] });
  await ask(edge);
  const { headers } = await answer(edge);
  const rows = RECORDED.filter(
    ({ form, headers }) => form === "headersText" && valuesOf(headers, "x-cache").length > 0,
  );
  expect(rows.length).toBeGreaterThanOrEqual(5);
  for (const row of rows) expect(names(headers)).toEqual(names(row.headers));
});

const VIA = "1.1 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)";
const INNER = {
  via: VIA,
  "x-amz-cf-pop": "FRA2-C1",
  "x-amz-cf-id": "id==",
  "x-cache": "Hit from cloudfront",
  age: "90",
};
const behind = (headers: Readonly<Record<string, string>>) => ({ "/a.bin": { size: 10, headers } });
const replaced = (headers: Readonly<Record<string, string | readonly string[]>>): Partial<EdgeOptions> => ({
  faults: () => ({ kind: "headers", headers }),
});
const LAMBDA = "LambdaGeneratedResponse from cloudfront";
const FUNCTION = "FunctionGeneratedResponse from cloudfront";
const ERRORS: Partial<EdgeOptions> = { site: {}, behaviours: [{ errorPage: { status: 200 } }] };
const STALE = { "/a.bin": { size: 10, headers: { "cache-control": "max-age=0" } } };

/** What a client reads of the form of an answer. */
const formOf = ({ status, headers }: { status: number | null | undefined; headers: Headers }) => ({
  status,
  xCache: valuesOf(headers, "x-cache"),
  pops: valuesOf(headers, "x-amz-cf-pop").length,
  vias: valuesOf(headers, "via").flatMap((value) => value.split(", ")).length,
  hasAge: valuesOf(headers, "age").length > 0,
});

// The last of so many GETs has the form of a recorded response.
test.each<[id: string, what: string, options: Partial<EdgeOptions>, gets: number]>([
  ["cf-73fc9ef123", "a Miss with Age and two POPs: the origin is behind CloudFront", { site: behind(INNER) }, 1],
  ["cf-10c4608aef", "a Hit with two POPs", { site: behind(INNER) }, 2],
  ["cf-a841f531d9", "an answer of a function with 200", { behaviours: [{ generated: "function" }] }, 1],
  [
    "cf-431049dd69",
    "a redirect by a function",
    { faults: () => ({ kind: "status", status: 301, headers: { "x-cache": FUNCTION } }) },
    1,
  ],
  [
    "cf-48ed909f5c",
    "a redirect by Lambda@Edge",
    { faults: () => ({ kind: "status", status: 301, headers: { "x-cache": LAMBDA } }) },
    1,
  ],
  ["cf-91de558e50", "a redirect to HTTPS", { faults: () => ({ kind: "status", status: 301 }) }, 1],
  ["cf-2165529214", "a custom error response", ERRORS, 1],
  ["cf-f3e5952f6a", "a custom error response of a cache", ERRORS, 2],
  ["cf-20897efa39", "an error", { site: {} }, 1],
  ["cf-cebd30e1e0", "a RefreshHit without Age", { site: STALE }, 2],
  ["cf-cb369a2a33", "a Hit without Age", { behaviours: [{ age: "none" }] }, 2],
  [
    "cf-e2dfda5a81",
    "the value of another cache",
    replaced({ "x-cache": "Miss from cloudfront, HIT, HIT", via: `${VIA}, 1.1 varnish, 1.1 varnish`, age: "66" }),
    1,
  ],
  ["cf-3684650254", "a POP without x-cache", replaced({ "x-cache": [], via: [], age: "12" }), 1],
])("%s: %s", async (id, _, options, gets) => {
  const edge = await newEdge(options);
  for (let before = 1; before < gets; before += 1) await ask(edge);
  const row = RECORDED.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no recorded response ${id}`);
  expect(formOf(await answer(edge))).toEqual(formOf(row));
});

test("two POPs: the origin's headers of CloudFront stand where they are recorded", async () => {
  const edge = await newEdge({ site: behind(INNER), behaviours: [{ serverTiming: "off" }] });
  await ask(edge);
  const { headers } = await answer(edge);
  const row = RECORDED.find(({ id }) => id === "cf-10c4608aef");
  expect(lowerCase(names(headers))).toEqual(lowerCase(names(row?.headers ?? [])));
  expect(valuesOf(headers, "x-amz-cf-pop")).toEqual(["FRA2-C1", "SIN2-P1"]);
  expect(valuesOf(headers, "via")[0]).toMatch(new RegExp(`^${VIA.replaceAll(/[.()]/g, "\\$&")}, 1\\.1 \\w{32}\\.`));
});

test("a POP may have a code of three digits", async () => {
  const code = "SEA900-P4";
  const edge = await newEdge({ pops: [{ pop: code, rec: "oregon" }] });
  const { headers } = await answer(edge, { pop: code });
  expect(valuesOf(headers, "x-amz-cf-pop")).toEqual([code]);
  expect(RECORDED.some((row) => valuesOf(row.headers, "x-amz-cf-pop").includes(code))).toBe(true);
});

test("what a function generates reaches neither a cache nor the origin", async () => {
  const edge = await newEdge({ behaviours: [{ generated: "lambda" }] });
  expect(await ask(edge)).toMatchObject({ status: 200, xCache: LAMBDA });
  expect([edge.originRequests(), edge.holders("/a.bin")]).toEqual([[], []]);
});
