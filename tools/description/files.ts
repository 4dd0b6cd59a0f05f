import { openApiText } from "./openapi.ts";

/** Files below docs/ that are made as a whole, and what makes their text. */
export const DESCRIPTION_FILES: ReadonlyMap<string, () => string> = new Map([["openapi.json", openApiText]]);
