import type { GoodUrl } from "../../../domain/plan/task.ts";
import { mulberry32 } from "../../../tools/lab/engine/seed.ts";
import { times } from "../../collect.ts";
import { type ModelEdge, runModel } from "./regional-model.ts";

/** POPs by the REC that the catalogue names. */
const MAP = {
  Tokyo: ["KIX50-C1", "KIX50-P2", "NRT57-P3", "NRT20-C1"],
  Frankfurt: ["FRA56-P4", "ATH50-C1", "BRU50-C1", "BUD50-C1"],
  London: ["LHR61-P3", "ARN56-P1", "CDG50-P1", "MAD50-C1"],
  Singapore: ["SIN2-P1", "SIN52-C2", "BKK50-C1", "KUL50-C1"],
} as const;
const RECS = [...Object.keys(MAP), "unselected"];
const OBJECTS = 20;
const URLS = times(
  OBJECTS,
  (n): GoodUrl => ({ url: `https://a.example/${n}`, bytes: 10, sample: n === 0 || n === 7 || undefined }),
);

const setClock = (ms: number) => {
  vi.setSystemTime(ms);
};
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  // The model's times are those of this clock.
  const start = Date.UTC(2026, 8, 1);
  vi.spyOn(performance, "now").mockImplementation(() => Date.now() - start);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const RIGHT: ModelEdge = {
  recOf: Object.fromEntries(Object.entries(MAP).flatMap(([rec, pops]) => pops.map((pop) => [pop, rec]))),
  serverTiming: true,
  admission: "second",
  closed: [],
  silent: [],
  originAge: "none",
  deaths: 0,
  dropped: new Set(),
  missing: new Set(),
  before: new Map(),
  popBefore: new Map(),
};

/** An edge of which a third of the map is wrong, and much else may be. */
function wrongEdge(random: () => number): ModelEdge {
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const chance = (share: number) => random() < share;
  const recOf = { ...RIGHT.recOf };
  const pops = Object.keys(recOf).toSorted(() => random() - 0.5);
  for (const pop of pops.slice(0, Math.ceil(pops.length / 3))) recOf[pop] = chance(0.15) ? undefined : pick(RECS);
  const isBad = chance(0.5);
  const keys = (names: readonly string[], share: number) =>
    names.flatMap((name) => URLS.flatMap(({ url }) => (chance(share) ? [`${name} ${url}`] : [])));
  const filled = (all: readonly string[]) => new Map(all.map((key) => [key, -1_000 * Math.floor(random() * 10_000)]));
  // An earlier request filled all RECs within a second.
  const filledTogether = (all: readonly string[]) => new Map(all.map((key) => [key, -60_000 - random() * 1_000]));
  return {
    recOf,
    serverTiming: chance(0.5),
    admission: pick(["first", "second"] as const),
    closed: chance(0.2) ? [pick(pops)] : [],
    dropped: new Set(isBad ? keys([pick(RECS)], 0.1) : []),
    missing: new Set(chance(0.1) ? [pick(URLS).url] : []),
    silent: chance(0.1) ? [pick(pops)] : [],
    originAge: chance(0.6) ? "none" : pick(["always", "hits"] as const),
    deaths: chance(0.3) ? 0.1 : 0,
    before: chance(0.3) ? filledTogether(keys(RECS, 0.5)) : filled(chance(0.5) ? keys(RECS, 0.2) : []),
    popBefore: filled(chance(0.3) ? keys(pops, 0.1) : []),
  };
}

/** GETs for each object under each true REC, without samples. */
function requestsPerObject(edge: ModelEdge, requests: readonly { pop: string; url: string; isSample: boolean }[]) {
  const recs = new Set(Object.values(edge.recOf)).size;
  return requests.filter(({ isSample }) => !isSample).length / (recs * OBJECTS);
}

describe.each([true, false])("a request for RECs, with Server-Timing: %s", (serverTiming) => {
  it.each(["first", "second"] as const)(
    "covers all POPs of a right map with two requests for each object and REC, if POPs admit at the %s request",
    async (admission) => {
      const edge = { ...RIGHT, serverTiming, admission };
      const { caches, facts } = await runModel(edge, URLS, mulberry32(1), setClock);
      expect(facts.readiness).toMatchObject({
        recs: 4,
        kept_recs: 4,
        covered_pops: 12,
        own_leads: 0,
        not_covered_pops: 0,
      });
      expect(requestsPerObject(edge, caches.requests)).toBeLessThanOrEqual(2.05);
      // Two objects at each POP that does not lead.
      expect(caches.requests.filter(({ isSample }) => isSample)).toHaveLength(2 * 12);
    },
  );

  it("has a POP of another REC lead for itself, and says why", async () => {
    const edge = { ...RIGHT, serverTiming, recOf: { ...RIGHT.recOf, "BRU50-C1": "unselected" } };
    const { caches, facts } = await runModel(edge, URLS, mulberry32(2), setClock);
    expect(facts.readiness).toMatchObject({
      kept_recs: 4,
      covered_pops: 11,
      own_lead_examples: [{ pop: "BRU50-C1", reason: "miss" }],
      not_covered_pops: 0,
    });
    for (const { url } of URLS) expect(caches.has("BRU50-C1", url)).toBe(true);
  });

  it("has a POP that asks the origin without a REC lead for itself, and does not say that its REC keeps anything", async () => {
    const edge = { ...RIGHT, serverTiming, recOf: { ...RIGHT.recOf, "BRU50-C1": undefined } };
    const { coverage } = await runModel(edge, URLS, mulberry32(2), setClock);
    expect(coverage.get("BRU50-C1")).toEqual({ coverage: "not_covered", reason: "miss", isOwnLead: true });
  });

  it("has the next POP lead where the first one refuses connections, with no more requests", async () => {
    const [, ...others] = MAP.Tokyo;
    for (const closed of MAP.Tokyo) {
      const edge = { ...RIGHT, serverTiming, closed: [closed] };
      const { caches, coverage } = await runModel(edge, URLS, mulberry32(3), setClock);
      const isGood = MAP.Tokyo.filter((pop) => pop !== closed).every(
        (pop) => coverage.get(pop)?.coverage !== "not_covered",
      );
      expect([closed, isGood]).toEqual([closed, true]);
      expect(coverage.get(closed)?.coverage).not.toBe("covered");
      expect(requestsPerObject(edge, caches.requests)).toBeLessThanOrEqual(2.05);
    }
    expect(others).toHaveLength(3);
  });

  describe("does not cover a POP of an unselected REC", () => {
    const OTHER = "BRU50-C1";
    const wrong = { ...RIGHT, serverTiming, recOf: { ...RIGHT.recOf, [OTHER]: "unselected" } };
    const samples = URLS.filter(({ sample }) => sample).map(({ url }) => url);
    // An earlier request stored the samples in all RECs within a second.
    const together = RECS.flatMap((rec, i) =>
      samples.map((url): [string, number] => [`${rec} ${url}`, -60_000 - 200 * i]),
    );
    const nearby = { ...wrong, recOf: { ...wrong.recOf, "BUD50-C1": "unselected" } };

    it.each<[string, ModelEdge]>([
      ["whose samples an earlier request stored", { ...wrong, before: new Map(together) }],
      ["if each answer of the origin has an Age", { ...nearby, originAge: "always" }],
      ["if some answers of the origin have an Age", { ...nearby, originAge: "hits" }],
      ["and agents die", { ...nearby, originAge: "hits", deaths: 0.3 }],
    ])("%s", async (_, edge) => {
      for (let seed = 1; seed <= 12; seed++) {
        const { caches, coverage } = await runModel(edge, URLS, mulberry32(seed), setClock);
        for (const [pop, { coverage: kind }] of coverage) {
          const lacks = URLS.some(({ url }) => !caches.has(pop, url));
          expect([seed, pop, kind === "covered" && lacks]).toEqual([seed, pop, false]);
        }
        expect([seed, coverage.get(OTHER)?.coverage]).not.toEqual([seed, "covered"]);
      }
    });
  });

  it("does not cover the POPs of a lead whose answers have no x-cache, unless another POP shows the REC", async () => {
    for (const silent of [["FRA56-P4"], [...MAP.Frankfurt]]) {
      const { coverage, facts } = await runModel({ ...RIGHT, serverTiming, silent }, URLS, mulberry32(5), setClock);
      // Without Server-Timing, the next POP's hit may be of its own cache.
      expect(facts.readiness.kept_recs).toBe(silent.length === 1 && serverTiming ? 4 : 3);
      for (const pop of silent) expect(coverage.get(pop)?.coverage).toBe("not_covered");
    }
  });

  it("covers all POPs of a right map also if leads are delivered again, where hits show when they were stored", async () => {
    let covered = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const { facts } = await runModel({ ...RIGHT, serverTiming, deaths: 0.1 }, URLS, mulberry32(seed), setClock);
      covered += facts.readiness.covered_pops;
    }
    // A sample that is delivered again shows nothing: its POP leads for itself. Nor does another hit without a tier.
    expect(covered).toBeGreaterThan((serverTiming ? 0.7 : 0) * 12 * 12);
  });

  it("has another POP lead an object that the first one's own cache has", async () => {
    const pops = Object.keys(RIGHT.recOf);
    const popBefore = new Map(
      pops.slice(0, 1).flatMap((pop) => URLS.slice(1, 7).map(({ url }) => [`${pop} ${url}`, -50_000])),
    );
    const edge = { ...RIGHT, serverTiming, popBefore: popBefore as ReadonlyMap<string, number> };
    const { caches, facts } = await runModel(edge, URLS, mulberry32(4), setClock);
    if (!serverTiming) return;
    expect(facts.readiness).toMatchObject({ kept_recs: 4, covered_pops: 12, not_covered_pops: 0 });
    for (const pop of pops) for (const { url } of URLS) expect(caches.has(pop, url)).toBe(true);
  });
});

it("a POP is covered only if its REC keeps each object: of many pairs, a third is under another REC", {
  timeout: 60_000,
}, async () => {
  let [pairs, covered] = [0, 0];
  for (let seed = 1; pairs < 12_000; seed++) {
    const random = mulberry32(seed);
    const edge = wrongEdge(random);
    const { caches, coverage } = await runModel(edge, URLS, random, setClock);
    for (const [pop, { coverage: kind }] of coverage) {
      pairs += OBJECTS;
      if (kind !== "covered") continue;
      covered++;
      const lacking = URLS.filter(({ url }) => !caches.has(pop, url)).map(({ url }) => url);
      expect({ seed, pop, lacking }).toEqual({ seed, pop, lacking: [] });
    }
  }
  expect(covered).toBeGreaterThan(20);
});
