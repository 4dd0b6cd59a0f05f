import { normalizeUrl } from "../net/urls.ts";
import type { Source } from "../request/source.ts";
import { isReadable, parseS3Location, type SourceBuckets } from "../sources/buckets.ts";
import type { PrewarmBody } from "./bodies.ts";

type Entry = NonNullable<PrewarmBody["sources"]>[number];
type Asked = Pick<Entry, "type"> & Partial<Entry>;

const MAX_KEY_BYTES = 1_024;
/** A date, or a time with its zone. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Checks the sources of a body, and spells their addresses as those of `url_list` are.
 * @param buckets what the stack's parameter lets be read
 */
export function checkSources(sources: readonly Asked[] = [], buckets: SourceBuckets, problems: string[]): Source[] {
  return sources.map((asked, i) => {
    const { type, s3, origin_path, since } = asked;
    const at = (field: string, problem: string | undefined) => {
      if (problem !== undefined) problems.push(`sources[${i}]${field}: ${problem}`);
    };
    const spelled = (field: "url" | "base", problemOf: (url: string) => string | undefined) => {
      const text = asked[field];
      if (text === undefined) return undefined;
      const normal = normalizeUrl(text);
      at(`.${field}`, "url" in normal ? problemOf(normal.url) : normal.problem);
      return "url" in normal ? normal.url : undefined;
    };
    at("", placeProblem(asked));
    for (const [field, problem] of misplaced(asked)) at(`.${field}`, problem);
    const isHttps = (url: string) => (url.startsWith("https://") ? undefined : "must be an https:// URL");
    const url = type === "s3-prefix" ? undefined : spelled("url", isHttps);
    if (s3 !== undefined) at(".s3", s3Problem(s3, type, buckets));
    const base = spelled("base", (it) => (it.includes("?") ? "must have no query" : undefined));
    if (origin_path !== undefined) at(".origin_path", originPathProblem(origin_path));
    if (since !== undefined) at(".since", sinceProblem(since));
    return { type, url, s3, base, origin_path: origin_path?.replace(/\/+$/, ""), since };
  });
}

/** Without cf_domain, the hosts that are named tell which distribution is meant. A document in a bucket has none. */
export function checkWhose(sources: readonly Asked[], urls: readonly string[], problems: string[]): void {
  if (sources.length === 0 || urls.length > 0) return;
  if (sources.some(({ url, base }) => url !== undefined || base !== undefined)) return;
  problems.push(
    "cf_domain: is needed, because neither url_list nor a url or base of sources tells which distribution is meant",
  );
}

function placeProblem({ type, url, s3, base }: Asked): string | undefined {
  if (type !== "s3-prefix")
    return (url === undefined) === (s3 === undefined)
      ? "needs exactly one of url (https://…) and s3 (s3://bucket/key)"
      : undefined;
  return s3 === undefined || base === undefined
    ? "s3-prefix needs s3 (s3://bucket/prefix) and base (https://host/)"
    : undefined;
}

/** Fields that mean nothing where they stand. */
function misplaced({ type, url, s3, base, origin_path, since }: Asked): [field: string, problem: string][] {
  const isPrefix = type === "s3-prefix";
  const wrong: [field: string, isWrong: boolean, problem: string][] = [
    ["url", isPrefix && url !== undefined, "is not for s3-prefix, which lists a bucket: give s3 and base"],
    ["base", base !== undefined && s3 === undefined, "is only for what lies in a bucket"],
    ["origin_path", origin_path !== undefined && !isPrefix, "is only for s3-prefix"],
    ["since", since !== undefined && type !== "sitemap", "is only for sitemap"],
  ];
  return wrong.filter(([, isWrong]) => isWrong).map(([field, , problem]) => [field, problem]);
}

function s3Problem(text: string, type: Source["type"], buckets: SourceBuckets): string | undefined {
  const place = parseS3Location(text);
  if (place === undefined) return "must be of the form s3://bucket/key";
  if (place.key === "" && type !== "s3-prefix") return "names no object, only a bucket";
  if (Buffer.byteLength(place.key) > MAX_KEY_BYTES) return `has a key of more than ${MAX_KEY_BYTES} bytes`;
  return isReadable(buckets, place)
    ? undefined
    : `is not among what sourceBuckets of this deployment lets be read (a parameter of the stack)`;
}

function originPathProblem(path: string): string | undefined {
  // Keys begin with it. It is kept with the request, whose item has 400 KB.
  if (Buffer.byteLength(path) > MAX_KEY_BYTES) return `must have at most ${MAX_KEY_BYTES} bytes`;
  return /^\/[^?#\\]*$/.test(path) ? undefined : "must begin with / and be a path alone, such as /static";
}

function sinceProblem(text: string): string | undefined {
  const isTime = ISO_8601.test(text) && !Number.isNaN(Date.parse(text));
  return isTime ? undefined : "must be a date or a time with its zone, such as 2026-04-16 or 2026-04-16T03:12:21Z";
}
