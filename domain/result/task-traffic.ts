import { MAX_WHOLE_CHECK_BYTES } from "../limits.ts";
import { type Downloads, maxDownloads, type Scope } from "./downloads.ts";
import type { Verify } from "./outcome.ts";

/** Settings of a request that decide which requests a task sends. */
export interface TaskSettings {
  readonly verify: Verify;
  readonly downloads?: Downloads | undefined;
  readonly scope?: Scope | undefined;
}

/** Requests that a task is expected to send, if the POP has nothing of the object. Otherwise it sends fewer. */
export function taskRequests(settings: TaskSettings): { readonly downloads: number; readonly checks: number } {
  return { downloads: maxDownloads(settings), checks: settings.verify === "off" ? 0 : 1 };
}

/** Bytes that the downloads and the check of a task are expected to transfer. */
export function taskBytes(settings: TaskSettings, objectBytes: number): number {
  const { downloads, checks } = taskRequests(settings);
  return downloads * objectBytes + checks * checkBytesOf(objectBytes);
}

/** Bytes that a check transfers: a small object whole, the first byte of another. */
export function checkBytesOf(objectBytes: number): number {
  return objectBytes <= MAX_WHOLE_CHECK_BYTES ? objectBytes : 1;
}
