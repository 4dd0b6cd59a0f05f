import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Whether this process has more memory than so many bytes, with its garbage collected. V8 keeps garbage for as long as the machine has memory left:
 * a run would otherwise be slowed down, and then have too little to do for V8 to collect anything.
 */
export function isMemoryTight(bytes: number): boolean {
  if (process.memoryUsage.rss() <= bytes) return false;
  collectGarbage();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  // V8 returns what it has freed to the system some time later, and uses it again until then.
  return rss - (heapTotal - heapUsed) > bytes;
}

/** It takes some 50 ms for a heap of 100 MB. V8 hides it unless a flag says otherwise, and a context that is made later has it. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
