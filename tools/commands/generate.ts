// `npm run gen docs`, `npm run gen map`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fillParts } from "../release/generated-parts.ts";
import { WORLD_FILE, worldText } from "../release/map.ts";
import { openApiText } from "../release/openapi.ts";
import { ROOT } from "../root.ts";
import { GENERATED_PARTS } from "./document-parts.ts";

if (process.argv[2] === "map") {
  writeFileSync(WORLD_FILE, worldText());
  console.log("console/map/world.ts is written.");
} else {
  writeDocuments();
}

/** Writes into the documents what they have from the code, and the description of the API beside them. */
function writeDocuments(): void {
  const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
  for (const name of ["README.md", ...inDocs].filter((file) => file.endsWith(".md"))) {
    const { text, stale } = fillParts(readFileSync(ROOT + name, "utf8"), GENERATED_PARTS);
    if (stale.length === 0) continue;
    writeFileSync(ROOT + name, text);
    console.log(`${name}: ${stale.join(", ")}`);
  }
  writeFileSync(`${ROOT}docs/openapi.json`, openApiText());
}
