import { parseArgs } from "node:util";
import { type LabReport, runLab } from "./lab.ts";
import { full, short } from "./scenarios.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    short: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
console.log(`Fault lab, seed ${seed} (--seed ${seed} repeats its random numbers)`);
const report = await runLab({ ...(values.short ? short : full), seed, say: (line) => console.log(line) });
console.log(`\n${table(report)}`);
for (const violation of report.violations) console.error(`WRONG: ${violation}`);
process.exitCode = report.violations.length === 0 ? 0 : 1;

function table(report: LabReport): string {
  const rows: [string, string | number][] = [
    ["tasks", report.tasks],
    ["failed, as the report says", report.failed],
    ["seconds", report.seconds.toFixed(1)],
    ...Object.entries(report.injected).map(([kind, count]): [string, number] => [`injected: ${kind}`, count]),
    ["lost", report.lost],
    ["counted twice", report.countedTwice],
    ["stuck", report.stuck],
  ];
  return rows.map(([name, value]) => `${name.padEnd(30)} ${String(value).padStart(8)}`).join("\n");
}
