import { MAX_HEADER_BYTES, MAX_VARIANT_NAME_LENGTH } from "../limits.ts";
import { acceptedEncodings, type Encoding, type Header, parseHeader, parseHeaders } from "../net/headers.ts";
import type { Variant } from "../request/options.ts";
import { abbreviate } from "./api-error.ts";

const NAME = new RegExp(`^[A-Za-z0-9._-]{1,${MAX_VARIANT_NAME_LENGTH}}$`);

/** What is wrong with what a request's tasks are to send. Each message carries all of it. */
export function checkHeaders(header: readonly string[], variants: readonly Variant[]): string[] {
  const problems = checkLines("header", header);
  variants.forEach((variant, i) => {
    problems.push(...checkVariant(`variants[${i}]`, variant, header, variants.slice(0, i)));
  });
  const lines = [...header, ...variants.flatMap((variant) => variant.header)];
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  const field = variants.length === 0 ? "header" : "header and variants";
  if (bytes > MAX_HEADER_BYTES) problems.push(`${field}: ${bytes} bytes together; at most ${MAX_HEADER_BYTES}`);
  return problems;
}

function checkVariant(
  field: string,
  { name, header }: Variant,
  common: readonly string[],
  before: readonly Variant[],
): string[] {
  const problems = checkLines(`${field}.header`, header);
  if (!NAME.test(name)) {
    problems.push(
      `${field}.name: '${abbreviate(name)}' must have 1 to ${MAX_VARIANT_NAME_LENGTH} letters, digits, '.', '_' or '-'`,
    );
  }
  const same = before.findIndex((other) => other.name === name);
  if (same >= 0) problems.push(`${field}.name: '${abbreviate(name)}' is the name of variants[${same}] too`);
  const sent = signature(header);
  const twin = before.findIndex((other) => signature(other.header) === sent);
  if (twin >= 0) problems.push(`${field}.header: sends the same as variants[${twin}], so it would be the same object`);
  const names = new Set(common.map(nameOf));
  for (const both of new Set(header.map(nameOf).filter((it) => it !== "" && names.has(it)))) {
    problems.push(`${field}.header: ${both} is in header too, and would be sent twice; name it in the variants alone`);
  }
  return problems;
}

function checkLines(field: string, lines: readonly string[]): string[] {
  return lines.flatMap((line, i) => {
    const parsed = parseHeader(line);
    return "problem" in parsed ? [`${field}[${i}]: '${abbreviate(line)}' ${parsed.problem}`] : [];
  });
}

/** Equal for headers that say the same. */
function signature(lines: readonly string[]): string {
  const parsed = lines.map(parseHeader).flatMap((it) => ("problem" in it ? [] : [`${it.name}:${it.value}`]));
  return parsed.toSorted().join("\n");
}

function nameOf(line: string): string {
  const parsed = parseHeader(line);
  return "problem" in parsed ? "" : parsed.name;
}

/** A variant, as the cache sees it. */
interface Form {
  readonly name: string;
  readonly accepts: readonly Encoding[];
  /** Of all its other headers. */
  readonly rest: string;
}

/**
 * What of the order of variants is likely not meant. Of an object that CloudFront compresses, the form that came first is served
 * to all who accept it: so a variant that accepts less is to come after one that accepts more.
 * @returns warnings, one for each variant that comes too late
 */
export function doubtfulOrder(header: readonly string[], variants: readonly Variant[]): string[] {
  const forms = variants.map((variant) => formOf(header, variant));
  return forms.flatMap((form, i) => {
    const earlier = forms.slice(0, i).find((it) => it.rest === form.rest && spoils(it, form));
    if (earlier === undefined) return [];
    const left = earlier.accepts[0] === undefined ? "the form without compression" : `the ${earlier.accepts[0]} form`;
    return [
      `variants: '${abbreviate(form.name)}' comes after '${abbreviate(earlier.name)}', which leaves ${left} in the cache, and that ` +
        `may be served to both; put '${abbreviate(form.name)}' first`,
    ];
  });
}

/** Whether what the earlier one leaves is good enough for the later one, and is not what that asks for first. */
function spoils(earlier: Form, later: Form): boolean {
  const [left] = earlier.accepts;
  const [wanted] = later.accepts;
  return left !== wanted && (left === undefined || later.accepts.includes(left));
}

function formOf(header: readonly string[], variant: Variant): Form {
  const headers = parseHeaders([...header, ...variant.header]);
  const rest = headers.filter(([name]) => name !== "accept-encoding").map(lineOf);
  return { name: variant.name, accepts: acceptedEncodings(headers), rest: rest.toSorted().join("\n") };
}

function lineOf([name, value]: Header): string {
  return `${name}: ${value}`;
}
