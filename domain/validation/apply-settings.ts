import { firstOf } from "../collections.ts";
import type { StoredSettings } from "../distribution/stored-settings.ts";
import { urlBehaviours } from "../distribution/stored-settings.ts";
import { urlPrefix } from "../net/urls.ts";
import { isInPriceClass, PRICE_CLASSES } from "../pops/price-classes.ts";
import type { RequestItem } from "../request/request-item.ts";
import { cutText } from "../result/failure.ts";
import { ApiError } from "./api-error.ts";
import type { PrewarmRequest } from "./prewarm-request.ts";

/** A request after the settings of its distributions were read. */
export interface AdaptedRequest extends PrewarmRequest {
  /** POPs of a set or of a region that the price class leaves out. */
  readonly excludedPops: readonly string[];
  /** URLs that the request leaves out, because no cache keeps them. */
  readonly skippedUrls: readonly string[];
}

/** What is known of a request's distributions. */
export interface KnownSettings {
  /** As far as they could be read. */
  readonly settings: readonly StoredSettings[];
  /** Whether these are all: a POP stays for a distribution of which nothing is known. */
  readonly areAllKnown: boolean;
  /** The id of the distribution that serves a host; undefined: it is none of this account's. */
  readonly idOf: (host: string) => string | undefined;
}

/** Nothing could be read. */
export const NO_SETTINGS: KnownSettings = { settings: [], areAllKnown: false, idOf: () => undefined };

/** So many URLs are named in the item. */
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE = 300;

/**
 * What the settings of its distributions change in a request: POPs that nobody named and no viewer is led to, and, if the request wants that,
 * URLs that no cache keeps are left out.
 * @throws ApiError 400 if nothing is left
 */
export function applySettings(request: PrewarmRequest, known: KnownSettings): AdaptedRequest {
  const { item, urls } = request;
  const { settings } = known;
  const pops = withinPriceClass(request, known);
  const { skippedUrls, warnings } = skipUncached(request, known);
  const skipped = new Set(skippedUrls);
  const rest = skipped.size === 0 ? urls : urls.filter((url) => !skipped.has(url));
  const changed: Partial<RequestItem> = {
    distribution_settings: settings.length === 0 ? undefined : [...settings],
    pops: pops.included,
    ...(skipped.size === 0
      ? {}
      : {
          url_count: rest.length,
          url_prefix: urlPrefix(rest),
          skipped_urls: {
            count: skipped.size,
            examples: skippedUrls.slice(0, MAX_EXAMPLES).map((url) => cutText(url, MAX_EXAMPLE)),
          },
        }),
  };
  return {
    ...request,
    item: { ...item, ...changed },
    urls: rest,
    warnings: [...request.warnings, ...pops.warnings, ...warnings],
    popSelection: request.popSelection && { ...request.popSelection, selected: pops.included.length },
    excludedPops: pops.excluded,
    skippedUrls,
  };
}

/** A POP that one of the distributions has stays for all of them. */
function withinPriceClass({ item: { pops }, arePopsNamed }: PrewarmRequest, { settings, areAllKnown }: KnownSettings) {
  const largest = PRICE_CLASSES.findLast((it) => settings.some(({ price_class }) => price_class === it));
  if (arePopsNamed || !areAllKnown || largest === undefined) return { included: pops, excluded: [], warnings: [] };
  const excluded = pops.filter((pop) => !isInPriceClass(pop, largest));
  if (excluded.length === 0) return { included: pops, excluded, warnings: [] };
  const which = `${excluded.length} of ${pops.length} POPs (${firstOf(excluded)})`;
  const named = "to warm them anyway, list them in pops";
  if (excluded.length === pops.length)
    throw new ApiError(
      400,
      `price_class: CloudFront serves no viewers from the selected POPs, because the price class is ${largest}; ${named}`,
    );
  return {
    included: pops.filter((pop) => !excluded.includes(pop)),
    excluded,
    warnings: [
      `price_class: ${which} are skipped, because CloudFront serves no viewers from them with ${largest}; ${named}`,
    ],
  };
}

function skipUncached(
  { item, urls }: PrewarmRequest,
  { settings, idOf }: KnownSettings,
): { readonly skippedUrls: readonly string[]; readonly warnings: readonly string[] } {
  if (item.skip_uncached !== true) return { skippedUrls: [], warnings: [] };
  const unknown = "skip_uncached: the settings of the distributions are unknown, so no URL is skipped";
  if (settings.length === 0) return { skippedUrls: [], warnings: [unknown] };
  const behaviourOf = urlBehaviours({ distribution_settings: settings }, idOf);
  const skippedUrls = urls.filter((url) => behaviourOf(url)?.uncached === true);
  if (skippedUrls.length > 0 && skippedUrls.length === urls.length && item.sources === undefined)
    throw new ApiError(400, "skip_uncached: CloudFront caches none of the URLs, so no URL is left to warm", [
      ...skippedUrls,
    ]);
  const without = settings.flatMap(({ id, behaviours }) => (behaviours.length === 0 ? [id] : []));
  const warnings = [
    skippedUrls.length > 0 &&
      `skip_uncached: ${skippedUrls.length} of ${urls.length} URLs are skipped, because CloudFront does not cache them`,
    without.length > 0 &&
      `skip_uncached: no URL of these distributions is skipped, because they have too many cache behaviors to store: ${firstOf(without)}`,
  ];
  return { skippedUrls, warnings: warnings.filter((it) => it !== false) };
}
