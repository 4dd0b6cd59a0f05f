import type { StoredSettings } from "../../../domain/distribution/stored-settings.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { applySettings } from "../../../domain/validation/apply-settings.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";

const HOST = "https://www.example.com";
const [OWN, OTHER]: StoredSettings[] = (["E1", "E2"] as const).map((id) => ({
  id,
  price_class: "PriceClass_100",
  error_ttls: {},
  behaviours: [{ path_pattern: "/api/*", uncached: true }, { path_pattern: "*" }],
}));
const ASIA = ["BOM51-C1", "BOM52-C1", "ICN51-C1", "ICN54-C2", "NRT51-P2", "NRT57-P3", "SIN2-P1", "SIN52-C2"];

function applied(body: object, settings = [OWN].flatMap((it) => it ?? []), areAllKnown = true) {
  const rules = { reqId: "r1", now: 0, caps: DEFAULT_CAPS };
  const url_list = [`${HOST}/a`, `${HOST}/api/b`, `${HOST}/api/c`];
  const request = checkPrewarmRequest({ url_list, timeout: 5, instance_count: 1, ...body }, rules);
  const idOf = (host: string) => (host === "www.example.com" ? "E1" : undefined);
  return applySettings(request, { settings, areAllKnown, idOf });
}

describe("the price class", () => {
  it.each([
    ["the default set", {}],
    ["regions", { regions: ["apac", "us"] }],
  ])("leaves POPs out of %s, and says which", (_, body) => {
    const { item, excludedPops, warnings } = applied(body);
    expect(excludedPops.length).toBeGreaterThan(0);
    expect(item.pops).not.toContain(excludedPops[0]);
    expect(item.pops.length).toBeGreaterThan(0);
    expect(warnings.join()).toContain(excludedPops[0]);
  });

  it.each([
    ["POPs", { pops: ["NRT57-P3"] }, ["NRT57-P3"]],
    ["countries", { countries: ["japan"] }, ["NRT57-P2", "NRT57-P3"]],
  ])("leaves %s that are named", (_, body, pops) =>
    expect(applied(body)).toMatchObject({ item: { pops }, excludedPops: [] }),
  );

  it("leaves all POPs where the settings of a distribution are not known", () =>
    expect(applied({ regions: ["apac"] }, undefined, false).excludedPops).toEqual([]));

  it("of several distributions, a POP that one of them has stays", () => {
    const all = [OWN, OTHER].flatMap((it) => it ?? []);
    const larger = all.map((it, i) => (i === 1 ? { ...it, price_class: "PriceClass_200" as const } : it));
    expect(applied({ regions: ["apac"] }, larger).item.pops).toEqual(ASIA);
    expect(() => applied({ regions: ["apac"] }, all)).toThrow(/^price_class: .* pops/);
  });
});

describe("skip_uncached", () => {
  it("leaves out what no cache keeps, with a list of it", () => {
    const skipped = [`${HOST}/api/b`, `${HOST}/api/c`];
    expect(applied({ skip_uncached: true })).toMatchObject({
      urls: [`${HOST}/a`],
      skippedUrls: skipped,
      item: { url_count: 1, url_prefix: `${HOST}/a`, skipped_urls: { count: 2, examples: skipped } },
    });
    expect(applied({})).toMatchObject({ urls: { length: 3 }, skippedUrls: [] });
  });

  it("leaves nothing out, and says so, if no settings are known", () => {
    const { urls, warnings } = applied({ skip_uncached: true }, []);
    expect(urls).toHaveLength(3);
    expect(warnings).toEqual([expect.stringMatching(/^skip_uncached: /)]);
  });

  it("says of which distribution too many cache behaviors were read to leave any URL out", () => {
    const tooMany = [OWN].flatMap((it) => (it === undefined ? [] : [{ ...it, behaviours: [] }]));
    expect(applied({ skip_uncached: true }, tooMany)).toMatchObject({
      urls: { length: 3 },
      warnings: expect.arrayContaining([expect.stringMatching(/^skip_uncached: no URL of these .* E1$/)]),
    });
  });

  it("refuses a request that would have no URL, unless sources may name some", () => {
    const body = { skip_uncached: true, url_list: [`${HOST}/api/b`] };
    expect(() => applied(body)).toThrow(expect.objectContaining({ statusCode: 400, errorUrls: body.url_list }));
    const sources = [{ type: "list", url: `${HOST}/list.txt` }];
    expect(applied({ ...body, sources }).urls).toEqual([]);
  });
});
