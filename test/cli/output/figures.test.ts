import { bytes, bytesOf, dollars } from "../../../cli/output/figures.ts";
import { wantsColour } from "../../../cli/output/paint.ts";
import { table } from "../../../cli/output/table.ts";
import { wrapped } from "../../../cli/output/wrapped.ts";

test("lines end between words, and keep what they are indented by; a long word is left whole", () => {
  expect(wrapped("  --stack NAME   a deployed stack", 22)).toEqual(["  --stack NAME   a", "  deployed stack"]);
  expect(wrapped("see https://www.example.com/a/b for all", 12, "  ")).toEqual([
    ...["  see", "  https://www.example.com/a/b", "  for all"],
  ]);
  expect(wrapped("as it is, however long", undefined)).toEqual(["as it is, however long"]);
});

test("bytes have three digits, and a part has the unit of the whole", () => {
  expect([0, 999, 1_000, 40_000_000, 999_600, 1_910_000_000_000, 12_345_678].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "40 MB",
    "1.00 MB",
    "1.91 TB",
    "12.3 MB",
  ]);
  expect(bytesOf(850_000_000, 3_060_000_000_000)).toBe("0.00 of 3.06 TB");
  expect(bytesOf(1_910_000_000_000, 3_060_000_000_000, "/")).toBe("1.91/3.06 TB");
});

test("dollars have no cents above ten", () => {
  expect([0, 0.001, 3.456, 12.7].map(dollars)).toEqual(["$0.00", "less than $0.01", "$3.46", "$13"]);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ TERM: "dumb" }, true, false],
])("colours with %o on a terminal (%s): %s", (env, isTTY, expected) => expect(wantsColour(env, isTTY)).toBe(expected));

test("a table cuts the column that gives, and cannot be broken by its cells", () => {
  const columns = [{ head: "ID" }, { head: "URL", gives: true }, { head: "N", align: "right" }] as const;
  const rows = [
    ["a", "https://www.example.com/long/path", "1"],
    ["b\u001b[31m\n", "x", "22"],
  ];
  expect(table(columns, rows, { width: 30, paint: (_, text) => text })).toMatchInlineSnapshot(`
    [
      "ID       URL                 N",
      "a        https://www.exam…   1",
      "b·[31m   x                  22",
    ]
  `);
});
