import { randomUUID } from "node:crypto";
import { DEFAULT_INSTANCES, DEFAULT_TIMEOUT_MINUTES } from "../../domain/limits.ts";
import { CommandError } from "../command-error.ts";
import { minutesOf } from "./duration.ts";
import { bytesNumber, positiveNumber, wholeNumber } from "./number.ts";
import { type SourceWords, sourcesOf } from "./sources.ts";
import { TARGET_FIELDS, targetsOf } from "./targets.ts";
import { headerLine, variantsOf } from "./variants.ts";

/** Options of a request, as they stand on the command line. */
export interface RequestWords extends SourceWords {
  readonly pop?: readonly string[];
  readonly country?: readonly string[];
  readonly cfDomain?: string;
  readonly variant?: readonly string[];
  readonly header?: readonly string[];
  /** Paths; empty: the URLs themselves. */
  readonly invalidate?: readonly string[];
  readonly invalidateTag?: readonly string[];
  readonly instances?: string;
  readonly timeout?: string;
  readonly originRps?: string;
  readonly originConcurrency?: string;
  readonly verify?: string;
  readonly downloads?: string;
  readonly scope?: string;
  readonly maxBytes?: string;
  readonly maxFailures?: string;
  readonly token?: string;
  readonly skipUncached?: boolean;
}

export type Body = Readonly<Record<string, unknown>>;

/**
 * The body of POST /prewarm.
 * @param from a body from a file; what the command line says overrules it
 * @param urls of the command line and of its files
 * @param regions those of `--region`
 * @throws CommandError for words that make no sense. What the API checks is not checked here
 */
export function bodyOf(from: Body, urls: readonly string[], regions: readonly string[], words: RequestWords): Body {
  const sources = sourcesOf(words);
  const body = {
    ...withoutTargets(from, targetsOf({ pops: words.pop ?? [], countries: words.country ?? [], regions })),
    ...(urls.length > 0 || sources.length > 0 ? { url_list: undefined, sources: undefined } : {}),
    ...(urls.length > 0 ? { url_list: urls } : {}),
    ...(sources.length > 0 ? { sources } : {}),
    ...said(words.skipUncached, (skip_uncached) => ({ skip_uncached })),
    ...settingsOf(words, from["origin"]),
  };
  // A file may have them under a name that is spelt wrong: the API says which.
  if (body["url_list"] === undefined && body["sources"] === undefined && Object.keys(from).length === 0)
    throw new CommandError(
      "there is no URL to warm",
      (command) => `Give URLs in one of these ways:
  ${command("warm", "https://www.example.com/index.html https://www.example.com/app.js")}
  ${command("warm", "--file urls.txt")}          one URL per line
  ${command("warm", "-")}                        the same from stdin
  ${command("warm", "--sitemap https://www.example.com/sitemap.xml")}     (--hls, --dash, --list, --s3)
  ${command("warm", "--from request.json")}      a body of POST /prewarm`,
    );
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** What is said beside URLs and POPs: the same for a new request and for a retry. */
export function settingsOf(words: RequestWords, origin: unknown = undefined): Body {
  const { header = [], variant = [] } = words;
  return {
    ...said(words.cfDomain, (cf_domain) => ({ cf_domain })),
    ...said(words.timeout, (text) => ({ timeout: minutesOf(text) })),
    ...said(words.instances, (text) => ({ instance_count: wholeNumber("--instances", text) })),
    ...invalidateOf(words),
    ...(header.length > 0 ? { header: header.map((line) => headerLine("--header", line)) } : {}),
    ...(variant.length > 0 ? { variants: variantsOf(variant) } : {}),
    ...said(words.verify, (verify) => ({ verify })),
    ...said(words.downloads, (text) => ({ downloads: text === "auto" ? text : Number(text) })),
    ...said(words.scope, (scope) => ({ scope })),
    ...originOf(words, origin),
    ...said(words.maxBytes, (text) => ({ max_bytes: bytesNumber("--max-bytes", text) })),
    ...said(words.maxFailures, (text) => ({ max_failures: wholeNumber("--max-failures", text) })),
    ...said(words.token, (client_token) => ({ client_token })),
  };
}

/** What a stack is sent: it wants these fields. */
export function withDefaults(body: Body): Body {
  return { timeout: DEFAULT_TIMEOUT_MINUTES, instance_count: DEFAULT_INSTANCES, ...body };
}

/** With a token a call may be repeated: the second one answers with the request of the first. */
export function withToken(body: Body): Body {
  return body["client_token"] === undefined ? { ...body, client_token: randomUUID() } : body;
}

function withoutTargets(from: Body, targets: Body): Body {
  if (Object.keys(targets).length === 0) return from;
  return { ...from, ...Object.fromEntries(TARGET_FIELDS.map((field) => [field, undefined])), ...targets };
}

function invalidateOf({ invalidate = [], invalidateTag: tags = [] }: RequestWords): Body {
  const paths = invalidate.filter((path) => path !== "");
  return {
    ...(paths.length < invalidate.length ? { need_invalidate: true } : {}),
    ...(paths.length + tags.length > 0
      ? { invalidate: { ...(paths.length > 0 ? { paths } : {}), ...(tags.length > 0 ? { tags } : {}) } }
      : {}),
  };
}

function originOf({ originRps, originConcurrency }: RequestWords, from: unknown): Body {
  if (originRps === undefined && originConcurrency === undefined) return {};
  return {
    origin: {
      ...(typeof from === "object" ? from : {}),
      ...said(originRps, (text) => ({ requests_per_second: positiveNumber("--origin-rps", text) })),
      ...said(originConcurrency, (text) => ({ concurrency: wholeNumber("--origin-concurrency", text, 1) })),
    },
  };
}

function said<T>(value: T | undefined, field: (value: T) => Body): Body {
  return value === undefined ? {} : field(value);
}
