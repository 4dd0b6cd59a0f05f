import { MAX_URLS } from "../limits.ts";
import { hostOf, normalizeUrl } from "../net/urls.ts";
import { beyondCap, type Caps } from "../request/caps.ts";
import { tooManyHosts } from "../request/distributions.ts";
import { invalidationPath } from "../request/invalidation.ts";
import { LEFT_OUT, type LeftOut, type LeftOutCounts, type SourceRead } from "../request/source.ts";

/** A URL of a request, and which of its sources named it, counted from 1. Absent: the caller did. */
export interface FoundUrl {
  readonly url: string;
  readonly source?: number;
}

/** What one document named. */
export interface DocumentUrls {
  /** Counted from 1. */
  readonly source: number;
  /** Another document may have named them, too. */
  readonly urls: readonly string[];
  /** What its reader left out itself. */
  readonly leftOut: LeftOutCounts;
}

/**
 * The URLs of a request, as its sources name them: each once, in its one spelling, and of the right hosts. What is left out
 * is counted, by source and reason.
 */
export class FoundUrls {
  private readonly seen: Set<string>;
  private readonly found: FoundUrl[];
  /** What each source has given. */
  readonly sources: SourceRead[];
  /** Of all URLs together. */
  characters = 0;

  /**
   * @param own the URLs that the caller named, spelled so already
   * @param serves whether a host is one of the request's
   * @param before what an earlier run has found
   */
  constructor(
    own: readonly string[],
    private readonly serves: (host: string) => boolean,
    sources: readonly SourceRead[],
    before: readonly FoundUrl[] = [],
  ) {
    this.found = [...own.map((url) => ({ url })), ...before];
    this.seen = new Set(this.found.map(({ url }) => url));
    this.sources = [...sources];
    for (const { url } of this.found) this.characters += url.length;
  }

  /** All of them: the caller's own first. */
  get urls(): readonly FoundUrl[] {
    return this.found;
  }

  add({ source, urls, leftOut }: DocumentUrls): void {
    const counts: Partial<Record<LeftOut, number>> = { ...this.sources[source - 1]?.left_out };
    const count = (reason: LeftOut, more = 0) => {
      if (more > 0) counts[reason] = (counts[reason] ?? 0) + more;
    };
    for (const reason of LEFT_OUT) count(reason, leftOut[reason]);
    let taken = 0;
    for (const text of urls) {
      const reason = this.take(text, source);
      if (reason === undefined) taken++;
      else count(reason, 1);
    }
    this.change(source, ({ documents, urls: before }) => ({
      documents: documents + 1,
      urls: before + taken,
      left_out: counts,
    }));
  }

  /** @param pending those of which something is still to be read */
  markDone(pending: ReadonlySet<number>): void {
    for (const number of this.sources.keys()) this.change(number + 1, () => ({ done: !pending.has(number + 1) }));
  }

  /** Why a URL is not wanted, spelled as all are; undefined: it is. */
  refusal(url: string): LeftOut | undefined {
    if (!this.serves(hostOf(url))) return "other_host";
    return this.seen.has(url) ? "duplicate" : undefined;
  }

  /** @returns why it is left out; undefined: it is one more */
  private take(text: string, source: number): LeftOut | undefined {
    const normal = normalizeUrl(text);
    if (!("url" in normal)) return "not_a_url";
    const refusal = this.refusal(normal.url);
    if (refusal !== undefined) return refusal;
    this.seen.add(normal.url);
    this.found.push({ url: normal.url, source });
    this.characters += normal.url.length;
    return undefined;
  }

  private change(number: number, how: (before: SourceRead) => Partial<SourceRead>): void {
    const before = this.sources[number - 1];
    if (before !== undefined) this.sources[number - 1] = { ...before, ...how(before) };
  }
}

/** Of all URLs of a request together: they are held in memory, here and by Get Size. */
export const MAX_CHARACTERS = 60_000_000;

/** What of a request bounds its URLs, and what they must be fit for. */
export interface UrlsRequest {
  readonly variants?: readonly unknown[] | undefined;
  readonly pops: readonly string[];
  readonly need_invalidate: boolean;
  readonly cf_domain?: string | undefined;
}

/** How many URLs a request may have: each of its variants counts. */
export function mostUrls({ variants }: Pick<UrlsRequest, "variants">): number {
  return Math.floor(MAX_URLS / formsOf(variants));
}

function formsOf(variants: UrlsRequest["variants"]): number {
  return Math.max(1, variants?.length ?? 0);
}

/** Why a request with these URLs is too large; undefined: it is not, so far. */
export function tooMuch(item: UrlsRequest, { urls, characters }: FoundUrls, caps: Partial<Caps>): string | undefined {
  const forms = formsOf(item.variants);
  if (urls.length > mostUrls(item))
    return `sources: there are more than ${mostUrls(item)} URLs with them ${forms > 1 ? `in ${forms} variants ` : ""}(at most ${MAX_URLS} together)`;
  if (characters > MAX_CHARACTERS)
    return `sources: the URLs with them have more than ${MAX_CHARACTERS} characters together`;
  const counted = forms > 1 ? "URLs times variants times POPs" : "URLs times POPs";
  return beyondCap(caps, "maxTasks", `sources: ${counted}`, urls.length * forms * item.pops.length);
}

/** Why a request whose sources are all read cannot go on; undefined: it can. */
export function cannotGoOn(
  { need_invalidate: invalidates, cf_domain: domain }: UrlsRequest,
  { urls, sources }: FoundUrls,
): string | undefined {
  if (urls.length === 0) return `sources: no URL is left to warm; ${leftOutInWords(sources.map((it) => it.left_out))}`;
  const all = urls.map(({ url }) => url);
  const hosts = domain === undefined ? tooManyHosts(all) : undefined;
  return hosts ?? (invalidates ? uninvalidatable(urls, sources) : undefined);
}

function leftOutInWords(counts: readonly FoundUrls["sources"][number]["left_out"][]): string {
  const sums = LEFT_OUT.map((reason) => [reason, counts.reduce((sum, it) => sum + (it[reason] ?? 0), 0)] as const);
  const some = sums.filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  return some.length === 0 ? "the documents name none" : `left out: ${some.join(", ")}`;
}

/**
 * As POST /prewarm refuses them: what cannot be invalidated would be warmed as it was before. The URLs are not named: words of a
 * document stay out of a reason.
 */
function uninvalidatable(urls: FoundUrls["urls"], sources: FoundUrls["sources"]): string | undefined {
  const bad = urls.flatMap(({ url, source = 0 }) => {
    const answer = invalidationPath(new URL(url));
    return "problem" in answer ? [{ problem: answer.problem, from: sources[source - 1]?.from ?? "url_list" }] : [];
  });
  const [first] = bad;
  if (first === undefined) return undefined;
  const which =
    bad.length > 1 ? `${bad.length} URLs cannot be invalidated; the first, of` : "a URL cannot be invalidated: that of";
  return `need_invalidate: ${which} ${first.from}, ${first.problem}; nothing was invalidated: leave need_invalidate out, or name the others alone`;
}
