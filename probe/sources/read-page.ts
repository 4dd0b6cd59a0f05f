import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { parseS3Location } from "../../domain/sources/s3-location.ts";
import type { Source } from "../../domain/sources/source.ts";
import { keyUrl } from "./bucket-urls.ts";
import { type Buckets, finalS3Error, type Page } from "./buckets.ts";
import { DocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import { Patience } from "./patience.ts";
import type { Pending } from "./pending.ts";

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
    return await patience.inTime(buckets.list(place.bucket, place.key, token, patience.signal));
  } catch (error) {
    const name = finalS3Error(error);
    if (name !== undefined) throw new DocumentError(`cannot be listed (${name})`, { cause: error });
    throw error;
  } finally {
    patience.close();
  }
}
