import { readdirSync } from "node:fs";
import { join } from "node:path";
import { LOCAL, ROOT } from "../local/paths.ts";
import { CommandError, run } from "../local/processes.ts";
import { venv } from "../local/venv.ts";

// `npm run test:rest templates`: both templates, and that of the documents' snippets, against cfn-lint, which is installed from
// PyPI below .local/ when it is not there.
/** W3005 is about a DependsOn that is not needed: CDK writes one for a function's role, to which it also refers. */
const IGNORED = ["W3005"];
/** CloudFormation refuses a template with a resource type that the Region lacks, also where a condition leaves it out. */
const REGIONS = ["--regions", "ALL_REGIONS"];
const CDK = `${ROOT}node_modules/aws-cdk/bin/cdk`;

/** Where an app's templates are put, and what cdk is told to find it. */
const APPS: readonly [folder: string, options: readonly string[]][] = [
  ["cfn-lint-templates", []],
  ["cfn-lint-snippets", ["--app", "tsx tools/release/snippets.ts"]],
];

try {
  const folder = await venv("cfn-lint", "tools/checks/requirements.txt", console.log);
  for (const [out, options] of APPS) {
    const to = `${LOCAL}${out}`;
    await run(process.execPath, [CDK, "synth", "--quiet", ...options, "--output", to], process.env, ROOT);
    const templates = readdirSync(to).filter((name) => name.endsWith(".template.json"));
    const files = templates.map((name) => join(to, name));
    await run(`${folder}/bin/cfn-lint`, [...REGIONS, "--ignore-checks", ...IGNORED, "--", ...files]);
    console.log(`cfn-lint: no findings in ${templates.join(" and ")}`);
  }
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
