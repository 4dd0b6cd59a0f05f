import { readdirSync } from "node:fs";
import { join } from "node:path";
import { LOCAL, ROOT } from "../local/paths.ts";
import { CommandError, run } from "../local/processes.ts";
import { venv } from "../local/venv.ts";

// `npm run lint:templates`: both templates against cfn-lint, which is installed from PyPI below .local/ when it is not
// there.
const OUT = `${LOCAL}cfn-lint-templates`;
/** W3005 is about a DependsOn that is not needed: CDK writes one for a function's role, to which it also refers. */
const IGNORED = ["W3005"];

try {
  const folder = await venv("cfn-lint", "tools/release/requirements.txt", console.log);
  await run(
    process.execPath,
    [`${ROOT}node_modules/aws-cdk/bin/cdk`, "synth", "--quiet", "--output", OUT],
    process.env,
    ROOT,
  );
  const templates = readdirSync(OUT).filter((name) => name.endsWith(".template.json"));
  await run(`${folder}/bin/cfn-lint`, [
    "--ignore-checks",
    ...IGNORED,
    "--",
    ...templates.map((name) => join(OUT, name)),
  ]);
  console.log(`cfn-lint: no findings in ${templates.join(" and ")}`);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
