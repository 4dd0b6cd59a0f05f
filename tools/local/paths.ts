import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../root.ts";

export { ROOT };
/** The folder for all that local runs write. Git ignores it. */
export const LOCAL = `${ROOT}.local/`;
/** The folder of this process alone, so that two runs do not disturb each other. It is removed at the end. */
export const RUN = `${LOCAL}run-${process.pid}/`;

/** Makes the folder of this run, and removes those of runs that were killed. Nobody else may look in: logs hold keys. */
export function openRunFolder(): void {
  mkdirSync(RUN, { recursive: true });
  for (const folder of [LOCAL, RUN]) chmodSync(folder, 0o700);
  for (const name of readdirSync(LOCAL)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(LOCAL + name, { recursive: true, force: true });
  }
}

export function closeRunFolder(): void {
  rmSync(RUN, { recursive: true, force: true });
}

/** The longest path that Linux takes for a Unix socket has 107 bytes, macOS takes 103: `man 7 unix`. */
const MAX_SOCKET_PATH = 103;

/** A folder for a Unix socket of this name, which only this user may enter: that of this run, or another if it is too deep. */
export function socketFolder(name: string): string {
  return Buffer.byteLength(RUN + name) <= MAX_SOCKET_PATH ? RUN : `${mkdtempSync(join(tmpdir(), "prewarm-"))}/`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Tells other programs where the API is while it runs. It has the API key. */
export const ENDPOINT_FILE = `${LOCAL}endpoint.json`;

/** What this process has written. */
let written: { readonly file: string; readonly text: string } | undefined;

export function writeEndpointFile(text: string, file = ENDPOINT_FILE): void {
  writeSecret(file, text);
  written = { file, text };
}

/** Leaves the file of another run, which may have been written meanwhile. */
export function removeEndpointFile(): void {
  if (written === undefined || !existsSync(written.file)) return;
  if (readFileSync(written.file, "utf8") === written.text) rmSync(written.file);
}

/** Writes a file that nobody else on this machine may read. It is made anew: the mode of one that is there would stay. */
export function writeSecret(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600 });
}
