import type { Patience } from "../../domain/request/patience.ts";
import type { Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { lastSignOf } from "../../domain/request/settlement.ts";

/** Whether an active request stands still although instances run and nobody has paused it: somebody should look. */
export function isStuck(
  item: Pick<RequestItem, "last_update_time" | "instance_count">,
  progress: Progress | undefined,
  inService: number,
  now: Date,
  patience: Pick<Patience, "stillMs" | "staleMs">,
): boolean {
  if (inService === 0 || item.instance_count === 0 || progress === undefined) return false;
  return now.getTime() - lastSignOf(item, progress, now.getTime(), patience) >= patience.stillMs;
}
