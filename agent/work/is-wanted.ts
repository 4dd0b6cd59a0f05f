import type { ActiveRequests } from "./active-requests.ts";

/** Whether a request is active. True also if the look-up fails: then nothing is thrown away. */
export function isWanted(requests: Pick<ActiveRequests, "isActive">, reqId: string): Promise<boolean> {
  return requests.isActive(reqId).catch(() => true);
}
