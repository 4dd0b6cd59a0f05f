import * as z from "zod";
import { hostOf } from "../net/urls.ts";
import { PRICE_CLASSES } from "../pops/price-classes.ts";
import { behaviourOf } from "./path-pattern.ts";
import { type DistributionSettings, isCached } from "./settings.ts";

const storedBehaviourSchema = z.object({
  path_pattern: z.string(),
  /** The Region of Origin Shield. Absent: its origin has none. */
  origin_shield: z.string().optional(),
  /** Its objects are not kept. Absent: they are, or nobody knows. */
  uncached: z.literal(true).optional(),
});
export type StoredBehaviour = z.infer<typeof storedBehaviourSchema>;

/** What the steps after POST /prewarm need of a distribution's settings. It is in the request's item, so it is small. */
export const storedSettingsSchema = z.object({
  /** Id of the distribution. */
  id: z.string(),
  price_class: z.enum(PRICE_CLASSES),
  /** Seconds, by HTTP status. Ten where a status is absent. */
  error_ttls: z.record(z.string(), z.number().int().nonnegative()),
  /** In CloudFront's order, without those that would say what the ones after them do. Empty: too many to keep. */
  behaviours: z.array(storedBehaviourSchema),
});
export type StoredSettings = z.infer<typeof storedSettingsSchema>;

/** CloudFront allows 75 behaviours of 255 characters, and an item is paid for by its size. */
const MAX_BEHAVIOURS = 25;

export function storedSettings({ id, priceClass, errorTtls, behaviours }: DistributionSettings): StoredSettings {
  const all = behaviours.map(
    ({ pathPattern, originShieldRegion, caching }): StoredBehaviour => ({
      path_pattern: pathPattern,
      origin_shield: originShieldRegion,
      uncached: caching !== undefined && !isCached(caching) ? true : undefined,
    }),
  );
  const last = all.at(-1);
  const needed = all.slice(0, all.findLastIndex((it) => last !== undefined && !isAlike(it, last)) + 1);
  const stored = last === undefined ? [] : [...needed, last];
  return {
    id,
    price_class: priceClass,
    error_ttls: { ...errorTtls },
    behaviours: stored.length > MAX_BEHAVIOURS ? [] : stored,
  };
}

function isAlike(a: StoredBehaviour, b: StoredBehaviour): boolean {
  return a.origin_shield === b.origin_shield && a.uncached === b.uncached;
}

/** The Regions of Origin Shield, each once. */
export function originShieldsOf(all: readonly StoredSettings[] = []): string[] {
  return [...new Set(all.flatMap(({ behaviours }) => behaviours.flatMap(({ origin_shield: region }) => region ?? [])))];
}

/** The cache behaviour of a URL. Undefined: nobody knows it. */
export type BehaviourOfUrl = (url: string) => StoredBehaviour | undefined;

/**
 * The cache behaviours of a request's URLs, as far as the settings of their distributions are known.
 * @param idOf the id of the distribution that serves a host; undefined: it is none of this account's
 */
export function urlBehaviours(
  { distribution_settings: all = [] }: { readonly distribution_settings?: readonly StoredSettings[] | undefined },
  idOf: (host: string) => string | undefined,
): BehaviourOfUrl {
  const byId = new Map(all.map((settings) => [settings.id, settings]));
  return (url) => {
    const settings = byId.get(idOf(hostOf(url)) ?? "");
    return settings && behaviourOf(settings.behaviours, ({ path_pattern: pattern }) => pattern, url);
  };
}
