// Provides a download that lasts until a test lets it go on.
import type { Stack } from "./stack.ts";

/** Makes a path of 1,000 bytes hang at every POP. Returns what lets it go on: no fault is left then. */
export function holdBack(stack: Stack, path: string): () => void {
  stack.standIn.edge.addObject(path, { size: 1_000 });
  stack.setFaults((request) => (request.method === "GET" && request.path === path ? { kind: "stall" } : undefined));
  return () => stack.setFaults(undefined);
}
