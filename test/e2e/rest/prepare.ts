// vitest runs this once before the tests of this folder: it builds the cloud assemblies that some of them deploy with cdk.
import { ROOT } from "../../../tools/local/paths.ts";
import { run } from "../../../tools/local/processes.ts";
import { cached } from "../../../tools/local/source-cache.ts";

const SYNTH = [`${ROOT}node_modules/aws-cdk/bin/cdk`, "synth", "--quiet", "--no-notices"];

/** The stacks, and what chooses each. */
const STACKS = { PrewarmStack: [], PrewarmExistingVpcStack: ["-c", "existingVpc=true"] };

export async function setup() {
  process.env["PREWARM_ASSEMBLY"] = await cached("assemblies", async (folder) => {
    for (const [stack, choice] of Object.entries(STACKS))
      await run(process.execPath, [...SYNTH, ...choice, `--output=${folder}/${stack}`]);
  });
}
