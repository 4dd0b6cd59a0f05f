import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandError, run } from "../local/processes.ts";

// `npm run lint:templates`: both templates against cfn-lint, which is installed from PyPI below .local/ when it is not
// there.
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VENV = `${ROOT}.local/cfn-lint`;
const OUT = `${ROOT}.local/cfn-lint-templates`;
/** W3005 is about a DependsOn that is not needed: CDK writes one for a function's role, to which it also refers. */
const IGNORED = ["W3005"];

async function install(): Promise<void> {
  if (existsSync(`${VENV}/.complete`)) return;
  console.log("Installing cfn-lint (from PyPI) below .local/ …");
  mkdirSync(`${ROOT}.local`, { recursive: true });
  await run("python3", ["-m", "venv", VENV]);
  await run(`${VENV}/bin/python`, ["-m", "pip", "install", "--quiet", "-r", `${ROOT}tools/release/requirements.txt`]);
  writeFileSync(`${VENV}/.complete`, "");
}

try {
  await install();
  await run(
    process.execPath,
    [`${ROOT}node_modules/aws-cdk/bin/cdk`, "synth", "--quiet", "--output", OUT],
    process.env,
    ROOT,
  );
  const templates = readdirSync(OUT).filter((name) => name.endsWith(".template.json"));
  await run(`${VENV}/bin/cfn-lint`, ["--ignore-checks", ...IGNORED, "--", ...templates.map((name) => join(OUT, name))]);
  console.log(`cfn-lint: no findings in ${templates.join(" and ")}`);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
