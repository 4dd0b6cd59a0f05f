import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { refuseIfEnding } from "./processes.ts";

const READY_TIMEOUT_MS = 60_000;

/** Waits until a server that was just started answers with a 2xx. @throws Error that names its log when it ends, or takes a minute; InterruptedError */
export async function ready(
  url: string,
  server: ChildProcess,
  name: string,
  log: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    refuseIfEnding();
    if (server.exitCode !== null) throw new Error(`${name} ended with ${server.exitCode}; see ${log}`);
    const answer = await fetch(url, { headers }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${name} is not ready after ${READY_TIMEOUT_MS / 1000} s; see ${log}`);
}
