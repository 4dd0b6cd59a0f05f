// The parts of the documents that are made from the code: what is committed is what would be made now.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { GENERATED_PARTS } from "../../../tools/document-parts.ts";
import { fillParts } from "../../../tools/release/generated-parts.ts";
import { stackTemplates } from "../../../tools/release/stack-template.ts";
import { ROOT } from "../../lib/synth.ts";

const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
const documents = ["README.md", ...inDocs]
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(ROOT + name, "utf8"));

// Some parts are made from the templates, which take seconds.
beforeAll(() => void stackTemplates(), 60_000);

test.each([...GENERATED_PARTS.keys()])("the part %s is up to date", (name) => {
  const document = documents.find((text) => text.includes(`<!-- generated: ${name} -->`));
  if (document === undefined) throw new Error(`no document has the part '${name}'`);
  const { stale } = fillParts(document, GENERATED_PARTS);
  expect(stale, "run npm run gen docs").not.toContain(name);
});

test("every part of a document is made", () => {
  for (const document of documents) expect(() => fillParts(document, GENERATED_PARTS)).not.toThrow();
});
