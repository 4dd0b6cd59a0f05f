// `npm run gen WHAT`: makes what is kept in the repository, though a program writes it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fillParts, GENERATED_FILES } from "../release/generated-parts.ts";
import { WORLD_FILE, worldText } from "../release/map.ts";
import { isMain, ROOT } from "../root.ts";
import { GENERATED_PARTS } from "./document-parts.ts";

export const GENERATORS = { docs: writeDocuments, map: writeMap, pictures: takePictures };

if (isMain(import.meta.url)) {
  const [, make] = Object.entries(GENERATORS).find(([name]) => name === process.argv[2]) ?? [];
  if (make === undefined) {
    console.error(`Usage: npm run gen NAME; there are ${Object.keys(GENERATORS).join(", ")}`);
    process.exitCode = 2;
  } else await make();
}

/** Writes the documents that are made whole from the code, and into the others what they have from it. */
function writeDocuments(): void {
  for (const [name, make] of GENERATED_FILES) writeFileSync(ROOT + name, make());
  const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
  for (const name of ["README.md", ...inDocs].filter((file) => file.endsWith(".md"))) {
    const { text, stale } = fillParts(readFileSync(ROOT + name, "utf8"), GENERATED_PARTS);
    if (stale.length === 0) continue;
    writeFileSync(ROOT + name, text);
    console.log(`${name}: ${stale.join(", ")}`);
  }
}

function writeMap(): void {
  writeFileSync(WORLD_FILE, worldText());
  console.log("console/map/world.ts is written.");
}

/** In this process: a signal reaches Playwright as if it had been started itself. */
async function takePictures(): Promise<void> {
  const config = ["--config", "test/browser/pictures/playwright.config.ts"];
  process.argv.splice(2, 1, "test", ...config);
  await import(`${ROOT}node_modules/@playwright/test/cli.js`);
}
