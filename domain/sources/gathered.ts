import { hostOf, normalizeUrl } from "../net/urls.ts";
import { LEFT_OUT, type LeftOut, type LeftOutCounts } from "./left-out.ts";
import type { SourceRead } from "./source-read.ts";

/** A URL of a request, and which of its sources named it, counted from 1. Absent: the caller did. */
export interface FoundUrl {
  readonly url: string;
  readonly source?: number;
}

/** What one document named. */
export interface Named {
  /** Counted from 1. */
  readonly source: number;
  readonly urls: readonly string[];
  /** What its reader left out itself. */
  readonly leftOut: LeftOutCounts;
}

/**
 * The URLs of a request, as its sources name them: each once, in its one spelling, and of the right hosts. What is left out
 * is counted, by source and reason.
 */
export class Gathered {
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

  add({ source, urls, leftOut }: Named): void {
    const counts: Partial<Record<LeftOut, number>> = { ...this.sources[source - 1]?.left_out };
    const count = (reason: LeftOut, more: number) => {
      counts[reason] = (counts[reason] ?? 0) + more;
    };
    for (const reason of LEFT_OUT) if (leftOut[reason] !== undefined) count(reason, leftOut[reason]);
    let taken = 0;
    for (const text of urls) {
      const reason = this.take(text, source);
      if (reason === undefined) taken++;
      else count(reason, 1);
    }
    this.change(source, ({ documents, urls: before }) => ({
      ...{ documents: documents + 1, urls: before + taken, left_out: counts },
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
