import * as z from "zod";
import type { Caps } from "../../domain/request/caps.ts";
import type { LeftOut, Source } from "../../domain/request/source.ts";
import { formatS3Location, inBucket, ownUrl } from "../../domain/sources/buckets.ts";
import {
  type DocumentUrls,
  type FoundUrls,
  mostUrls,
  tooMuch,
  type UrlsRequest,
} from "../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS, type DocumentLimits, MAX_DEPTH, MAX_DOCUMENTS } from "../../domain/sources/limits.ts";
import { DocumentError, Finds, type Named } from "./document.ts";
import { type DocumentDeps, type Pending, pendingSchema, readDocument, readPage } from "./read-document.ts";

/** Where a walk stands, so that another run can go on. */
export const walkStateSchema = z.object({
  pending: z.array(pendingSchema),
  /** Documents that were read, or are pending, each with what its source says of how it is read. */
  visited: z.array(z.string()),
  /** That were read; a page of a prefix is one. */
  documents: z.number().int().nonnegative(),
});
export type WalkState = z.infer<typeof walkStateSchema>;

/** A document that ends the request. The message names the document and the limit or the fault, and quotes nothing of it. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

export interface WalkDeps extends Omit<DocumentDeps, "limits"> {
  /** Why a URL that was found is not wanted, so that it takes no room. @default all are wanted */
  readonly refuses?: (url: string) => LeftOut | undefined;
  /** @default {@link DOCUMENT_LIMITS} */
  readonly limits?: DocumentLimits;
}

/** Reads the documents of sources one by one. */
export interface SourceWalk {
  /**
   * Reads the next document, or the next page of a prefix. Takes no longer than a document may.
   * @param room how many more URLs the request may have
   * @returns undefined: all are read
   * @throws SourceError; S3's errors that may pass
   */
  next(room: number): Promise<DocumentUrls | undefined>;
  /** What another walk goes on from. */
  state(): WalkState;
}

export interface SourceReading<Stop> {
  readonly walk: SourceWalk;
  /** What is found is added here. */
  readonly found: FoundUrls;
  readonly request: UrlsRequest;
  readonly caps: Partial<Caps>;
  /** Asked after each document: why the next one is not to be read now; undefined: it is. */
  readonly stop: () => Stop | undefined | Promise<Stop | undefined>;
}

/** Reads sources until all are read, the caller stops it, or something is wrong with them that ends the request. */
export async function readSources<Stop>(
  reading: SourceReading<Stop>,
): Promise<"all" | Stop | { readonly problem: string }> {
  const { walk, found, request, caps, stop } = reading;
  try {
    for (;;) {
      const read = await walk.next(Math.max(0, mostUrls(request) - found.urls.length));
      if (read !== undefined) found.add(read);
      found.markDone(new Set(walk.state().pending.map(({ source }) => source)));
      if (read === undefined) return "all";
      const problem = tooMuch(request, found, caps);
      if (problem !== undefined) return { problem };
      const reason = await stop();
      if (reason !== undefined) return reason;
    }
  } catch (error) {
    if (error instanceof SourceError) return { problem: error.message };
    throw error;
  }
}

/** Reads the documents of a request's sources, and those that they lead to, breadth first. */
export class Walk implements SourceWalk {
  private readonly pending: Pending[];
  private readonly visited: Set<string>;
  private documents: number;

  /** @param state of the run before. @default from the beginning */
  constructor(
    private readonly deps: WalkDeps,
    private readonly sources: readonly Source[],
    state: WalkState = { pending: [], visited: [], documents: 0 },
  ) {
    this.pending = [...state.pending];
    this.visited = new Set(state.visited);
    this.documents = state.documents;
    if (state.documents === 0 && state.pending.length === 0) sources.forEach((it, i) => void this.begin(it, i + 1));
  }

  async next(room: number): Promise<DocumentUrls | undefined> {
    const one = this.pending[0];
    const source = one === undefined ? undefined : this.sources[one.source - 1];
    if (one === undefined || source === undefined) return undefined;
    try {
      return await this.read(one, source, room);
    } catch (error) {
      if (error instanceof DocumentError)
        throw new SourceError(`${nameOf(one.location)} ${error.message}`, { cause: error });
      throw error;
    }
  }

  state(): WalkState {
    return { pending: [...this.pending], visited: [...this.visited], documents: this.documents };
  }

  /** Where it fails, nothing has changed: it can be tried again. */
  private async read(one: Pending, source: Source, room: number): Promise<DocumentUrls> {
    const { limits = DOCUMENT_LIMITS, refuses } = this.deps;
    const deps = { ...this.deps, limits };
    let finds = new Finds({ room, refuses });
    let next: string | undefined;
    if (one.type === "s3-prefix") next = await readPage(deps, one, source, finds);
    else finds = await readDocument(deps, one, source, () => new Finds({ room, refuses }));
    const named = finds.documents.map((it) => this.toPending(it, one, source)).filter((it) => this.isNew(it, source));
    this.check(one, named);
    this.pending.shift();
    this.documents++;
    if (next !== undefined) this.pending.unshift({ ...one, token: next });
    for (const it of named) this.add(it, source);
    return { source: one.source, urls: [...finds.urls], leftOut: finds.leftOut };
  }

  private begin(source: Source, number: number): void {
    const { type } = source;
    const url = source.s3 === undefined ? undefined : ownUrl(source);
    const location = source.s3 ?? source.url ?? "";
    this.add({ source: number, type, location, depth: 0, ...(url === undefined ? {} : { url }) }, source);
  }

  private toPending({ type, url, variables }: Named, { source: number, depth }: Pending, source: Source): Pending {
    const place = inBucket(url, source);
    const where = place === undefined ? { location: url } : { location: formatS3Location(place), url };
    return { source: number, type, ...where, depth: depth + 1, ...(variables === undefined ? {} : { variables }) };
  }

  /** @throws DocumentError */
  private check(one: Pending, named: readonly Pending[]): void {
    if (named.length > 0 && one.depth === MAX_DEPTH)
      throw new DocumentError(`leads on to further documents, deeper than the limit of ${MAX_DEPTH} below a source`);
    const all = this.documents + this.pending.length + new Set(named.map((it) => it.location)).size;
    if (all > MAX_DOCUMENTS)
      throw new DocumentError(`leads to more than ${MAX_DOCUMENTS} documents, which is the limit of a request`);
  }

  /** What was seen is a loop, or named twice: nothing is wrong with it. */
  private add(one: Pending, source: Source): void {
    if (!this.isNew(one, source)) return;
    this.visited.add(keyOf(one, source));
    this.pending.push(one);
  }

  private isNew(one: Pending, source: Source): boolean {
    return !this.visited.has(keyOf(one, source));
  }
}

/** Two sources may read one document in two ways. */
function keyOf({ type, location, variables }: Pending, { base, origin_path, since }: Source): string {
  const how = JSON.stringify([type, base, origin_path, since, variables]).replaceAll("null", "");
  return `${how} ${location}`;
}

/** The document without its query, which may hold a token. */
function nameOf(location: string): string {
  const whole = location.startsWith("s3://") ? location : location.replace(/[?#].*$/s, "");
  // A key may have any character.
  const name = whole.replaceAll(/\p{Cc}/gu, "\ufffd");
  return name.length > 500 ? `${name.slice(0, 500)}…` : name;
}
