import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The folder for all that local runs write. Git ignores it. */
export const LOCAL = `${ROOT}.local/`;
/** The folder of this process alone, so that two runs do not disturb each other. It is removed at the end. */
export const RUN = `${LOCAL}run-${process.pid}/`;

/** Makes the folder of this run, and removes those of runs that were killed. */
export function openRunFolder(): void {
  mkdirSync(RUN, { recursive: true });
  for (const name of readdirSync(LOCAL)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(LOCAL + name, { recursive: true, force: true });
  }
}

export function closeRunFolder(): void {
  rmSync(RUN, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
