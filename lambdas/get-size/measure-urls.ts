import pMap from "p-map";
import type { Lists } from "../../aws/lists.ts";
import { parseHeaders } from "../../domain/net/headers.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { goodUrlsList, LISTS } from "../../domain/plan/lists.ts";
import type { GoodUrl, TaskUrl } from "../../domain/plan/task.ts";
import { distributionOf, hostToAsk } from "../../domain/request/distributions.ts";
import { type FoundDistributions, noDistribution } from "../../domain/request/find-distributions.ts";
import { headerOf, variantNames } from "../../domain/request/options.ts";
import { type DoubtfulUrls, NO_DOUBT, type RequestItem, withDoubtful } from "../../domain/request/request-item.ts";
import { inputFailureGroups, type UnreadableUrl } from "../../domain/result/failure-groups.ts";
import { addressesOfFirst, entryPoints } from "../../probe/size/entry-points.ts";
import type { Unreadable } from "../../probe/size/size-answer.ts";
import { MAX_PROBES, type Size, SizeProbe } from "../../probe/size/size-probe.ts";
import { onceEach } from "../once-each.ts";
import { type LimitDeps, openLimits } from "./limits.ts";
import { inOrder, namesFor, type Work } from "./work.ts";

/** Longer than this, nobody's function may ask. */
const MAX_TIME_MS = 780_000;

export interface MeasureUrlsDeps {
  readonly lists: Pick<Lists, "write">;
  readonly dns: Resolver;
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

/** What asking for a URL came to, form by form. */
export interface Forms {
  /** In the order of the variants. */
  readonly good: readonly TaskUrl[];
  readonly bad: readonly UnreadableUrl[];
  /** How many of the good ones are taken for good, because they had not answered when the time was over. */
  readonly unasked: number;
  /** The header that may keep the object out of caches, in one form at least. */
  readonly obstacle: string | undefined;
}

/**
 * @param names of the variants that were asked; `undefined` alone: there are none
 * @param answers one for each; undefined: none came in time
 * @param all names of the request's variants
 */
export function formsOf(
  url: string,
  names: readonly (string | undefined)[],
  answers: readonly (Size | undefined)[],
  all: readonly (string | undefined)[],
): Forms {
  const good: TaskUrl[] = [];
  const bad: BadForm[] = [];
  for (const [i, variant] of names.entries()) {
    const answer = answers[i];
    if (answer !== undefined && "problem" in answer) bad.push({ ...answer, variant });
    else good.push({ url, bytes: answer?.size ?? null, ...(variant === undefined ? {} : { variant }) });
  }
  const obstacles = answers.flatMap((it) => (it !== undefined && "size" in it && it.obstacle ? [it.obstacle] : []));
  return {
    good,
    bad: badForms(url, bad, names, all),
    unasked: answers.filter((it) => it === undefined).length,
    obstacle: obstacles[0],
  };
}

type BadForm = Unreadable & { readonly variant: string | undefined };

function badForms(
  url: string,
  bad: readonly BadForm[],
  names: readonly (string | undefined)[],
  all: readonly (string | undefined)[],
): readonly UnreadableUrl[] {
  const [first] = bad;
  if (first === undefined || !sameInAll(bad, names.length)) return bad.map((it) => toFailed(url, it));
  const { variant: _, ...unreadable } = first;
  return badIn(url, unreadable, names, all);
}

/** A URL that is bad in all forms that were asked: one entry, if these are all that the request has. */
export function badIn(
  url: string,
  unreadable: Unreadable,
  names: readonly (string | undefined)[],
  all: readonly (string | undefined)[],
): UnreadableUrl[] {
  if (names.length < all.length) return names.map((variant) => toFailed(url, { ...unreadable, variant }));
  return [toFailed(url, { ...unreadable, variant: undefined })];
}

function sameInAll(bad: readonly { readonly problem: string }[], forms: number): boolean {
  return bad.length === forms && bad.every(({ problem }) => problem === bad[0]?.problem);
}

function toFailed(url: string, { variant, ...unreadable }: BadForm): UnreadableUrl {
  return { url, ...unreadable, ...(variant === undefined ? {} : { variant }) };
}
