import * as z from "zod";
import { SOURCE_TYPES, type Source } from "../../domain/request/source.ts";
import { retry } from "../../domain/retry.ts";
import { type Buckets, finalS3Error, folder, keyUrl, parseS3Location } from "../../domain/sources/buckets.ts";
import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { DocumentError, type Finds, PassingDocumentError, type Reader } from "./document.ts";
import { Deadline, linesOf, textOf, unpacked } from "./document-stream.ts";
import type { Opened, Web } from "./web.ts";

/** A document that is still to be read, or the next page of a prefix. */
export const pendingSchema = z.object({
  /** Which of the request's sources led to it, counted from 1. */
  source: z.number().int().positive(),
  type: z.enum(SOURCE_TYPES),
  /** `https://…` or `s3://…`. */
  location: z.string(),
  /** 0: the source itself. */
  depth: z.number().int().nonnegative(),
  /** Where a page of a prefix goes on. */
  token: z.string().optional(),
  /** The URL of a document that is read from a bucket. */
  url: z.string().optional(),
  /** Variables that a playlist may take over from the one that named it. */
  variables: z.record(z.string(), z.string()).optional(),
});
export type Pending = z.infer<typeof pendingSchema>;

export interface DocumentDeps {
  readonly web: Web;
  readonly buckets: Buckets;
  readonly limits: DocumentLimits;
}

const ATTEMPTS = { attempts: 3, firstMs: 250 };

/** Begins a page or a file of data: its lines would all be taken for names of files. */
const NO_LIST = /^[<{[]/;

/** One URL a line. Blank lines, and those that begin with `#`, say nothing. */
const readList: Reader = async (text, { base }, finds) => {
  let first = true;
  for await (const lines of linesOf(text)) {
    for (const line of lines) {
      const reference = line.trim();
      if (reference === "" || reference.startsWith("#")) continue;
      if (first && NO_LIST.test(reference)) throw new DocumentError("is not a list of URLs, one a line");
      first = false;
      finds.add(reference, base);
    }
  }
};

/** Their parsers are loaded when they are needed: most requests have one type of source. */
const READERS: Readonly<Record<Pending["type"], () => Promise<Reader>>> = {
  list: async () => readList,
  sitemap: async () => (await import("./read-sitemap.ts")).readSitemap,
  hls: async () => (await import("./read-hls.ts")).readHls,
  dash: async () => (await import("./read-dash.ts")).readDash,
  "s3-prefix": () => Promise.reject(new TypeError("a prefix is no document")),
};

/**
 * Reads one document. What may pass is tried again, from the start, while there is time.
 * @throws DocumentError; S3's errors that may pass
 */
export async function readDocument(
  deps: DocumentDeps,
  one: Pending,
  source: Source,
  empty: () => Finds,
): Promise<Finds> {
  const deadline = new Deadline(deps.limits);
  const attempt = async () => {
    const finds = empty();
    const read = await READERS[one.type]();
    const opened = await deadline.race(open(deps, one, source, deadline.signal));
    try {
      const bytes = unpacked(deadline.watch(opened.body), opened.encoding, deps.limits);
      // A player asks for these as well; a sitemap or a list is for others.
      const isPlayed = one.type === "hls" || one.type === "dash";
      if (isPlayed && opened.url !== "") finds.add(opened.url, undefined);
      // What a list or a sitemap names goes on from `base` itself, wherever it stands in the bucket.
      const given = source.s3 !== undefined && source.base !== undefined ? folder(source.base) : undefined;
      const own = opened.url === "" ? given : opened.url;
      const base = isPlayed ? own : (given ?? own);
      await read(textOf(bytes), { base, variables: one.variables ?? {}, since: source.since }, finds);
      return finds;
    } finally {
      await opened.close();
    }
  };
  try {
    return await retry(attempt, {
      ...ATTEMPTS,
      signal: deadline.signal,
      passes: (error) => error instanceof PassingDocumentError,
    });
  } finally {
    deadline.close();
  }
}

/** In a bucket, `url` is empty where nobody has said what it is. */
async function open(deps: DocumentDeps, one: Pending, { url }: Source, signal: AbortSignal): Promise<Opened> {
  const place = parseS3Location(one.location);
  if (place === undefined)
    return deps.web.open(one.location, url === undefined ? undefined : new URL(url).origin, signal);
  const body = await explained("cannot be read from its bucket", deps.buckets.read(place, signal));
  return { url: one.url ?? "", encoding: undefined, body, close: async () => undefined };
}

/** Reads one page of a prefix. @returns where the next page goes on */
export async function readPage(
  { buckets, limits }: DocumentDeps,
  { location, token }: Pending,
  source: Source,
  finds: Finds,
): Promise<string | undefined> {
  if (source.base === undefined) throw new DocumentError("has no `base` that its URLs begin with");
  const place = parseS3Location(location);
  if (place === undefined) throw new DocumentError("is no prefix of a bucket");
  const deadline = new Deadline(limits);
  const listing = explained("cannot be listed", deadline.race(buckets.list(place, token, deadline.signal)));
  const { keys, next } = await listing.finally(() => deadline.close());
  for (const key of keys) {
    const url = keyUrl(key, source);
    if (key.endsWith("/")) finds.leave("folder");
    else if (url === undefined) finds.leave("not_a_url");
    else finds.add(url, undefined);
  }
  return next;
}

/** Names the error of S3 if another try does not mend it. @throws DocumentError; S3's error else */
async function explained<T>(problem: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const name = finalS3Error(error);
    throw name === undefined ? error : new DocumentError(`${problem} (${name})`, { cause: error });
  }
}
