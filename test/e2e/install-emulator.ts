// What vitest does once before the end-to-end tests, and not each file again.
import { findEmulator } from "../../tools/local/find-emulator.ts";
import { LOCAL, ROOT } from "../../tools/local/paths.ts";
import { run } from "../../tools/local/processes.ts";
import { BUCKET } from "./launch-by-url.ts";

export async function setup(): Promise<void> {
  await findEmulator(console.log);
  // Bundles and templates are the same for all. Most files launch what is published, the others deploy the assembly.
  const assembly = `${LOCAL}e2e.out`;
  const published = `${LOCAL}e2e.published`;
  const cdk = [`${ROOT}node_modules/aws-cdk/bin/cdk`, "synth", "--quiet", "--no-notices", `--output=${assembly}`];
  const publish = [
    `${ROOT}node_modules/tsx/dist/cli.mjs`,
    `${ROOT}tools/release/write-published.ts`,
    BUCKET,
    published,
  ];
  await Promise.all([run(process.execPath, cdk), run(process.execPath, publish)]);
  process.env["PREWARM_ASSEMBLY"] = assembly;
  process.env["PREWARM_PUBLISHED"] = published;
}
