// `npm run lab NAME`: runs a lab. What each takes besides stands in its own folder.
import { spawnSync } from "node:child_process";
import { LABS } from "./labs.ts";

const [name = "", ...more] = process.argv.slice(2);
const lab = LABS[name];
if (lab === undefined) {
  console.error(`Usage: npm run lab NAME; there are ${Object.keys(LABS).join(", ")}`);
  process.exitCode = 2;
} else process.exitCode = spawnSync("npx", [...lab, ...more], { stdio: "inherit" }).status ?? 1;
