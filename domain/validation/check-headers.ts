import type * as z from "zod";
import { firstOf } from "../collections.ts";
import { MAX_HEADER_BYTES, MAX_VARIANT_NAME_LENGTH } from "../limits.ts";
import {
  acceptedEncodings,
  type Header,
  headersToSend,
  ownHeaders,
  parseHeader,
  secretHeaders,
} from "../net/headers.ts";
import { isUnencrypted } from "../net/urls.ts";
import { headerOf, type Variant, variantNames } from "../request/options.ts";
import { quoted } from "./api-error.ts";

const NAME = new RegExp(`^[A-Za-z0-9._-]{1,${MAX_VARIANT_NAME_LENGTH}}$`);

/** The name of a variant. A pattern of the schema would stand in the description. */
export function checkVariantName(name: string, context: z.RefinementCtx): void {
  if (!NAME.test(name))
    context.addIssue(`${quoted(name)} must have 1 to ${MAX_VARIANT_NAME_LENGTH} letters, digits, '.', '_' or '-'`);
}

/** A line of a `header`. */
export function checkHeaderLine(line: string, context: z.RefinementCtx): void {
  const parsed = parseHeader(line);
  if ("problem" in parsed) context.addIssue(`${quoted(line)} ${parsed.problem}`);
}

/** What is wrong with the headers of a request together with those of its variants. Each message of the queue has all of them. */
export function checkHeaders(header: readonly string[], variants: readonly Variant[]): string[] {
  const problems: string[] = [];
  const common = new Set(ownHeaders(header).map(([name]) => name));
  const sent = variants.map((variant) => signature(headersToSend([...header, ...variant.header])));
  for (const [i, { name, header: own }] of variants.entries()) {
    const field = `variants[${i}]`;
    const same = variants.findIndex((other) => other.name === name);
    if (same < i) problems.push(`${field}.name: ${quoted(name)} is also the name of variants[${same}]`);
    const twin = sent.indexOf(sent[i] ?? "");
    if (twin < i)
      problems.push(`${field}.header: sends the same headers as variants[${twin}], so it would warm the same object`);
    for (const both of new Set(ownHeaders(own).flatMap(([it]) => (common.has(it) ? [it] : []))))
      problems.push(`${field}.header: ${both} is also in header and would be sent twice; remove it from header`);
  }
  const lines = [...header, ...variants.flatMap((variant) => variant.header)];
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  const field = variants.length === 0 ? "header" : "header and variants";
  if (bytes > MAX_HEADER_BYTES)
    problems.push(`${field}: has ${bytes} bytes in total; the limit is ${MAX_HEADER_BYTES}`);
  return problems;
}

/** A warning if headers that may be secret go to http URLs. */
export function unencryptedHeaderWarnings(
  header: readonly string[],
  variants: readonly Variant[],
  urls: readonly string[],
): string[] {
  const names = secretHeaders(header, variants);
  const count = urls.filter(isUnencrypted).length;
  if (names.length === 0 || count === 0) return [];
  return [
    `header: ${firstOf(names)} would be sent without encryption to ${count} http:// URLs of url_list. Use https:// URLs`,
  ];
}

/** Equal for equal headers, in any order. */
function signature(headers: readonly Header[]): string {
  return headers
    .map(([name, value]) => `${name}:${value}`)
    .toSorted()
    .join("\n");
}

/**
 * Checks the order of variants. CloudFront serves the form of a compressed object that it cached first to every client that accepts
 * it, so a variant that accepts fewer encodings must come after one that accepts more.
 * @returns warnings, one for each variant that comes too late
 */
export function variantOrderWarnings(header: readonly string[], variants: readonly Variant[]): string[] {
  const forms = variants.map(({ name, header: own }) => {
    const headers = headersToSend([...header, ...own]);
    const rest = signature(headers.filter(([it]) => it !== "accept-encoding"));
    return { name: quoted(name), accepts: acceptedEncodings(headers), rest };
  });
  return forms.flatMap(({ name, accepts, rest }, i) => {
    // The cached form of the earlier variant satisfies the later one, but is not the form that the later one prefers.
    const earlier = forms.slice(0, i).find(({ rest: its, accepts: [left] }) => {
      return its === rest && left !== accepts[0] && (left === undefined || accepts.includes(left));
    });
    if (earlier === undefined) return [];
    const left = earlier.accepts[0] === undefined ? "the uncompressed form" : `the ${earlier.accepts[0]} form`;
    return [
      `variants: put ${name} before ${earlier.name}. Otherwise ${earlier.name} stores ${left} in the cache, and CloudFront may serve it for ` +
        `${name} too`,
    ];
  });
}

/** The forms that the tasks of a request ask for, as CloudFront normalises their Accept-Encoding: `br,gzip`, `gzip`, `br` or `identity`. */
export function acceptEncodingsOf(request: Parameters<typeof headerOf>[0]): string[] {
  const forms = variantNames(request.variants).map((name) => acceptedEncodings(headersToSend(headerOf(request, name))));
  return [...new Set(forms.map((form) => form.join() || "identity"))];
}
