// Loaded with the first dry run: it brings an HTTP client and parsers that no other route needs.
import type { Resolver } from "../../domain/net/resolver.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { AccountDistribution } from "../../domain/request/distributions.ts";
import { notYetRead, type SourceRead } from "../../domain/request/source.ts";
import { TimeLimitError, withTimeout } from "../../domain/retry.ts";
import { FoundUrls, servedHosts, skippedUrls } from "../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { type MeasureOptions, measureSizes, type SizeQuestion } from "../../probe/size/measure-urls.ts";
import { noBuckets } from "../../probe/sources/read-document.ts";
import { Walk } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";

const CLOSING_MS = 1_000;

/** What documents are read with. */
interface ReadOptions {
  readonly dns: Resolver;
  readonly ports: MeasureOptions["ports"];
  readonly caps: Partial<Caps>;
  /** The distributions of this account. */
  readonly accountDistributions: readonly AccountDistribution[];
  readonly timeMs: number;
}

/** What sources named, as far as they were read. */
export interface ReadSources {
  /** With those of the caller, which come first. */
  readonly urls: readonly string[];
  readonly sources: readonly SourceRead[];
  /** Whether there is nothing left to read. */
  readonly isAll: boolean;
  /** Why the request would end as FAILED; undefined: no reason was found. */
  readonly problem: string | undefined;
}

/** Reads the sources of a request as Expand would, but not those in buckets, and no longer than `timeMs`. */
export async function readSourcesFor(
  { dns, ports, caps, accountDistributions, timeMs }: ReadOptions,
  { item, urls }: Pick<PrewarmRequest, "item" | "urls">,
): Promise<ReadSources> {
  const { sources = [], header } = item;
  const web = sources.filter(({ s3 }) => s3 === undefined);
  const found = new FoundUrls({
    request: item,
    caps,
    callerUrls: urls,
    serves: servedHosts(item, urls, accountDistributions),
    skips: skippedUrls(item, accountDistributions),
    sources: web.map(notYetRead),
  });
  const deps = {
    web: new Web({ dns, ports, header }),
    // Only Expand may read buckets: no caller can invoke it with an address of their choice.
    buckets: noBuckets("lies in a bucket"),
    // What is still open when the time is over closes soon after it.
    limits: { ...DOCUMENT_LIMITS, milliseconds: timeMs + CLOSING_MS },
  };
  let isOver = false;
  const stop = () => (isOver ? ("time is up" as const) : undefined);
  const end = await withTimeout(timeMs, new Walk(deps, web, found).read(stop)).catch((error: unknown) => {
    if (!(error instanceof TimeLimitError)) throw error;
    isOver = true;
    return "time is up" as const;
  });
  const isAll = end === "all" && web.length === sources.length;
  return {
    urls: [...found.urls.keys()],
    sources: [...found.sources, ...sources.filter(({ s3 }) => s3 !== undefined).map(notYetRead)],
    isAll,
    problem: typeof end === "object" ? end.problem : isAll ? found.finalProblem() : undefined,
  };
}

/**
 * Asks some sizes as Get Size would, within the request's limits for its origin. Nothing is awaited longer than `timeMs`.
 * @returns an answer for each variant of each question, with the URL where that cannot be read; undefined: none came in time
 */
export async function sampleSizes(options: MeasureOptions, questions: readonly SizeQuestion[]) {
  return (await measureSizes(options, questions)).flatMap(({ url, answers }) =>
    answers.map((answer) => (answer !== undefined && "problem" in answer ? { ...answer, url } : answer)),
  );
}
