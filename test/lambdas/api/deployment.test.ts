// What the API tells of its deployment: POPs, settings, its own description.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { popsSchema as answerSchema } from "../../../domain/api/deployment-answers.ts";
import { DISCOVERED_KEY } from "../../../domain/pops/discovered-pops.ts";
import { popRowSchema } from "../../../domain/pops/list-pops.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { CAPS } from "../../../domain/request/caps.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { failing } from "../noted-calls.ts";
import { refusalOf, STAMP, world } from "./world.ts";

const popsSchema = z.strictObject({ ...answerSchema.shape, pops: z.array(popRowSchema.strict()) });

async function pops(query: Record<string, string> | null, w = world()) {
  const { status, body } = await w.call("GET /pops", undefined, query);
  expect(status).toBe(200);
  return popsSchema.parse(body);
}

it("GET /pops lists the catalogue, with what is known of each and when it resolved here", async () => {
  const w = world();
  await w.progress.recordResolved(["SIN2-P1"], Date.parse("2024-04-15T01:02:03.004Z"));
  const { timestamp, count, pops: all } = await pops(null, w);
  expect([timestamp, count]).toEqual([STAMP, POP_CODES.length]);
  expect(all.map(({ code }) => code)).toEqual(POP_CODES.map(({ pop }) => pop));
  expect(all.find(({ code }) => code === "SIN2-P1")).toEqual({
    code: "SIN2-P1",
    city: "Singapore",
    country: "SG",
    regions: ["apac"],
    default_of: ["apac", "malaysia", "china", "indonesia", "philippines", "singapore", "thailand", "vietnam"],
    rec: "Singapore",
    rec_basis: "metro",
    latitude: 1.35,
    longitude: 103.99,
    basis: "observed",
    resolves: true,
    last_resolved_at: "2024-04-15 01:02:03.004000",
  });
  expect(all.filter(({ last_resolved_at }) => last_resolved_at !== null)).toHaveLength(1);
});

it.each([
  [{ country: "south_korea" }, ["KR"]],
  [{ country: " kr ", region: "" }, ["KR"]],
  [{ region: "JP" }, ["JP"]],
  [{ region: "apac", country: "Japan" }, ["JP"]],
  [{ region: "eu", country: "japan" }, []],
])("GET /pops is of one country, by name or code, or of one region, or of both: %j", async (query, countries) => {
  expect([...new Set((await pops(query)).pops.map(({ country }) => country))]).toEqual(countries);
});

describe("a list of discovered POPs in the bucket", () => {
  const FOUND = {
    discovered_at: "2024-04-14 03:12:21.000000",
    sites: ["SYD"],
    pops: ["SYD62-P9", "SIN99-P1", "nonsense"],
  };
  const withList = (list: object | string) => {
    const w = world();
    w.lists.files.set(DISCOVERED_KEY, Buffer.from(typeof list === "string" ? list : JSON.stringify(list)));
    return w;
  };

  it("is merged into GET /pops, with its age and a note on entries that are no codes", async () => {
    const { source, discovered_at, warnings, pops: all } = await pops(null, withList(FOUND));
    expect([source, discovered_at]).toEqual(["discovered", FOUND.discovered_at]);
    expect(warnings).toEqual([expect.stringContaining("1 entries")]);
    const row = (code: string) => all.find((it) => it.code === code);
    expect(row("SYD62-P9")).toMatchObject({
      basis: "discovered",
      resolves: true,
      default_of: expect.arrayContaining(["au"]),
    });
    // Sydney is complete: a code that is not in the list does not exist.
    expect(row("SYD1-C1")).toMatchObject({ resolves: false, default_of: [] });
    expect(row("MEL52-P1")).toMatchObject({ resolves: null });
  });

  it("decides the default set of a request, which says so", async () => {
    const w = withList(FOUND);
    const { body } = await w.post({ pops: [], regions: ["au"] });
    expect(body).toMatchObject({
      pop_selection: { selected: 1, set: "default", source: "discovered", discovered_at: FOUND.discovered_at },
    });
    expect((await w.requests.get("new-id"))?.pops).toEqual(["SYD62-P9"]);
  });

  it.each<[what: string, list: object | string, note: RegExp]>([
    ["older than a week", { ...FOUND, discovered_at: "2024-04-08 03:00:00.000000" }, /older than a week/],
    ["damaged", "{", /damaged/],
    ["too large", `${JSON.stringify(FOUND)}${" ".repeat(300_000)}`, /cannot be read/],
  ])("is not used if it is %s, and a note says so", async (_, list, note) => {
    const w = withList(list);
    const { source, discovered_at, warnings } = await pops(null, w);
    expect([source, discovered_at, warnings]).toEqual(["catalogue", null, [expect.stringMatching(note)]]);
    const { body } = await w.post({ pops: [], regions: ["au"] });
    expect(body).toMatchObject({ pop_selection: { source: "catalogue" }, warnings: [expect.stringMatching(note)] });
    expect((await w.requests.get("new-id"))?.pops).toEqual(["SYD1-C1", "SYD62-P1"]);
  });
});

it("a request is accepted where nothing can be read of which POPs exist, with the catalogue's set", async () => {
  const w = world({ fault: failing("progress.resolvedPops") });
  expect(await w.post({ pops: [], regions: ["au"] })).toMatchObject({ status: 200 });
  expect((await w.requests.get("new-id"))?.pops).toEqual(["SYD1-C1", "SYD62-P1"]);
});

it("GET /pops refuses filters that nothing is known by, with what is, all at once", async () => {
  const answer = await world().call("GET /pops", undefined, { country: "atlantis", region: "europe" });
  expect(answer.body).toEqual({ status: "Failed", error_message: expect.any(String), timestamp: STAMP });
  expect(refusalOf(answer)).toMatch(
    /^400 country: unknown 'atlantis'; known: argentina, .*, vietnam; region: unknown 'europe'; known: apac, au, ca, cn, eu, jp, sa, us$/,
  );
});

it.each(["x".repeat(5_000)])("GET /pops knows no region %j, and quotes little of it", async (region) => {
  const { status, body } = await world().call("GET /pops", undefined, { region });
  expect(status).toBe(400);
  expect(JSON.stringify(body).length).toBeLessThan(300);
});

it("GET /settings: the deployment, and each cap with the parameter that sets it", async () => {
  const { status, body } = await world({ caps: { maxInstances: 7 }, allowed: "E1,E2" }).call("GET /settings");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    timestamp: STAMP,
    env_name: "blue",
    region: "eu-west-1",
    version: "1.2.3",
    private: false,
    distributions: { parameter: "distributions", allowed: ["E1", "E2"] },
    source_buckets: { parameter: "sourceBuckets", allowed: ["media", "docs/site/*"] },
    instances: { types: ["c7gn.large"], estimate: { type: "c7gn.large", vcpus: 2, prices_as_of: "2026-11" } },
  });
  const caps = body["caps"] as { parameter: string }[];
  expect(caps.map(({ parameter }) => parameter)).toEqual(Object.keys(CAPS));
  const { description: bounds } = CAPS.maxInstances;
  expect(caps[0]).toEqual({ parameter: "maxInstances", value: 7, unit: "instances", bounds });
});

it("GET /openapi.json is the file in docs/, whose paths begin where it was read", async () => {
  const written = JSON.parse(readFileSync(`${ROOT}docs/openapi.json`, "utf8"));
  const { status, body } = await world().call("GET /openapi.json");
  expect([status, body]).toEqual([200, { ...written, servers: [{ url: "." }] }]);
});
