import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { obstacle } from "../../domain/result/not-kept.ts";
import { isHit, tierOf } from "../../domain/result/outcome.ts";
import type { Answer } from "./answer.ts";

/**
 * Whether a lead's good download leaves it open if the regional cache has the object: it was there before, perhaps at the edge
 * alone; or its headers say that it may not be kept, and nobody looked. Those that wait then ask as if each led.
 */
export function isRecUnsure({ followers, verify }: Pick<TaskMessage, "followers" | "verify">, answer: Answer): boolean {
  if (followers === undefined) return false;
  if (verify === "off" && obstacle(answer) !== undefined) return true;
  if (!isHit(answer)) return false;
  const tier = tierOf(answer.serverTiming);
  return tier === undefined || tier === "EDGE";
}
