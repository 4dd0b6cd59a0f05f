import { MAX_URL_LENGTH, MAX_URLS } from "../../domain/limits.ts";
import { normalizeUrl, parseUrl } from "../../domain/net/urls.ts";
import type { LeftOut, LeftOutCounts, SourceType } from "../../domain/request/source.ts";
import type { FoundUrls } from "../../domain/sources/found-urls.ts";
import { MAX_DOCUMENTS, MAX_URL_CHARACTERS } from "../../domain/sources/limits.ts";

/** A document that another document references. */
export interface ReferencedDocument {
  readonly type: SourceType;
  /** Absolute. */
  readonly url: string;
  /** Variables of a playlist, which the playlists that it references can import. */
  variables?: Readonly<Record<string, string>> | undefined;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
/** A short document can expand to long URLs, and the API function reads it with 1 GB of memory. */
const MAX_REFUSED_CHARACTERS = 10_000_000;

/** What one document references: URLs, further documents, and the number of references that are left out. Limits apply while it is read. */
export class ExtractedUrls {
  readonly urls = new Set<string>();
  readonly documents: ReferencedDocument[] = [];
  readonly leftOut: LeftOutCounts = {};
  /** URLs that were refused and counted. Beyond {@link MAX_REFUSED_CHARACTERS}, a repeated one counts again. */
  private readonly refused = new Set<string>();
  private refusedCharacters = 0;
  private characters = 0;

  /**
   * @param found the URLs that the request has already
   * @param isEncrypted whether the document came over https
   */
  constructor(
    private readonly found: FoundUrls,
    readonly isEncrypted: boolean,
  ) {}

  /**
   * Adds the URL of a reference. One that the document has already is a `duplicate`, unless `again` is true: byte
   * ranges reference one object many times.
   * @param base of relative references; undefined: there is none
   * @throws DocumentError when the request has too many URLs, or a base is needed and there is none
   */
  add(reference: string, base: string | undefined, again = false): void {
    const url = resolve(reference, base);
    if (url !== undefined && again && (this.urls.has(url) || this.refused.has(url))) return;
    if (url === undefined) this.leaveOut("not_a_url");
    else if (this.urls.has(url)) this.leaveOut("duplicate");
    else this.addNew(url);
  }

  /** Adds a document to read. @throws DocumentError */
  addDocument(reference: string, base: string | undefined, type: SourceType): void {
    const url = resolve(reference, base);
    if (url === undefined) this.leaveOut("not_a_url");
    else this.documents.push({ type, url });
    if (this.documents.length > MAX_DOCUMENTS) throw tooManyDocuments();
  }

  /** Why a reference is not warmed; undefined: it is. */
  refusal(reference: string, base: string | undefined): LeftOut | undefined {
    const url = resolve(reference, base);
    return url === undefined ? "not_a_url" : this.found.refusal(url, this.isEncrypted);
  }

  /**
   * Called before many URLs are generated, which takes time. Whether they fit into what is left of the request shows later:
   * it can have some of them already.
   * @throws DocumentError
   */
  checkCount(n: bigint): void {
    if (n > BigInt(MAX_URLS)) throw this.tooMany();
  }

  /** Counts references that are not warmed. */
  leaveOut(because: LeftOut, n = 1): void {
    if (n > 0) this.leftOut[because] = (this.leftOut[because] ?? 0) + n;
  }

  private addNew(url: string): void {
    const refusal = this.found.refusal(url, this.isEncrypted);
    if (refusal !== undefined) {
      this.leaveOut(refusal);
      if (this.refusedCharacters > MAX_REFUSED_CHARACTERS) return;
      this.refused.add(url);
      this.refusedCharacters += url.length;
      return;
    }
    if (this.urls.size >= this.found.remaining) throw this.tooMany();
    this.characters += url.length;
    if (this.characters > MAX_URL_CHARACTERS)
      throw new DocumentError(`names URLs of more than ${MAX_URL_CHARACTERS} characters in all`);
    this.urls.add(url);
  }

  private tooMany(): DocumentError {
    return new DocumentError(`names more than ${this.found.remaining} URLs; a request has at most ${MAX_URLS} in all`);
  }
}

/** @returns undefined: the reference is not a URL that can be fetched. @throws DocumentError */
function resolve(reference: string, base: string | undefined): string | undefined {
  const url = absolute(reference, base);
  const normal = url === undefined ? undefined : normalizeUrl(url);
  return normal !== undefined && "url" in normal ? normal.url : undefined;
}

/**
 * The absolute URL of a reference. An absolute reference is returned unchanged.
 * @returns undefined: it is not a reference
 * @throws DocumentError if it is relative and there is no base
 */
export function absolute(reference: string, base: string | undefined): string | undefined {
  const text = reference.trim();
  // Longer text is not a URL, and is slow to parse.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the URL parser would drop some of them in silence
  if (text === "" || text.length > MAX_URL_LENGTH || /[\u0000-\u001f]/.test(text)) return undefined;
  if (ABSOLUTE.test(text)) return text;
  if (base === undefined) throw new DocumentError("has relative URLs, but the source has no `base`");
  return parseUrl(text, base)?.href;
}

/** What a reader knows about a document before it reads it. */
export interface DocumentContext {
  /** Base of its relative references; undefined: the document is in a bucket and its source has no `base`. */
  readonly base: string | undefined;
  /** Variables of the playlist that references it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the source. */
  readonly since: string | undefined;
  /** Aborted when the time of the document is over, or the reading ends. */
  readonly signal: AbortSignal;
}

/**
 * Extracts the references of a document of one type.
 * @param text the document, in pieces
 * @throws DocumentError
 */
export type Reader = (text: AsyncIterable<string>, context: DocumentContext, extracted: ExtractedUrls) => Promise<void>;

/**
 * A document is invalid or beyond a limit. The message follows the document's name: `has a DOCTYPE`. It quotes nothing of the
 * document except an invalid number.
 */
export class DocumentError extends Error {
  override readonly name: string = "DocumentError";
}

/** A temporary failure: no response, or one that says that the server is overloaded. */
export class RetryableDocumentError extends DocumentError {
  override readonly name = "RetryableDocumentError";
}

/** A walk reads no more. */
export function tooManyDocuments(): DocumentError {
  return new DocumentError(`leads to more than ${MAX_DOCUMENTS} documents, which is the limit of a request`);
}
