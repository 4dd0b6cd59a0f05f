import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csvRow, textOfField } from "../../domain/csv.ts";
import { fuzz } from "../fuzz.ts";

const FORMULA = /^[=+\-@\t\r\n\v\f\u0085\u2028\u2029\uFF1D\uFF0B\uFF0D\uFF20]/;

/** The cells of a line for a spreadsheet that separates them so. A quote counts at the beginning of a cell alone. */
function cellsOf(csv: string, separator: string): string[] {
  const quoted = `"(?:[^"]|"")*"[^${separator}\n\r]*`;
  const cell = new RegExp(`(?:^|[${separator}\n\r])((?:${quoted})|[^${separator}\n\r]*)`, "g");
  return [...csv.matchAll(cell)].map(([, raw = ""]) =>
    raw.startsWith('"')
      ? raw.replace(/^"((?:[^"]|"")*)"(.*)$/s, (_, inside: string, rest: string) => inside.replaceAll('""', '"') + rest)
      : raw,
  );
}

/** Texts of the characters that decide. */
const tricky = fc
  .array(fc.constantFrom("=", "-", "@", "＝", ";", "\t", "\r", "\n", '"', "'", ",", " ", "a", "\u2028"), {
    maxLength: 9,
  })
  .map((parts) => parts.join(""));

it.each([
  ["=1", `'=1\n`],
  ["a;=cmd|' /C calc'!A1", `"a;'=cmd|' /C calc'!A1"\n`],
  ["a; =1;b;-2", `"a;' =1;b;'-2"\n`],
  ['a;"=1', `"a;'""=1"\n`],
  ["a\t=1", `"a\t'=1"\n`],
  ["a\r=1\n@2", `"a\r'=1\n'@2"\n`],
  ["https://a.example/x;v=1?b=-2,=3", `"https://a.example/x;v=1?b=-2,=3"\n`],
  ["https://a.example/?q=a;b", `"https://a.example/?q=a;b"\n`],
  ["'=1", `''=1\n`],
  ["'quoted' word", `'quoted' word\n`],
])("a row of CSV has %j as %j", (text, row) => expect(csvRow([text])).toBe(row));

it("a row of CSV has numbers as they are, also negative ones, and nothing for what is absent", () =>
  expect(csvRow(["a", -1, null, undefined, true, ""])).toBe("a,-1,,,true,\n"));

it("a row of CSV comes back as it went, whatever is in it", () => {
  const fields = fc.array(fc.oneof(tricky, fc.string(), fc.webUrl()), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fields, (texts) => {
      const [row = []] = parse(csvRow(texts)) as string[][];
      expect(row.map(textOfField)).toEqual(texts);
    }),
    fuzz(2_000),
  );
});

it.each([",", ";", "\t"])("a row of CSV has no formula in it where %j separates cells", (separator) => {
  fc.assert(
    fc.property(fc.array(tricky, { minLength: 1, maxLength: 3 }), (texts) => {
      for (const cell of cellsOf(csvRow(["SIN2-P1", ...texts]).slice(0, -1), separator)) {
        if (cell !== "" && !/^[\r\n]/.test(cell)) expect(cell).not.toMatch(FORMULA);
      }
    }),
    fuzz(2_000),
  );
});
