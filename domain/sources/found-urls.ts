import { urlBehaviours } from "../distribution/stored-settings.ts";
import { MAX_URLS } from "../limits.ts";
import { secretHeaders } from "../net/headers.ts";
import { hostOf, hostsOf, isUnencrypted } from "../net/urls.ts";
import { beyondCap, type Caps, taskFactors } from "../request/caps.ts";
import { type AccountDistribution, hostOwners, invalidatedId, tooManyHosts } from "../request/distributions.ts";
import { coverOf, invalidationPath } from "../request/invalidation.ts";
import type { RequestItem } from "../request/request-item.ts";
import { LEFT_OUT, type LeftOut, type LeftOutCounts, type Source, type SourceRead } from "../request/source.ts";

/** A URL of a request, and which of its sources named it, counted from 1. Absent: the caller did. */
export interface FoundUrl {
  readonly url: string;
  readonly source?: number | undefined;
}

/** Of all URLs of a request together: they are held in memory, here and by Get Size. */
const MAX_CHARACTERS = 60_000_000;

export interface FoundUrlsOptions {
  readonly request: RequestItem;
  readonly caps: Partial<Caps>;
  /** The URLs that the caller named, normalised. */
  readonly callerUrls: readonly string[];
  /** Whether a host is one of the request's. */
  readonly serves: (host: string) => boolean;
  /** Which URLs are left out because no cache keeps them. @default none */
  readonly skips?: (url: string) => boolean;
  /** What each source has given before. */
  readonly sources: readonly SourceRead[];
  /** What an earlier run has found. @default nothing */
  readonly before?: readonly (readonly [url: string, source: number])[] | undefined;
}

/** The URLs of a request, as its sources name them: each once, and of the right hosts. What is left out is counted, by source and reason. */
export class FoundUrls {
  /** Each with the source that named it first; undefined: the caller, whose own are the first. */
  readonly urls: Map<string, number | undefined>;
  /** What each source has given. */
  readonly sources: SourceRead[];
  private characters = 0;
  /** Variants of each URL, at least 1. */
  private readonly variantCount: number;
  private readonly hasSecrets: boolean;

  constructor(private readonly options: FoundUrlsOptions) {
    const { callerUrls, before = [], sources, request } = options;
    this.urls = new Map([...callerUrls.map((url) => [url, undefined] as const), ...before]);
    this.sources = sources.map((source) => ({ ...source }));
    const { header, variants = [] } = request;
    this.variantCount = Math.max(1, variants.length);
    this.hasSecrets = secretHeaders(header, variants).length > 0;
    for (const url of this.urls.keys()) this.characters += url.length;
  }

  /** How many more URLs the request may have. */
  get remaining(): number {
    return Math.max(0, this.mostUrls - this.urls.size);
  }

  /**
   * Why a normalised URL is not wanted; undefined: it is.
   * @param isEncrypted whether the document that names it came over https: it must not make secrets go over http
   */
  refusal(url: string, isEncrypted: boolean): LeftOut | undefined {
    if (!this.options.serves(hostOf(url))) return "other_host";
    if (this.urls.has(url)) return "duplicate";
    if (isEncrypted && this.hasSecrets && isUnencrypted(url)) return "mixed_content";
    return this.options.skips?.(url) === true ? "uncached" : undefined;
  }

  /**
   * Why a document is not read that another one of a source references; undefined: it is read.
   * @param isEncrypted whether the other one came over https
   */
  documentRefusal(url: string, source: Source, isEncrypted: boolean): LeftOut | undefined {
    if (isEncrypted && isUnencrypted(url)) return "mixed_content";
    return this.isReadAt(hostOf(url), source) ? undefined : "document_host";
  }

  /** Whether documents of a source may be read at a host: whoever writes a document must not choose which servers Prewarm asks. */
  isReadAt(host: string, { url, base, hosts = [] }: Source): boolean {
    return this.options.serves(host) || [url, base].some((own = "") => hostOf(own) === host) || hosts.includes(host);
  }

  /**
   * Adds what a document names.
   * @param number of its source, from 1
   * @param urls wanted ones, see {@link refusal}
   */
  add(number: number, urls: ReadonlySet<string>, leftOut: LeftOutCounts): void {
    for (const url of urls) {
      this.urls.set(url, number);
      this.characters += url.length;
    }
    const source = this.sources[number - 1];
    if (source === undefined) return;
    source.documents++;
    source.urls += urls.size;
    source.left_out = { ...source.left_out };
    for (const reason of LEFT_OUT) {
      const count = leftOut[reason] ?? 0;
      if (count > 0) source.left_out[reason] = (source.left_out[reason] ?? 0) + count;
    }
  }

  /** @param pending those of which something is still to be read */
  markDone(pending: ReadonlySet<number>): void {
    for (const [i, source] of this.sources.entries()) source.done = !pending.has(i + 1);
  }

  /** Why the request is too large; undefined: it is not, so far. */
  limitProblem(): string | undefined {
    const { variantCount } = this;
    const { request, caps } = this.options;
    if (this.urls.size > this.mostUrls)
      return `sources: together with url_list, they have more than ${this.mostUrls} URLs${variantCount > 1 ? ` in ${variantCount} variants` : ""} (limit: ${MAX_URLS} URLs × variants)`;
    if (this.characters > MAX_CHARACTERS)
      return `sources: together with url_list, the URLs have more than ${MAX_CHARACTERS} characters`;
    return beyondCap(
      caps,
      "maxTasks",
      `sources: ${taskFactors(variantCount > 1)}`,
      this.urls.size * variantCount * request.pops.length,
    );
  }

  /** Why the request cannot go on once its sources are all read; undefined: it can. */
  finalProblem(): string | undefined {
    if (this.urls.size === 0)
      return `sources: contain no URL to warm; ${leftOutInWords(this.sources.map((it) => it.left_out))}`;
    const { need_invalidate: invalidates, invalidate, cf_domain: domain } = this.options.request;
    const hosts = domain === undefined ? tooManyHosts([...this.urls.keys()]) : undefined;
    return hosts ?? (invalidates ? uninvalidatable(this, invalidate?.paths ?? []) : undefined);
  }

  private get mostUrls(): number {
    return Math.floor(MAX_URLS / this.variantCount);
  }
}

function leftOutInWords(counts: readonly LeftOutCounts[]): string {
  const sums = LEFT_OUT.map((reason) => [reason, counts.reduce((sum, it) => sum + (it[reason] ?? 0), 0)] as const);
  const some = sums.filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  return some.length === 0 ? "they list none" : `left out: ${some.join(", ")}`;
}

/**
 * As POST /prewarm refuses them: what cannot be invalidated would be warmed as it was before. The URLs are not named: words of a
 * document stay out of a reason.
 * @param covering paths and patterns that are invalidated anyway
 */
function uninvalidatable({ urls, sources }: FoundUrls, covering: readonly string[]): string | undefined {
  const isCovered = coverOf(covering);
  const bad = [...urls].flatMap(([text, source = 0]) => {
    const url = new URL(text);
    const answer = invalidationPath(url);
    return "problem" in answer && !isCovered(url)
      ? [{ problem: answer.problem, from: sources[source - 1]?.from ?? "url_list" }]
      : [];
  });
  const [first] = bad;
  if (first === undefined) return undefined;
  const which =
    bad.length > 1
      ? `${bad.length} URLs cannot be invalidated; the first, from`
      : "a URL cannot be invalidated: one from";
  return `need_invalidate: ${which} ${first.from}, ${first.problem}. Nothing was invalidated. Remove need_invalidate, or remove these URLs`;
}

/** Which URLs a request leaves out because no cache keeps them. @param listed the distributions of this account */
export function skippedUrls(
  item: Pick<RequestItem, "skip_uncached" | "distribution_settings">,
  listed: readonly AccountDistribution[],
): (url: string) => boolean {
  if (item.skip_uncached !== true) return () => false;
  const ownerOf = hostOwners(listed);
  const behaviourOf = urlBehaviours(item, (host) => ownerOf(host)?.id);
  return (url) => behaviourOf(url)?.uncached === true;
}

/** The names that the caller gave: of the distribution, of URLs and of sources. Each source has an address or a base. */
export function namedHosts(
  { cf_domain: cfDomain, sources = [] }: Pick<RequestItem, "cf_domain" | "sources">,
  urls: readonly string[],
): string[] {
  const ofSources = sources.flatMap(({ url, base }) => [url, base]).filter((it) => it !== undefined);
  return [...new Set([cfDomain ?? [], hostsOf(urls), hostsOf(ofSources)].flat())];
}

/**
 * Whether a host belongs to a distribution of the request: the one that `cf_domain` names, else those that serve the caller's URLs. Aliases
 * of another account's distribution are unknown: for it, only `cf_domain` and the caller's hosts count.
 * @param urls `url_list` of the caller, who named the sources, too
 * @param listed the distributions of this account, with the tenants of {@link namedHosts}
 */
export function servedHosts(
  { cf_domain: cfDomain, sources }: RequestItem,
  urls: readonly string[],
  listed: readonly AccountDistribution[],
): (host: string) => boolean {
  const named = namedHosts({ sources }, urls);
  const about = cfDomain === undefined ? named : [cfDomain];
  const ownerOf = hostOwners(listed);
  const ownerIdOf = (host: string) => {
    const owner = ownerOf(host);
    return owner && invalidatedId(owner);
  };
  const owners = about.map(ownerIdOf);
  const ids = new Set(owners.filter((id) => id !== undefined));
  const foreignHosts = owners.includes(undefined) ? new Set([...about, ...named]) : new Set<string>();
  return (host) => {
    const id = ownerIdOf(host);
    return id === undefined ? foreignHosts.has(host) : ids.has(id);
  };
}
