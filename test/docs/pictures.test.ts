// Pictures in the documents are there, are small, and say in words what they show. `npm run gen pictures` takes those of the console and
// the terminal anew.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pictures } from "./markdown.ts";
import { PATHS, ROOT, read } from "./read-documents.ts";

const PICTURES = join(ROOT, "docs/pictures");
/** They are in every clone of the repository. */
const MAX_BYTES = 250_000;

const SHOWN = [...PATHS, "cli/README.md"].flatMap((document) =>
  pictures(read(document))
    .filter(({ target }) => !/^https?:/.test(target))
    .map((it) => ({ ...it, document, path: join(ROOT, dirname(document), it.target) })),
);

/** What is wrong with a picture as a document shows it. */
function faultsOf({ path, alt }: { readonly path: string; readonly alt?: string }) {
  if (!existsSync(path)) return ["it is not there"];
  return [
    ...(statSync(path).size > MAX_BYTES ? [`it has more than ${MAX_BYTES} bytes`] : []),
    ...(alt !== undefined && alt.trim().length < 10 ? ["no words say what it shows"] : []),
  ];
}

test("documents show pictures", () => expect(SHOWN.length).toBeGreaterThan(5));

test.each(SHOWN)("$document shows $target", (shown) => expect(faultsOf(shown)).toEqual([]));

test("every picture is shown somewhere", () => {
  const all = readdirSync(PICTURES, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  expect(all.sort()).toEqual([...new Set(SHOWN.map(({ path }) => relative(PICTURES, path)))].sort());
});

describe("a picture with faults is found out", () => {
  test("if it is not there, too large, or without words", () => {
    expect(faultsOf({ path: join(ROOT, "none.png"), alt: "What it shows" })).toEqual(["it is not there"]);
    // No picture, but large, and surely there.
    expect(faultsOf({ path: process.execPath, alt: " " })).toHaveLength(2);
  });
});
