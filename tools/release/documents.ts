import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DESCRIPTION_FILES } from "../description/files.ts";
import { ROOT } from "../local/paths.ts";
import { fillParts } from "./fill-parts.ts";
import { GENERATED_PARTS } from "./generated-parts.ts";

// `npm run gen docs`: writes into the documents what they have from the code, and the description of the API beside them.
const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
for (const name of ["README.md", ...inDocs].filter((file) => file.endsWith(".md"))) {
  const { text, stale } = fillParts(readFileSync(ROOT + name, "utf8"), GENERATED_PARTS);
  if (stale.length === 0) continue;
  writeFileSync(ROOT + name, text);
  console.log(`${name}: ${stale.join(", ")}`);
}
for (const [name, make] of DESCRIPTION_FILES) {
  mkdirSync(dirname(`${ROOT}docs/${name}`), { recursive: true });
  writeFileSync(`${ROOT}docs/${name}`, make());
}
