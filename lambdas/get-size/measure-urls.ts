import pMap from "p-map";
import type { Dns } from "../../aws/dns.ts";
import type { Lists } from "../../aws/lists.ts";
import { parseHeaders } from "../../domain/net/headers.ts";
import type { GoodUrl } from "../../domain/plan/task-url.ts";
import { distributionOf, hostToAsk } from "../../domain/request/distribution.ts";
import { type DoubtfulUrls, NO_DOUBT, withDoubtful } from "../../domain/request/doubtful-urls.ts";
import { goodUrlsList, LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { headerOf, variantNames } from "../../domain/request/variants.ts";
import { inputFailureGroups, type UnreadableUrl } from "../../domain/result/input-failures.ts";
import { addressesOfFirst, entryPoints } from "../../probe/size/entry-points.ts";
import { MAX_PROBES, type Size, SizeProbe } from "../../probe/size/size-probe.ts";
import { type FoundDistributions, noDistribution } from "../find-distributions.ts";
import { onceEach } from "../once-each.ts";
import { badIn, formsOf } from "./forms.ts";
import { type LimitDeps, openLimits } from "./limits.ts";
import { inOrder, namesFor, type Work } from "./work.ts";

/** Longer than this, nobody's function may ask. */
const MAX_TIME_MS = 780_000;

export interface MeasureUrlsDeps {
  readonly lists: Pick<Lists, "write">;
  readonly dns: Pick<Dns, "addresses">;
  readonly ports: { readonly httpsPort: number; readonly httpPort: number };
  /** After how long an error that an edge keeps may be gone. @default 11 s */
  readonly keptErrorMs?: number;
  /** What keeps the limits of origins. @default this run alone */
  readonly limits?: LimitDeps | undefined;
}

/** What a request's URLs came to, form by form: a URL in three variants counts three times. */
export interface Measured {
  readonly good: number;
  /** One that is bad in all its forms for the same reason counts once. */
  readonly bad: number;
  /** How many of the good ones are taken for good, because the time was over before they had answered. */
  readonly unasked: number;
  /** URLs of good ones that may never be kept, once each. */
  readonly doubtful: DoubtfulUrls;
  /** Why the first bad one is. */
  readonly firstProblem: string | undefined;
}

/**
 * Asks the size of every URL that is to be asked, in every variant, and writes the lists: what can be warmed, what cannot, and why not. What has not
 * answered when the time is over is warmed, with its size unknown: a slow origin must not keep a request from its downloads.
 * A URL's variants are asked for in their order, one after the other, and stand together in the list: a question may leave
 * something in a cache.
 */
export async function measureUrls(
  deps: MeasureUrlsDeps,
  item: RequestItem,
  { distributions, refused }: FoundDistributions,
  { known, asked }: Pick<Work, "known" | "asked">,
  timeMs = MAX_TIME_MS,
): Promise<Measured> {
  const serving = (host: string) => {
    const distribution = distributionOf(distributions, host);
    if (distribution === undefined) throw new Error(noDistribution(host));
    return distribution;
  };
  const names = variantNames(item.variants);
  const headers = new Map(names.map((name) => [name, parseHeaders(headerOf(item, name))]));
  const refusalOf = (url: string) => refused.get(new URL(url).hostname);
  const stillKnown = known.filter(({ url }) => refusalOf(url) === undefined);
  const good: GoodUrl[] = [];
  const bad: UnreadableUrl[] = known.flatMap(({ url, variant }) => {
    const problem = refusalOf(url);
    if (problem === undefined) return [];
    const failed = { url, problem, reason: "no_distribution" as const };
    return [variant === undefined ? failed : { ...failed, variant }];
  });
  const limits = openLimits(deps.limits, item);
  const probe = new SizeProbe({
    limited: item,
    origins: limits.origins,
    ...(deps.keptErrorMs === undefined ? {} : { keptErrorMs: deps.keptErrorMs }),
    hostToAsk: (url) => hostToAsk(serving(url.hostname), url),
    header: item.header,
    ...deps.ports,
    addressesOf: onceEach(async (host) => addressesOfFirst(deps.dns, entryPoints(serving(host), item.pops))),
  });
  let unasked = 0;
  let doubtful = NO_DOUBT;
  let timeIsUp = timeMs <= 0;
  const timer = setTimeout(() => {
    timeIsUp = true;
    // Those that are being asked fail at once.
    void probe.close();
  }, timeMs);
  try {
    await pMap(
      asked,
      async (ask) => {
        const { url, source } = ask;
        const its = namesFor(ask, names);
        const refusal = refusalOf(url);
        if (refusal !== undefined) {
          bad.push(...badIn(url, { problem: refusal, reason: "no_distribution" }, its, names));
          return;
        }
        const answers: (Size | undefined)[] = [];
        for (const name of its) {
          const answer = timeIsUp ? undefined : await probe.size(url, headers.get(name) ?? []);
          // What fails once the time is over was cut off.
          answers.push(timeIsUp && answer !== undefined && "problem" in answer ? undefined : answer);
        }
        const forms = formsOf(url, its, answers, names);
        good.push(...(source === undefined ? forms.good : forms.good.map((form) => ({ ...form, source }))));
        bad.push(...forms.bad);
        unasked += forms.unasked;
        if (forms.obstacle !== undefined) doubtful = withDoubtful(doubtful, url, forms.obstacle);
      },
      { concurrency: MAX_PROBES },
    );
  } finally {
    clearTimeout(timer);
    await probe.close();
    await limits.close();
  }
  const all = inOrder(stillKnown, good, names);
  await deps.lists.write(goodUrlsList(all), item.req_id, all);
  await deps.lists.write(LISTS.failedUrls, item.req_id, bad);
  await deps.lists.write(LISTS.failedUrlGroups, item.req_id, inputFailureGroups({ urls: bad, pops: [] }));
  return {
    good: stillKnown.length + good.length,
    bad: bad.length,
    unasked,
    doubtful,
    firstProblem: firstProblemOf(bad),
  };
}

function firstProblemOf([first]: readonly UnreadableUrl[]): string | undefined {
  if (first === undefined) return undefined;
  const { problem, variant = "" } = first;
  return variant === "" ? problem : `${problem} (variant ${variant})`;
}
