/** What a field of a row may be. */
export type CsvValue = string | number | boolean | null | undefined;

/**
 * Where a cell may begin for a spreadsheet: at the beginning of a field, and in a field behind a character that separates cells or
 * rows. In half of Europe `;` separates cells, and a quote in the middle of a cell protects nothing.
 */
const CELL_START = String.raw`(?<=^|[;\t\r\n\v\f\u0085\u2028\u2029])`;

/**
 * What spreadsheets take for the beginning of a formula, with the blanks and quotes before it that they skip:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = String.raw`[ "']*[=+\-@\t\r\n\v\f\u0085\u2028\u2029\uFF1D\uFF0B\uFF0D\uFF20]`;

const TO_ESCAPE = new RegExp(`${CELL_START}(?=${FORMULA})`, "g");
const ESCAPED = new RegExp(`${CELL_START}'(?=${FORMULA})`, "g");
const NEEDS_QUOTES = /[",;\t\r\n]/;
/** Most fields match this and are written as they are. */
const PLAIN = /^[\w./:][^",;\t\r\n\v\f\u0085\u2028\u2029]*$/;

/**
 * A row of a CSV file, with its line break. No spreadsheet evaluates a part of a text as a formula: a `'` is put
 * before such a part. {@link textOfField} takes it away. By hand: there may be millions of rows, and csv-stringify takes several
 * times as long for each.
 */
export function csvRow(values: readonly CsvValue[]): string {
  let row = "";
  let comma = "";
  for (const value of values) {
    row += comma;
    comma = ",";
    if (typeof value === "string") row += fieldOf(value);
    else if (value !== undefined && value !== null) row += value;
  }
  return `${row}\n`;
}

/** The text that was written as a field. @param field as a reader of CSV has it, without the quotes around it */
export function textOfField(field: string): string {
  return field.includes("'") ? field.replace(ESCAPED, "") : field;
}

function fieldOf(text: string): string {
  if (PLAIN.test(text)) return text;
  const safe = text.replace(TO_ESCAPE, "'");
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
