import { retry } from "../../domain/retry.ts";
import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { parseS3Location } from "../../domain/sources/s3-location.ts";
import type { Source } from "../../domain/sources/source.ts";
import { folder } from "./bucket-urls.ts";
import { type Buckets, finalS3Error } from "./buckets.ts";
import { DocumentError, PassingDocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import { Patience } from "./patience.ts";
import type { Pending } from "./pending.ts";
import type { Place, Reader } from "./reader.ts";
import { textOf } from "./text.ts";
import { unpacked } from "./unpack.ts";
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
    const body = await deps.buckets.read(place.bucket, place.key, signal);
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
