// `npm run gen WHAT`: makes what is kept in the repository, though a program writes it.
import { spawnSync } from "node:child_process";
import { GENERATORS } from "./generators.ts";

const [what = "", ...more] = process.argv.slice(2);
const program = GENERATORS[what];
if (program === undefined) {
  console.error(`Usage: npm run gen WHAT; there are ${Object.keys(GENERATORS).join(", ")}`);
  process.exitCode = 2;
} else process.exitCode = spawnSync("npx", ["tsx", program, ...more], { stdio: "inherit" }).status ?? 1;
