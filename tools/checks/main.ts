// `npm run test:rest`: runs the npm scripts that its arguments name, one after the other, also after one has failed; those that one
// argument joins by commas run at the same time. The last lines state how each ended, with the tests that it executed. The exit code is
// 1 if any of them failed.
import { runChecks, table } from "./run-checks.ts";

const groups = process.argv.slice(2).map((names) => names.split(","));
const checks = await runChecks(groups, {
  command: (script) => ["npm", ["run", "--silent", script]],
  write: (text) => process.stdout.write(text),
});
console.log(`\n${table(checks)}`);
process.exitCode = checks.length > 0 && checks.every(({ code }) => code === 0) ? 0 : 1;
