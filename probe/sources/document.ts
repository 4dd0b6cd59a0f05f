import { MAX_URL_LENGTH, MAX_URLS } from "../../domain/limits.ts";
import { normalizeUrl, parseUrl } from "../../domain/net/urls.ts";
import type { LeftOut, LeftOutCounts, SourceType } from "../../domain/request/source.ts";
import type { FoundUrls } from "../../domain/sources/found-urls.ts";
import { MAX_DOCUMENTS, MAX_URL_CHARACTERS } from "../../domain/sources/limits.ts";

/** A document that another one names. */
export interface ReferencedDocument {
  readonly type: SourceType;
  /** Absolute. */
  readonly url: string;
  /** Variables of a playlist, which those that it names may take over. */
  variables?: Readonly<Record<string, string>> | undefined;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
/** A short document may stand for long URLs, and the API's function reads it with 1 GB of memory. */
const MAX_REFUSED_CHARACTERS = 10_000_000;

/** What one document names: URLs, further documents, and what of it is left out. Counted while it is read. */
export class ExtractedUrls {
  readonly urls = new Set<string>();
  readonly documents: ReferencedDocument[] = [];
  readonly leftOut: LeftOutCounts = {};
  /** Not wanted, and counted. Beyond some megabytes, one that is named again counts again. */
  private readonly refused = new Set<string>();
  private refusedCharacters = 0;
  private characters = 0;

  /** @param found what the request has already */
  constructor(private readonly found: FoundUrls) {}

  /**
   * Takes a reference as one URL more. One that the document has already is a `duplicate`, unless `again` is true: byte
   * ranges name one object many times.
   * @param base what a relative one goes on from; undefined: nothing
   * @throws DocumentError when there is no room, or no base where one is needed
   */
  add(reference: string, base: string | undefined, again = false): void {
    const url = resolve(reference, base);
    if (url !== undefined && again && (this.urls.has(url) || this.refused.has(url))) return;
    if (url === undefined) this.leaveOut("not_a_url");
    else if (this.urls.has(url)) this.leaveOut("duplicate");
    else this.addNew(url);
  }

  /** Takes a reference as a document to be read. @throws DocumentError */
  addDocument(reference: string, base: string | undefined, type: SourceType): void {
    const url = resolve(reference, base);
    if (url === undefined) this.leaveOut("not_a_url");
    else this.documents.push({ type, url });
    if (this.documents.length > MAX_DOCUMENTS)
      throw new DocumentError(`leads to more than ${MAX_DOCUMENTS} documents, which is the limit of a request`);
  }

  /** Something is not warmed. */
  leaveOut(because: LeftOut, n = 1): void {
    if (n > 0) this.leftOut[because] = (this.leftOut[because] ?? 0) + n;
  }

  private addNew(url: string): void {
    const refusal = this.found.refusal(url);
    if (refusal !== undefined) {
      this.leaveOut(refusal);
      if (this.refusedCharacters > MAX_REFUSED_CHARACTERS) return;
      this.refused.add(url);
      this.refusedCharacters += url.length;
      return;
    }
    const { remaining } = this.found;
    if (this.urls.size >= remaining)
      throw new DocumentError(`names more than ${remaining} URLs; a request has at most ${MAX_URLS} in all`);
    this.characters += url.length;
    if (this.characters > MAX_URL_CHARACTERS)
      throw new DocumentError(`names URLs of more than ${MAX_URL_CHARACTERS} characters in all`);
    this.urls.add(url);
  }
}

/** @returns undefined: nothing that can be fetched. @throws DocumentError */
function resolve(reference: string, base: string | undefined): string | undefined {
  const url = absolute(reference, base);
  const normal = url === undefined ? undefined : normalizeUrl(url);
  return normal !== undefined && "url" in normal ? normal.url : undefined;
}

/**
 * A reference with what it goes on from, if it goes on from something. One that does not stays as it is.
 * @returns undefined: it is no reference
 * @throws DocumentError if it needs a base and there is none
 */
export function absolute(reference: string, base: string | undefined): string | undefined {
  const text = reference.trim();
  // A longer one is no URL, and the parser takes long for it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the URL parser would drop some of them in silence
  if (text === "" || text.length > MAX_URL_LENGTH || /[\u0000-\u001f]/.test(text)) return undefined;
  if (ABSOLUTE.test(text)) return text;
  if (base === undefined)
    throw new DocumentError("names URLs without a host, and the source has no `base` that they go on from");
  return parseUrl(text, base)?.href;
}

/** What is known of a document before it is read. */
export interface DocumentContext {
  /** What its relative references go on from; undefined: it is in a bucket, and nobody has said. */
  readonly base: string | undefined;
  /** Variables of the playlist that named it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the source. */
  readonly since: string | undefined;
}

/**
 * Reads a document of one type, and notes what it names.
 * @param text its pieces
 * @throws DocumentError
 */
export type Reader = (text: AsyncIterable<string>, context: DocumentContext, extracted: ExtractedUrls) => Promise<void>;

/**
 * Why a document cannot be taken. The message goes on from the document's name and quotes nothing of it, but a
 * number that is wrong: `has a DOCTYPE`.
 */
export class DocumentError extends Error {
  override readonly name: string = "DocumentError";
}

/** The same, but another try may go better: no answer, or one that says that the server has too much to do. */
export class RetryableDocumentError extends DocumentError {
  override readonly name = "RetryableDocumentError";
}
