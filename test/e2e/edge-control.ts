// Provides what tests change at the stand-in edge, and what they read there.
import type { StackClient } from "./stack-client.ts";

/** Publishes objects of one folder. Each test has a folder of its own. @returns their paths */
export function addObjects(
  { standIn: { edge } }: StackClient,
  folder: string,
  count: number,
  sizeOf: (i: number) => number = () => 1_000,
) {
  const paths = Array.from({ length: count }, (_, i) => `/${folder}/${i}.bin`);
  for (const [i, path] of paths.entries()) edge.addObject(path, { size: sizeOf(i) });
  return paths;
}

/** The requests for a folder that reached the origin, in the order of time: downloads, and probes for sizes. */
export function originRequests({ standIn: { edge } }: StackClient, folder: string) {
  const all = edge.originRequests().filter(({ path }) => path.startsWith(`/${folder}/`));
  return { all, downloads: all.filter(({ probe }) => !probe), probes: all.filter(({ probe }) => probe) };
}

/** Publishes an object of 1,000 bytes whose download stalls at every POP. @returns a function that removes all faults */
export function holdBack(stack: StackClient, path: string): () => void {
  stack.standIn.edge.addObject(path, { size: 1_000 });
  stack.setFaults((request) => (request.method === "GET" && request.path === path ? { kind: "stall" } : undefined));
  return () => stack.setFaults(undefined);
}
