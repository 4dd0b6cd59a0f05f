import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";
import { BANNER, MAIN_FIELDS, TARGET } from "../../lib/bundling.ts";
import { LOCAL } from "./paths.ts";

export const BUILT = `${LOCAL}built/`;

/** What all bundles here have in common with those that are deployed. */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: TARGET,
  mainFields: MAIN_FIELDS,
  banner: { js: BANNER },
  logLevel: "warning",
} satisfies BuildOptions;

/**
 * Bundles a program that runs in a process of its own, as the agent is bundled. Run by tsx, what tsx adds to functions would be measured,
 * too.
 * @param source its file: `new URL("workers/link.ts", import.meta.url)`
 * @returns the bundle
 */
export function bundleWorker(source: URL): string {
  const entry = fileURLToPath(source);
  const outfile = `${BUILT}${entry
    .replace(/^.*[/]tools[/]/, "")
    .replaceAll("/", "-")
    .replace(/[.]ts$/, "")}.mjs`;
  buildSync({ ...bundleOptions, entryPoints: [entry], outfile, minifySyntax: true });
  return outfile;
}
