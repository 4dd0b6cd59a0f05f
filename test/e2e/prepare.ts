// vitest runs this once before the end-to-end tests: it installs the emulator, and builds the bundles and templates that they launch.
import { findEmulator } from "../../tools/local/find-emulator.ts";
import { ROOT } from "../../tools/local/paths.ts";
import { run } from "../../tools/local/processes.ts";
import { cached } from "../../tools/local/source-cache.ts";
import { BUCKET } from "./launch-by-url.ts";

const WRITE_PUBLISHED = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/release/published-files.ts`, BUCKET];

export async function setup() {
  await Promise.all([findEmulator(console.log), buildPublished()]);
}

/** Builds the bundles and templates that are published, and names their folder in PREWARM_PUBLISHED. */
export async function buildPublished() {
  // CDK's check of the templates takes a third of the time. `cdk synth` makes it: see rest/prepare.ts.
  const env = { ...process.env, CDK_VALIDATION: "false" };
  const write = (folder: string) => run(process.execPath, [...WRITE_PUBLISHED, folder], env);
  process.env["PREWARM_PUBLISHED"] = await cached("published", write);
}
