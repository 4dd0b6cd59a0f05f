// Golden configurations: how often an estimate expects the origin to be asked, and how often the origin of the edge was asked.
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { instanceKind } from "../../domain/cost/prices.ts";
import type { StoredBehaviour } from "../../domain/distribution/stored-settings.ts";
import { urlBehaviours } from "../../domain/distribution/stored-settings.ts";
import type { PriceClass } from "../../domain/pops/price-classes.ts";
import { selectPops } from "../../domain/pops/select.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { type Behaviour, CACHING_DISABLED } from "../../tools/edge/behaviour.ts";
import { startEdge } from "../../tools/edge/edge.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { requestOf, runDirect } from "./direct-run.ts";
import { DOMAINS, EDGE, FRANKFURT, HOST, SINGAPORE, TOKYO, trust } from "./pipeline.ts";

useVirtualClock({ idleMs: 2 });

const POPS = [...TOKYO, ...FRANKFURT, ...SINGAPORE];
const ASIA_AND_SYDNEY = selectPops("region", ["apac", "au"]).pops;
/** Checks of the larger ones ask for one byte. */
const SITE = Object.fromEntries(
  ["/a.css", "/b.bin", "/api/c.json", "/api/d.bin"].map((path, i) => [path, { size: 1_000 + 99_000 * (i % 2) }]),
);
const [OWN] = DOMAINS;

interface Configuration {
  readonly edge: readonly Behaviour[];
  readonly behaviours: readonly StoredBehaviour[];
  readonly priceClass?: PriceClass;
  readonly body?: object;
}

const NONE: Configuration = { edge: [], behaviours: [{ path_pattern: "*" }] };
const SHIELD: Configuration = {
  edge: [{ originShield: "us-east-1" }],
  behaviours: [{ path_pattern: "*", origin_shield: "us-east-1" }],
};
const UNCACHED: Configuration = {
  edge: [{ path: "/api/*", ...CACHING_DISABLED }],
  behaviours: [{ path_pattern: "/api/*", uncached: true }, { path_pattern: "*" }],
};

const IN_TWO_VARIANTS = { variants: ["a", "b"].map((name) => ({ name, header: [`X-Device: ${name}`] })) };

it.each<[name: string, Configuration, fetches: number]>([
  ["no Origin Shield: each REC asks", NONE, 3 * 4],
  ["Origin Shield: one Region asks", SHIELD, 4],
  ["Origin Shield, in two variants", { ...SHIELD, body: IN_TWO_VARIANTS }, 2 * 4],
  // Two downloads of each, and a check.
  ["paths without caching", UNCACHED, 3 * 2 + 2 * POPS.length * 3],
  // At most two leads of each REC: two, two and one.
  ["paths without caching, with limits", { ...UNCACHED, body: { origin: { concurrency: 9 } } }, 3 * 2 + 2 * 5 * 3],
  ["paths without caching, not verified", { ...UNCACHED, body: { verify: "off" } }, 3 * 2 + 2 * POPS.length * 2],
  ["paths without caching, left out", { ...UNCACHED, body: { skip_uncached: true } }, 3 * 2],
  // Of Mumbai, Seoul, Tokyo, Singapore and Sydney.
  ["no price class", { ...NONE, body: { pops: [], regions: ["apac", "au"] } }, 5 * 4],
  ["a price class", { ...NONE, priceClass: "PriceClass_200", body: { pops: [], regions: ["apac", "au"] } }, 4 * 4],
])("%s", async (_, { edge: edgeBehaviours, behaviours, priceClass = "PriceClass_All", body = {} }, fetches) => {
  const edge = await startEdge({
    ...EDGE,
    site: SITE,
    behaviours: [...edgeBehaviours, {}].map((it) => ({ ...it, keyHeaders: ["x-device"] })),
    pops: [...new Set([...POPS, ...ASIA_AND_SYDNEY])].map((pop) => ({ pop, rec: recOf(pop) ?? "" })),
    deadPops: [],
  });
  onTestFinished(() => edge.close());
  onTestFinished(trust(edge.caPem));
  const url_list = Object.keys(SITE).map((path) => `https://${HOST}${path}`);
  const request = { url_list, pops: POPS, timeout: 60, instance_count: 1, ...body };
  const own = OWN === undefined ? [] : [OWN];
  const world = {
    own,
    settings: own.map(({ id }) => ({ id, price_class: priceClass, error_ttls: {}, behaviours: [...behaviours] })),
  };
  const { item, urls } = requestOf(request, world);
  const { origin_fetches: estimated } = estimateRequest({
    item,
    urls,
    behaviourOf: urlBehaviours(item, () => OWN?.id),
    paths: 0,
    distributions: 1,
    sizes: [],
    lowerBound: false,
    sources: [],
    kind: instanceKind([]),
  });
  const run = await runDirect({ ...world, edge, dead: [] }, request);
  expect(run.item.status).toBe("FINISHED");
  expect(estimated.expected).toBe(fetches);
  expect(edge.originRequests()).toHaveLength(fetches + estimated.size_questions);
});
