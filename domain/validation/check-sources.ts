import type * as z from "zod";
import { asciiHost, normalizeUrl } from "../net/urls.ts";
import type { Source } from "../request/source.ts";
import { isReadable, parseS3Location, type SourceBuckets } from "../sources/buckets.ts";

const MAX_KEY_BYTES = 1_024;
/** A name in DNS has at most 253; longer ones are not parsed. */
const MAX_HOST_CHARACTERS = 253;
/** A date, or a time with its zone. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** An entry of `sources`, with its URLs normalised as those of `url_list` are. */
export function checkSource(asked: Source, context: z.RefinementCtx): Source {
  const { type, s3, origin_path, since, hosts } = asked;
  const refuse = (field: keyof Source | undefined, message: string) =>
    context.addIssue({ code: "custom", path: field === undefined ? [] : [field], message });
  const normalized = (field: "url" | "base") => {
    const text = asked[field];
    if (text === undefined) return undefined;
    const result = normalizeUrl(text);
    if ("url" in result) return result.url;
    refuse(field, result.problem);
    return undefined;
  };
  const [url, base] = [normalized("url"), normalized("base")];
  const asciiHosts = hosts?.flatMap((host) => (host.length > MAX_HOST_CHARACTERS ? [] : (asciiHost(host) ?? [])));
  const isPrefix = type === "s3-prefix";
  const place = parseS3Location(s3 ?? "");
  const rules: readonly (readonly [isBroken: boolean, field: keyof Source | undefined, message: string])[] = [
    [
      !isPrefix && (asked.url === undefined) === (s3 === undefined),
      undefined,
      "needs exactly one of url (https://…) and s3 (s3://bucket/key)",
    ],
    [
      isPrefix && (s3 === undefined || asked.base === undefined),
      undefined,
      "s3-prefix needs s3 (s3://bucket/prefix) and base (https://host/)",
    ],
    [isPrefix && asked.url !== undefined, "url", "does not apply to s3-prefix; use s3 and base"],
    [!isPrefix && url?.startsWith("https://") === false, "url", "must be an https:// URL"],
    [asked.base !== undefined && s3 === undefined, "base", "applies only to sources in a bucket"],
    [base?.includes("?") === true, "base", "must have no query"],
    [s3 !== undefined && place === undefined, "s3", "must be of the form s3://bucket/key"],
    [place?.key === "" && !isPrefix, "s3", "names only a bucket, not an object"],
    [isTooLong(place?.key), "s3", `has a key of more than ${MAX_KEY_BYTES} bytes`],
    [origin_path !== undefined && !isPrefix, "origin_path", "applies only to s3-prefix"],
    // Keys begin with it. It is kept with the request, whose item has 400 KB.
    [isTooLong(origin_path), "origin_path", `must have at most ${MAX_KEY_BYTES} bytes`],
    [
      origin_path !== undefined && !/^\/[^?#\\]*$/.test(origin_path),
      "origin_path",
      "must be a path that begins with /, such as /static",
    ],
    [hosts !== undefined && isPrefix, "hosts", "does not apply to s3-prefix"],
    [asciiHosts?.length !== hosts?.length, "hosts", "must be a list of host names, such as media.example.net"],
    [since !== undefined && type !== "sitemap", "since", "applies only to sitemap"],
    [
      since !== undefined && !(ISO_8601.test(since) && !Number.isNaN(Date.parse(since))),
      "since",
      "must be a date or a time with its zone, such as 2026-04-16 or 2026-04-16T03:12:21Z",
    ],
  ];
  for (const [isBroken, field, message] of rules) if (isBroken) refuse(field, message);
  return { type, url, s3, base, origin_path: origin_path?.replace(/\/+$/, ""), since, hosts: asciiHosts };
}

function isTooLong(key = ""): boolean {
  return Buffer.byteLength(key) > MAX_KEY_BYTES;
}

/** What is wrong with sources in this deployment. @param buckets what the stack's parameter lets be read */
export function checkBuckets(sources: readonly Source[], buckets: SourceBuckets): string[] {
  return sources.flatMap(({ s3 = "" }, i) => {
    const place = parseS3Location(s3);
    if (place === undefined || isReadable(buckets, place)) return [];
    return [`sources[${i}].s3: is not in the buckets that this deployment may read (stack parameter sourceBuckets)`];
  });
}

/** Without `cf_domain`, the hosts that are named tell which distribution is meant. A document in a bucket has none. */
export function namesNoHost(sources: readonly Source[], urls: readonly string[]): boolean {
  return sources.length > 0 && urls.length === 0 && sources.every(({ url, base }) => (url ?? base) === undefined);
}
