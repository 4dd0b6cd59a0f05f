import type { RequestItem } from "./request-item.ts";

/** How many instances the active requests need: the largest wish, for they share the fleet. */
export function neededCapacity(active: readonly Pick<RequestItem, "instance_count">[]): number {
  return Math.max(0, ...active.map((item) => item.instance_count));
}
