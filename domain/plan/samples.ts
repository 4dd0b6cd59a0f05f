import { grouped } from "../collections.ts";
import { type StoredBehaviour, urlBehaviours } from "../distribution/stored-settings.ts";
import { hostOf } from "../net/urls.ts";
import { type Distribution, distributionOf } from "../request/distributions.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { GoodUrl } from "./task.ts";

/** Most samples of a distribution. */
const MAX_SAMPLES = 3;

/**
 * Marks the samples of a request with the scope `regional`: the smallest object of each cache behavior, at most three of a distribution. A
 * cache behavior that is known to cache nothing has none. Nor has one with Origin Shield: all RECs have its `Age`, so it tells none from
 * another. A URL that is wanted at some POPs alone is none. Without checks
 * (`verify: off`) there are no samples.
 */
export function withSamples(
  urls: readonly GoodUrl[],
  request: Pick<RequestItem, "scope" | "verify" | "distribution_settings">,
  distributions: readonly Distribution[],
): readonly GoodUrl[] {
  if (request.scope !== "regional" || request.verify === "off") return urls;
  const distributionFor = (url: string) => distributionOf(distributions, hostOf(url));
  const behaviourOf = urlBehaviours(request, (host) => distributionOf(distributions, host)?.id);
  const candidates = urls.filter(
    ({ url, pops }) => pops === undefined && distributionFor(url) !== undefined && mayShowRec(behaviourOf(url)),
  );
  const byLabel = grouped(candidates, ({ url }) => distributionFor(url)?.label ?? "");
  const samples = [...byLabel.values()].flatMap((its) => {
    const byBehaviour = grouped(its, ({ url }) => behaviourOf(url)?.path_pattern ?? "");
    return [...byBehaviour.values()]
      .map((all) => all.reduce(smaller))
      .toSorted(bySize)
      .slice(0, MAX_SAMPLES);
  });
  const chosen = new Set(samples);
  return urls.map((url) => (chosen.has(url) ? { ...url, sample: true } : url));
}

function mayShowRec(behaviour: StoredBehaviour | undefined): boolean {
  return behaviour?.uncached !== true && behaviour?.origin_shield === undefined;
}

function smaller(a: GoodUrl, b: GoodUrl): GoodUrl {
  return bySize(b, a) < 0 ? b : a;
}

/** Unknown sizes last; equal ones by URL, so that the same list has the same samples. Of variants, the first one is first. */
function bySize(a: GoodUrl, b: GoodUrl): number {
  const [x, y] = [a.bytes ?? Number.POSITIVE_INFINITY, b.bytes ?? Number.POSITIVE_INFINITY];
  if (x !== y) return x < y ? -1 : 1;
  return a.url === b.url ? 0 : a.url < b.url ? -1 : 1;
}
