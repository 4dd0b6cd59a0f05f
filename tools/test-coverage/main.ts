import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { coverageTable, summarySchema } from "./by-folder.ts";

// `npm run coverage`: runs unit and synth tests with coverage, then prints the coverage of each folder. The thresholds are in
// vitest.config.ts. Further arguments go to vitest.
const root = fileURLToPath(new URL("../..", import.meta.url));
const args = ["run", "--coverage", "--project", "unit*", "--project", "synth", ...process.argv.slice(2)];
const { status } = spawnSync("node_modules/.bin/vitest", args, { cwd: root, stdio: "inherit" });

const summary = summarySchema.parse(JSON.parse(readFileSync(`${root}/coverage/coverage-summary.json`, "utf8")));
console.log(`\n${coverageTable(summary, root)}\n\nDetails: coverage/index.html`);
process.exitCode = status ?? 1;
