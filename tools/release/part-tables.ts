import type { Language } from "../../domain/format.ts";
import * as limits from "../../domain/limits.ts";
import { REFUSED_HEADERS } from "../../domain/net/headers.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { REGION_DEFAULTS } from "../../domain/pops/regions.ts";
import { knownNames } from "../../domain/pops/select.ts";
import { reasonText } from "../../domain/readiness/reasons.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import { prewarmBodySchema } from "../../domain/validation/bodies.ts";
import { table } from "../markdown-table.ts";

// The tables of the documents that there are in more than one language. Each takes its heads and, where the code has the words in English
// alone, what turns them into the document's language.

const { timeout, instance_count } = prewarmBodySchema.shape;

const LIMITS = [
  ["different URLs in `url_list`", 1, limits.MAX_URLS],
  ["characters of a URL", null, limits.MAX_URL_LENGTH],
  ["different hosts of the URLs, without `cf_domain`", null, limits.MAX_HOSTS],
  ["different names in each of `pops`, `countries`, `regions`", null, limits.MAX_NAMES],
  ["variants", 1, limits.MAX_VARIANTS],
  ["characters of a variant's name", 1, limits.MAX_VARIANT_NAME_LENGTH],
  ["URLs times variants", null, limits.MAX_URLS],
  ["lines of each `header`", null, limits.MAX_HEADERS],
  ["characters of a line of a `header`", null, limits.MAX_HEADER_LENGTH],
  ["bytes of all lines together, those of the variants with them", null, limits.MAX_HEADER_BYTES],
  ["`timeout`, minutes", timeout.minValue, limits.MAX_TIMEOUT_MINUTES],
  ["`instance_count` and `DesiredCapacity`", instance_count.minValue, limits.MAX_INSTANCES],
] as const satisfies readonly (readonly [what: string, least: number | null, most: number])[];

/** What a request has bounds of, in English. */
export type Limit = (typeof LIMITS)[number][0];

export function limitsTable(heads: readonly string[], say: (what: Limit) => string): string {
  const readable = (bound: number | null) => bound?.toLocaleString("en-US") ?? "";
  return table(
    heads,
    LIMITS.map(([what, least, most]) => [say(what), readable(least), readable(most)]),
  );
}

export function regionsTable(heads: readonly string[]): string {
  return table(
    heads,
    Object.entries(REGION_DEFAULTS).map(([region, pops]) => [code(region), pops.join(", ")]),
  );
}

export function countriesList(): string {
  return wrap(knownNames("country").map((name) => `${code(name)} (${countryCode(name)})`));
}

/** Why headers are refused, in English. */
export type WhyRefused = (typeof REFUSED_HEADERS)[number]["because"];

export function refusedTable(heads: readonly string[], say: (because: WhyRefused) => string): string {
  return table(
    heads,
    REFUSED_HEADERS.map(({ names, because }) => [names.map(code).join(", "), say(because)]),
  );
}

export function columnsTable<Name extends string>(
  heads: readonly string[],
  columns: readonly { readonly name: Name; readonly meaning: string }[],
): string {
  return table(
    heads,
    columns.map(({ name, meaning }) => [code(name), meaning]),
  );
}

export function reasonsTable(heads: readonly string[], language: Language): string {
  return table(
    heads,
    failureReasons.map((reason) => {
      const { means, viewers, next } = reasonText(reason, language);
      return [code(reason), means, viewers, next];
    }),
  );
}

export function meaningsTable(heads: readonly string[], words: Readonly<Record<string, string>>): string {
  return table(
    heads,
    Object.entries(words).map(([word, meaning]) => [code(word), meaning]),
  );
}

export function code(text: string): string {
  return `\`${text}\``;
}

const LINE_WIDTH = 120;

/** A list in lines of at most 120 characters, broken behind commas. */
function wrap(items: readonly string[]): string {
  const lines = [""];
  items.forEach((item, i) => {
    const text = i < items.length - 1 ? `${item},` : item;
    const line = `${lines.at(-1)} ${text}`.trimStart();
    if (line.length <= LINE_WIDTH) lines[lines.length - 1] = line;
    else lines.push(text);
  });
  return lines.join("\n");
}
