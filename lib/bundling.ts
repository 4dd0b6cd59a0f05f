/** The oldest Node that must run a bundle: developers may have it. AWS runs Node 24. */
export const TARGET = "node20";
/** ES modules first: of those, esbuild can leave out what a bundle does not use. */
export const MAIN_FIELDS = ["module", "main"];
/** CommonJS parts of a bundle call `require`, which an ES module does not have. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
