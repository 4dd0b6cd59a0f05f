// vitest runs this once before the tests of this folder: it builds the cloud assembly that some of them deploy with cdk.
import { ROOT } from "../../../tools/local/paths.ts";
import { run } from "../../../tools/local/processes.ts";
import { cached } from "../../../tools/local/source-cache.ts";

const SYNTH = [`${ROOT}node_modules/aws-cdk/bin/cdk`, "synth", "--quiet", "--no-notices"];

export async function setup() {
  const synth = (folder: string) => run(process.execPath, [...SYNTH, `--output=${folder}`]);
  process.env["PREWARM_ASSEMBLY"] = await cached("assembly", synth);
}
