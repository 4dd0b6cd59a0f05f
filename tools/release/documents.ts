import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DESCRIPTION_FILES } from "../description/files.ts";
import { ROOT } from "../local/paths.ts";
import { fillParts } from "./fill-parts.ts";
import { GENERATED_PARTS } from "./generated-parts.ts";

// `npm run docs`: writes into the documents what they have from the code, and the description of the API beside them.
for (const name of readdirSync(`${ROOT}docs`).filter((file) => file.endsWith(".md"))) {
  const path = `${ROOT}docs/${name}`;
  const { text, stale } = fillParts(readFileSync(path, "utf8"), GENERATED_PARTS);
  if (stale.length === 0) continue;
  writeFileSync(path, text);
  console.log(`docs/${name}: ${stale.join(", ")}`);
}
for (const [name, make] of DESCRIPTION_FILES) {
  mkdirSync(dirname(`${ROOT}docs/${name}`), { recursive: true });
  writeFileSync(`${ROOT}docs/${name}`, make());
}
