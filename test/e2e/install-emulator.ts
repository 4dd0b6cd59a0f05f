// What vitest does once before the end-to-end tests, and not each file again.
import { findEmulator } from "../../tools/local/find-emulator.ts";
import { LOCAL, ROOT } from "../../tools/local/paths.ts";
import { run } from "../../tools/local/processes.ts";

export async function setup(): Promise<void> {
  await findEmulator(console.log);
  // Bundles and templates are the same for all: each file deploys them.
  const assembly = `${LOCAL}e2e.out`;
  await run(process.execPath, [
    `${ROOT}node_modules/aws-cdk/bin/cdk`,
    "synth",
    "--quiet",
    "--no-notices",
    `--output=${assembly}`,
  ]);
  process.env["PREWARM_ASSEMBLY"] = assembly;
}
