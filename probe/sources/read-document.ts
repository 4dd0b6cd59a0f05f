import * as z from "zod";
import { SOURCE_TYPES, type Source } from "../../domain/request/source.ts";
import { retry } from "../../domain/retry.ts";
import {
  type Buckets,
  finalS3Error,
  folder,
  keyUrl,
  type Page,
  parseS3Location,
} from "../../domain/sources/buckets.ts";
import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { DocumentError, type Finds, PassingDocumentError, type Place, type Reader } from "./document.ts";
import { Patience, textOf, unpacked } from "./document-stream.ts";
import type { Opened, Web } from "./web.ts";

const ATTEMPTS = { attempts: 3, firstMs: 250 };

/** Their parsers are loaded when they are needed: most requests have one type of source. */
const READERS: Readonly<Record<Exclude<Pending["type"], "s3-prefix">, () => Promise<Reader>>> = {
  list: async () => (await import("./read-list.ts")).readList,
  sitemap: async () => (await import("./read-sitemap.ts")).readSitemap,
  hls: async () => (await import("./read-hls.ts")).readHls,
  dash: async () => (await import("./read-dash.ts")).readDash,
};

/** A player asks for these as well; a sitemap or a list is for others. */
const ASKED_FOR = new Set<Pending["type"]>(["hls", "dash"]);

export interface DocumentDeps {
  readonly web: Pick<Web, "open">;
  readonly buckets: Buckets;
  readonly limits: DocumentLimits;
}

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
  const patience = new Patience(deps.limits);
  try {
    return await retry(() => attempt(deps, one, source, patience, empty()), {
      ...ATTEMPTS,
      signal: patience.signal,
      passes: (error) => error instanceof PassingDocumentError,
    });
  } finally {
    patience.close();
  }
}

async function attempt(
  deps: DocumentDeps,
  one: Pending,
  source: Source,
  patience: Patience,
  finds: Finds,
): Promise<Finds> {
  if (one.type === "s3-prefix") throw new TypeError("a prefix is no document");
  const read = await READERS[one.type]();
  const opened = await patience.inTime(open(deps, one, source, patience.signal));
  try {
    const bytes = unpacked(patience.watch(opened.body), opened.encoding, deps.limits);
    if (ASKED_FOR.has(one.type) && opened.url !== "") finds.add(opened.url, undefined);
    await read(textOf(bytes), placeOf(one, source, opened), finds);
    return finds;
  } finally {
    await opened.close();
  }
}

/** In a bucket, `url` is empty where nobody has said what it is. */
async function open(deps: DocumentDeps, one: Pending, source: Source, signal: AbortSignal): Promise<Opened> {
  const place = parseS3Location(one.location);
  if (place === undefined) return deps.web.open(one.location, originOf(source), signal);
  try {
    const body = await deps.buckets.read(place, signal);
    return { url: one.url ?? "", encoding: undefined, body, close: async () => undefined };
  } catch (error) {
    const name = finalS3Error(error);
    if (name !== undefined) throw new DocumentError(`cannot be read from its bucket (${name})`, { cause: error });
    throw error;
  }
}

function originOf({ url }: Source): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}

/** What a list or a sitemap names goes on from `base` itself, wherever it stands in the bucket. */
function placeOf({ type, variables = {} }: Pending, source: Source, { url }: Opened): Place {
  const given = source.s3 !== undefined && source.base !== undefined ? folder(source.base) : undefined;
  const base = url === "" ? given : url;
  return { base: ASKED_FOR.has(type) ? base : (given ?? base), variables, source };
}

export interface PageDeps {
  readonly buckets: Pick<Buckets, "list">;
  readonly limits: DocumentLimits;
}

/** Reads one page of a prefix. @returns what it found, and where the next page goes on */
export async function readPage(
  deps: PageDeps,
  one: Pending,
  source: Source,
  finds: Finds,
): Promise<{ readonly finds: Finds; readonly next: string | undefined }> {
  if (source.base === undefined) throw new DocumentError("has no `base` that its URLs begin with");
  const { keys, next } = await list(deps, one);
  for (const key of keys) {
    const url = keyUrl(key, source);
    if (key.endsWith("/")) finds.leave("folder");
    else if (url === undefined) finds.leave("not_a_url");
    else finds.add(url, undefined);
  }
  return { finds, next };
}

async function list({ buckets, limits }: PageDeps, { location, token }: Pending): Promise<Page> {
  const place = parseS3Location(location);
  if (place === undefined) throw new DocumentError("is no prefix of a bucket");
  const patience = new Patience(limits);
  try {
    return await patience.inTime(buckets.list(place, token, patience.signal));
  } catch (error) {
    const name = finalS3Error(error);
    if (name !== undefined) throw new DocumentError(`cannot be listed (${name})`, { cause: error });
    throw error;
  } finally {
    patience.close();
  }
}

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
