import * as z from "zod";
import { urlPrefix } from "../../domain/net/urls.ts";
import { LISTS, type ListStore } from "../../domain/plan/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type Source, shownLocation } from "../../domain/request/source.ts";
import { bucketObjectOf, formatS3Location, ownUrl } from "../../domain/sources/buckets.ts";
import type { FoundUrls } from "../../domain/sources/found-urls.ts";
import { MAX_DEPTH, MAX_DOCUMENTS } from "../../domain/sources/limits.ts";
import { DocumentError, type ReferencedDocument, tooManyDocuments } from "./document.ts";
import { type DocumentDeps, type Pending, pendingSchema, readDocument } from "./read-document.ts";

/** State of a walk, from which another run can resume. */
export const walkStateSchema = z.object({
  pending: z.array(pendingSchema),
  /** Keys of documents that were read or are pending. */
  visited: z.array(z.string()),
  /** Number of documents that were read; a page of a prefix is one. */
  documents: z.number().int().nonnegative(),
});
export type WalkState = z.infer<typeof walkStateSchema>;

/** Reads the documents of a request's sources, and the documents that they reference, breadth first. */
export class Walk {
  private readonly pending: Pending[];
  private readonly visited: Set<string>;
  private documents: number;

  /**
   * @param found receives the URLs
   * @param state of the run before. @default from the beginning
   */
  constructor(
    private readonly deps: DocumentDeps,
    private readonly sources: readonly Source[],
    private readonly found: FoundUrls,
    state?: WalkState,
  ) {
    this.pending = [...(state?.pending ?? [])];
    this.visited = new Set(state?.visited);
    this.documents = state?.documents ?? 0;
    if (state === undefined)
      for (const [i, source] of sources.entries()) {
        const { type, s3, url = "" } = source;
        this.add({ source: i + 1, type, location: s3 ?? url, depth: 0, url: ownUrl(source) }, source);
      }
  }

  /** State from which another walk can resume. */
  state(): WalkState {
    return { pending: [...this.pending], visited: [...this.visited], documents: this.documents };
  }

  /**
   * Reads until all documents are read, the caller stops it, or a problem ends the request.
   * @param stop called after each document; returns the reason to stop, or undefined to continue
   * @throws temporary errors of S3: the document can be read again; the reason of the signal
   */
  async read<Stop extends string>(
    stop: () => Stop | undefined | Promise<Stop | undefined>,
  ): Promise<"all" | Stop | { readonly problem: string }> {
    for (;;) {
      const [one] = this.pending;
      const source = one === undefined ? undefined : this.sources[one.source - 1];
      if (one === undefined || source === undefined) return "all";
      try {
        await this.readOne(one, source);
      } catch (error) {
        // Names the document and the problem; it does not quote the document, which may contain secrets.
        if (error instanceof DocumentError) return { problem: `${shownLocation(one.location)} ${error.message}` };
        throw error;
      }
      const problem = this.found.limitProblem();
      if (problem !== undefined) return { problem };
      const reason = await stop();
      if (reason !== undefined) return reason;
    }
  }

  /** On errors of S3, nothing has changed: the caller can retry. */
  private async readOne(one: Pending, source: Source): Promise<void> {
    const { extracted, next } = await readDocument(this.deps, one, source, this.found);
    this.pending.shift();
    this.documents++;
    if (next !== undefined) this.pending.unshift({ ...one, token: next });
    for (const named of extracted.documents) {
      const next = toPending(named, one, source);
      const isInBucket = next.location !== named.url;
      const refusal = isInBucket ? undefined : this.found.documentRefusal(named.url, source, extracted.isEncrypted);
      if (refusal === undefined) this.add(next, source);
      else extracted.leaveOut(refusal);
    }
    if (this.documents + this.pending.length > MAX_DOCUMENTS) throw tooManyDocuments();
    this.found.add(one.source, extracted.urls, extracted.leftOut);
    this.found.markDone(new Set(this.pending.map(({ source }) => source)));
  }

  /** Skips documents that were seen: a loop or a second reference is valid. @throws DocumentError */
  private add(one: Pending, source: Source): void {
    const key = keyOf(one, source);
    if (this.visited.has(key)) return;
    if (one.depth > MAX_DEPTH)
      throw new DocumentError(`leads on to further documents, deeper than the limit of ${MAX_DEPTH} below a source`);
    this.visited.add(key);
    this.pending.push(one);
  }
}

/**
 * Writes the request's list of URLs once all its sources are read.
 * @param end how {@link Walk.read} ended
 * @returns fields of its item; or why it ends as FAILED
 */
export async function writeFound(
  lists: ListStore,
  reqId: string,
  found: FoundUrls,
  end: "all" | { readonly problem: string },
): Promise<{ readonly fields: Partial<RequestItem> } | { readonly problem: string }> {
  const problem = end === "all" ? found.finalProblem() : end.problem;
  if (problem !== undefined) return { problem };
  await lists.write(
    LISTS.foundUrls,
    reqId,
    Array.from(found.urls, ([url, source]) => ({ url, source })),
  );
  const urls = [...found.urls.keys()];
  return {
    fields: { url_count: urls.length, url_prefix: urlPrefix(urls), sources_read: found.sources, sources: [] },
  };
}

function toPending({ type, url, variables }: ReferencedDocument, { source, depth }: Pending, of: Source): Pending {
  const object = bucketObjectOf(url, of);
  const location = object === undefined ? url : formatS3Location(object);
  return { source, type, location, url, depth: depth + 1, variables };
}

/** Two sources can read one document with different settings. */
function keyOf({ type, location, variables }: Pending, { base, origin_path, since }: Source): string {
  return JSON.stringify([location, type, base, origin_path, since, variables]);
}
