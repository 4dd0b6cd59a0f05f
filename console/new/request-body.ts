import type { Variant } from "../../domain/request/options.ts";
import type { Source } from "../../domain/request/source.ts";
import { EMPTY_FORM, type Form, type SourceRow } from "./form.ts";
import { headerLines, variantsOf } from "./variant-choices.ts";

/** The body of POST /prewarm that the form stands for. What is as the API has it by default is left out. */
export interface RequestBody {
  readonly url_list?: readonly string[];
  readonly sources?: readonly Source[];
  readonly cf_domain?: string;
  readonly target_type: "pop";
  readonly pops: readonly string[];
  readonly timeout: number | string;
  readonly instance_count: number | string;
  readonly header?: readonly string[];
  readonly variants?: readonly Variant[];
  readonly verify?: string;
  readonly downloads?: number | string;
  readonly scope?: string;
  readonly origin?: { readonly requests_per_second?: number | string; readonly concurrency?: number | string };
  readonly need_invalidate?: true;
  readonly invalidate?: { readonly paths?: readonly string[]; readonly tags?: readonly string[] };
  readonly skip_uncached?: true;
  readonly max_bytes?: number | string;
  readonly max_failures?: number | string;
  readonly client_token?: string;
}

/** @param urls that were read of the form's lines */
export function bodyOf(form: Form, urls: readonly string[]): RequestBody {
  const sources = form.sources.map(sourceOf).filter((it) => it !== undefined);
  const variants = variantsOf(form);
  const header = headerLines(form.header);
  const domain = form.domain.trim();
  const origin = {
    ...filled("requests_per_second", form.originRate),
    ...filled("concurrency", form.originConcurrency),
  };
  return {
    ...(urls.length > 0 ? { url_list: urls } : {}),
    ...(sources.length > 0 ? { sources } : {}),
    ...(domain === "" ? {} : { cf_domain: domain }),
    target_type: "pop",
    pops: form.pops ?? [],
    timeout: numberOf(form.minutes),
    instance_count: numberOf(form.instances),
    ...(header.length > 0 ? { header } : {}),
    ...(variants.length > 0 ? { variants } : {}),
    ...(form.verify === EMPTY_FORM.verify ? {} : { verify: form.verify }),
    ...(form.downloads === EMPTY_FORM.downloads ? {} : { downloads: numberOf(form.downloads) }),
    ...(form.scope === EMPTY_FORM.scope ? {} : { scope: form.scope }),
    ...(Object.keys(origin).length > 0 ? { origin } : {}),
    ...(form.invalidate ? { need_invalidate: true } : {}),
    ...invalidateOf(form),
    ...(form.skipUncached ? { skip_uncached: true } : {}),
    ...filled("max_bytes", form.maxBytes),
    ...filled("max_failures", form.maxFailures),
    ...(form.token.trim() === "" ? {} : { client_token: form.token.trim() }),
  };
}

/** A body as it is sent. @param token counts only if the form has none of its own */
export function withToken(body: RequestBody, token: string): RequestBody {
  return { client_token: token, ...body };
}

const WORD_ENDS = /[\s,，]+/;

function invalidateOf({ invalidatePaths, invalidateTags }: Form): Pick<RequestBody, "invalidate"> {
  const paths = wordsOf(invalidatePaths, "\n");
  const tags = wordsOf(invalidateTags, WORD_ENDS);
  if (paths.length + tags.length === 0) return {};
  return { invalidate: { ...(paths.length > 0 ? { paths } : {}), ...(tags.length > 0 ? { tags } : {}) } };
}

function wordsOf(typed: string, separator: string | RegExp): string[] {
  return typed.split(separator).flatMap((word) => word.trim() || []);
}

function sourceOf({ type, address, base, originPath, since, hosts: typed }: SourceRow): Source | undefined {
  const place = address.trim();
  if (place === "") return undefined;
  const hosts = wordsOf(typed, WORD_ENDS);
  return {
    type,
    ...(/^s3:/i.test(place) ? { s3: place } : { url: place }),
    ...(base.trim() === "" ? {} : { base: base.trim() }),
    ...(originPath.trim() === "" ? {} : { origin_path: originPath.trim() }),
    ...(since.trim() === "" ? {} : { since: since.trim() }),
    ...(hosts.length > 0 ? { hosts } : {}),
  };
}

function filled<N extends string>(name: N, typed: string): { [K in N]?: number | string } {
  const one: { [K in N]?: number | string } = {};
  if (typed.trim() !== "") one[name] = numberOf(typed);
  return one;
}

/** What is no number goes as it was typed: the API says what is wrong with it. */
function numberOf(typed: string): number | string {
  const text = typed.trim();
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? text : value;
}
