import * as z from "zod";
import { isUnencrypted } from "../../domain/net/urls.ts";
import { SOURCE_TYPES, type Source } from "../../domain/request/source.ts";
import { retry } from "../../domain/retry.ts";
import { type Buckets, folder, keyUrl, parseS3Location, permanentS3Error } from "../../domain/sources/buckets.ts";
import type { FoundUrls } from "../../domain/sources/found-urls.ts";
import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { DocumentError, ExtractedUrls, type Reader, RetryableDocumentError } from "./document.ts";
import { type Arrival, inDocumentTime, linesOf, textOf, unpacked } from "./document-stream.ts";
import { readDash } from "./read-dash.ts";
import { readHls } from "./read-hls.ts";
import { readSitemap } from "./read-sitemap.ts";
import type { Opened, Web } from "./web.ts";

/** A document that is not yet read, or the next page of a prefix. */
export const pendingSchema = z.object({
  /** Number of the request's source that leads to it, from 1. */
  source: z.number().int().positive(),
  type: z.enum(SOURCE_TYPES),
  /** `https://…` or `s3://…`. */
  location: z.string(),
  /** 0: the source itself. */
  depth: z.number().int().nonnegative(),
  /** Continuation token of the next page of a prefix. */
  token: z.string().optional(),
  /** The URL of a document that is read from a bucket. */
  url: z.string().optional(),
  /** Variables that a playlist can import from the one that references it. */
  variables: z.record(z.string(), z.string()).optional(),
});
export type Pending = z.infer<typeof pendingSchema>;

export interface DocumentDeps {
  readonly web: Web;
  readonly buckets: Buckets;
  readonly limits: DocumentLimits;
  /** Ends the reading. @default never */
  readonly signal?: AbortSignal;
}

/** Stands for buckets that must not be read here. @param problem what is said of a source in one */
export function noBuckets(problem: string): Buckets {
  const refuse = () => Promise.reject(new DocumentError(problem));
  return { read: refuse, list: refuse };
}

const DOCUMENT_RETRY = { attempts: 3, firstMs: 250 };

/** First characters of HTML, XML or JSON, whose lines would be taken for relative URLs. */
const NOT_A_LIST = /^[<{[]/;

/** One URL per line. Blank lines, and lines that begin with `#`, are skipped. */
const readList: Reader = async (text, { base }, extracted) => {
  let first = true;
  for await (const lines of linesOf(text)) {
    for (const line of lines) {
      const reference = line.trim();
      if (reference === "" || reference.startsWith("#")) continue;
      if (first && NOT_A_LIST.test(reference)) throw new DocumentError("is not a list of URLs, one per line");
      first = false;
      extracted.add(reference, base);
    }
  }
};

const READERS = { list: readList, sitemap: readSitemap, hls: readHls, dash: readDash };

/** What a document contains; `next`: continuation token of the next page of a prefix. */
interface DocumentRead {
  readonly extracted: ExtractedUrls;
  readonly next?: string | undefined;
}

/**
 * Reads one document, or one page of a prefix. Temporary failures are retried from the start of the document within its time limit.
 * @param found the URLs that the request has already
 * @throws DocumentError; temporary errors of S3; the reason of the signal
 */
export async function readDocument(
  deps: DocumentDeps,
  one: Pending,
  source: Source,
  found: FoundUrls,
): Promise<DocumentRead> {
  const read = async (signal: AbortSignal, arrival: Arrival): Promise<DocumentRead> => {
    const { type } = one;
    if (type === "s3-prefix")
      return readPage(deps, one, source, new ExtractedUrls(found, isEncrypted(source.base)), signal);
    const attempt = async () => {
      const opened = await open(deps, one, source, { found, signal });
      const url = opened?.url;
      const extracted = new ExtractedUrls(found, isEncrypted(url ?? source.base));
      if (opened === undefined) {
        extracted.leaveOut("document_host");
        return { extracted };
      }
      try {
        arrival.bytes = 0;
        arrival.since = Date.now();
        const given = source.base === undefined ? undefined : folder(source.base);
        // Players request manifests too, but not sitemaps or lists. References of the latter are relative to `base`, wherever they are
        // in the bucket.
        const isPlayed = type === "hls" || type === "dash";
        const base = isPlayed ? (url ?? given) : (given ?? url);
        if (isPlayed && url !== undefined) extracted.add(url, undefined);
        const text = textOf(unpacked(opened.body, opened.encoding, deps.limits, arrival));
        await READERS[type](text, { base, variables: one.variables ?? {}, since: source.since, signal }, extracted);
        return { extracted };
      } finally {
        arrival.since = undefined;
        await opened.close();
      }
    };
    return retry(attempt, {
      ...DOCUMENT_RETRY,
      signal,
      retryOnError: (error) => error instanceof RetryableDocumentError,
    });
  };
  return inDocumentTime(deps.limits, read, deps.signal);
}

/** Whether a document came over https. One in a bucket did, unless its caller serves it over http. @param url of the document, or its `base` */
function isEncrypted(url: string | undefined): boolean {
  return url === undefined || !isUnencrypted(url);
}

async function open(
  deps: DocumentDeps,
  one: Pending,
  source: Source,
  { found, signal }: { readonly found: FoundUrls; readonly signal: AbortSignal },
): Promise<Opened | undefined> {
  const object = parseS3Location(one.location);
  const { url } = source;
  if (object === undefined)
    return deps.web.open(one.location, {
      origin: url && new URL(url).origin,
      isReadAt: (host) => found.isReadAt(host, source),
      signal,
    });
  const body = await withS3Errors("cannot be read from its bucket", deps.buckets.read(object, signal));
  return { url: one.url, encoding: undefined, body, close: async () => undefined };
}

async function readPage(
  { buckets }: DocumentDeps,
  { location, token }: Pending,
  source: Source,
  extracted: ExtractedUrls,
  signal: AbortSignal,
): Promise<DocumentRead> {
  if (source.base === undefined) throw new DocumentError("has no `base` for its URLs");
  const object = parseS3Location(location);
  if (object === undefined) throw new DocumentError("is not a prefix of a bucket");
  const { keys, next } = await withS3Errors("cannot be listed", buckets.list(object, token, signal));
  for (const key of keys) {
    const url = keyUrl(key, source);
    if (key.endsWith("/")) extracted.leaveOut("folder");
    else if (url === undefined) extracted.leaveOut("not_a_url");
    else extracted.add(url, undefined);
  }
  return { extracted, next };
}

/** Converts permanent errors of S3. @throws DocumentError; temporary errors of S3 unchanged */
async function withS3Errors<T>(problem: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const name = permanentS3Error(error);
    throw name === undefined ? error : new DocumentError(`${problem} (${name})`, { cause: error });
  }
}
