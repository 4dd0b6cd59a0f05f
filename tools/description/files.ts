import { openApiText } from "./openapi.ts";
import { collectionText, environmentText } from "./postman.ts";

/** Files below docs/ that are made as a whole, and what makes their text. */
export const DESCRIPTION_FILES: ReadonlyMap<string, () => string> = new Map([
  ["openapi.json", openApiText],
  ["postman/prewarm.postman_collection.json", collectionText],
  ["postman/prewarm.postman_environment.json", environmentText],
]);
