import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";

/** Limits of origins that this run shares with nobody. */
export function ownLimits() {
  const store = new MemoryPermitStore();
  return { progress: { writeHeartbeat: async () => {} }, permits: () => store, timings: timingsOf(), now: Date.now };
}
