// `npm run test:rest [NAME …] [-- --except NAME]`: runs the checks, or those that are named, also after one has failed. The last lines
// state how each ended, with the tests that it executed. The exit code is 1 if any of them failed, 2 if there is none of a name.
import { parseArgs } from "node:util";
import { CHECKS, groupsOf, runChecks, table } from "./run-checks.ts";

const { values, positionals } = parseArgs({
  options: { except: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const unknown = [...positionals, ...values.except].filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(", ")}; there are ${Object.keys(CHECKS).join(", ")}`);
  process.exitCode = 2;
} else {
  const wanted = positionals.length === 0 ? Object.keys(CHECKS) : positionals;
  const checks = await runChecks(groupsOf(wanted.filter((name) => !values.except.includes(name))), {
    command: (name) => {
      const [program = "", ...args] = CHECKS[name] ?? [];
      return [program, args];
    },
    write: (text) => process.stdout.write(text),
  });
  console.log(`\n${table(checks)}`);
  process.exitCode = checks.length > 0 && checks.every(({ code }) => code === 0) ? 0 : 1;
}
