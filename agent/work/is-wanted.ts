import type { ActiveRequests } from "./active-requests.ts";

/** Whether a request goes on, or may: where nobody can say, nothing is thrown away. */
export function isWanted(requests: Pick<ActiveRequests, "isActive">, reqId: string): Promise<boolean> {
  return requests.isActive(reqId).catch(() => true);
}
