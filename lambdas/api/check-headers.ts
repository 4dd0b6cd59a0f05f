import { parseHeader } from "../../domain/net/headers.ts";
import { MAX_HEADER_BYTES, MAX_VARIANT_NAME_LENGTH } from "../../domain/request/limits.ts";
import type { Variant } from "../../domain/request/variants.ts";
import { abbreviate } from "./abbreviate.ts";

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
