import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "../local/paths.ts";
import { fillParts } from "./fill-parts.ts";
import { GENERATED_PARTS } from "./generated-parts.ts";

// `npm run docs`: writes into the documents what they have from the code.
for (const name of readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".md"),
)) {
  const path = `${ROOT}docs/${name}`;
  const { text, stale } = fillParts(readFileSync(path, "utf8"), GENERATED_PARTS);
  if (stale.length === 0) continue;
  writeFileSync(path, text);
  console.log(`docs/${name}: ${stale.join(", ")}`);
}
