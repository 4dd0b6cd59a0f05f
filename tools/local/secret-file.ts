import { rmSync, writeFileSync } from "node:fs";

/** Writes a file that nobody else on this machine may read. It is made anew: the mode of one that is there would stay. */
export function writeSecret(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600 });
}
