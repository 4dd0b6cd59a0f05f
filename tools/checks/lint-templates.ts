import { readdirSync } from "node:fs";
import { join } from "node:path";
import { LOCAL, ROOT } from "../local/paths.ts";
import { CommandError, run } from "../local/processes.ts";
import { venv } from "../local/venv.ts";

// `npm run test:rest templates`: both templates, and that of the documents' snippets, against cfn-lint, which is installed from
// PyPI below .local/ when it is not there.
/** W3005 is about a DependsOn that is not needed: CDK writes one for a function's role, to which it also refers. */
const IGNORED = ["W3005"];
const CDK = `${ROOT}node_modules/aws-cdk/bin/cdk`;

/** CloudFormation refuses a template with a resource type that the Region lacks, also where a condition leaves it out. */
const EVERYWHERE = "ALL_REGIONS";

/** Where an app's templates are put, the Regions that must accept them, and what cdk is told to find it. */
const APPS: readonly [folder: string, regions: string, options: readonly string[]][] = [
  ["cfn-lint-new-vpc", EVERYWHERE, []],
  ["cfn-lint-existing-vpc", EVERYWHERE, ["-c", "existingVpc=true"]],
  // Some of the services that the documents' examples use are not in every Region.
  ["cfn-lint-snippets", "us-east-1", ["--app", "tsx tools/release/snippets.ts"]],
];

try {
  const folder = await venv("cfn-lint", "tools/checks/requirements.txt", console.log);
  for (const [out, regions, options] of APPS) {
    const to = `${LOCAL}${out}`;
    await run(process.execPath, [CDK, "synth", "--quiet", ...options, "--output", to], process.env, ROOT);
    const templates = readdirSync(to).filter((name) => name.endsWith(".template.json"));
    const files = templates.map((name) => join(to, name));
    await run(`${folder}/bin/cfn-lint`, ["--regions", regions, "--ignore-checks", ...IGNORED, "--", ...files]);
    console.log(`cfn-lint: no findings in ${templates.join(" and ")}`);
  }
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
