import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { BUILT } from "../local/bundle-worker.ts";
import { ROOT } from "../local/paths.ts";

const SYNTH = `${BUILT}cdk.out`;

/** The agent as `cdk synth` would upload it: the one asset that is a zip. @returns its bundle's path @throws Error if there is none */
export function synthesizeAgent(): string {
  // Otherwise the agent of an earlier run would be found, too.
  rmSync(SYNTH, { recursive: true, force: true });
  execFileSync("npx", ["cdk", "synth", "--quiet", "--output", SYNTH], { cwd: ROOT, stdio: "pipe" });
  const zip = readdirSync(SYNTH).find((name) => name.endsWith(".zip"));
  if (zip === undefined) throw new Error(`cdk synth left no zip of the agent in ${SYNTH}`);
  const folder = `${BUILT}agent/`;
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(`${SYNTH}/${zip}`))))
    writeFileSync(folder + name, bytes);
  return `${folder}main.mjs`;
}
