import { existsSync, readFileSync, rmSync } from "node:fs";
import { LOCAL } from "./paths.ts";
import { writeSecret } from "./secret-file.ts";

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
