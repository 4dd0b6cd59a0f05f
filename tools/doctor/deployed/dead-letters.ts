import { cannotTell, fail, type Judgement, ok } from "../judgement.ts";
import { shortName } from "./short-name.ts";

/** How many messages each queue has that only failures go to, by the queue's id in the stack. */
export type Counts = Readonly<Record<string, number>>;

export function judgeDeadLetters(counts: Counts): Judgement {
  const all = Object.entries(counts);
  if (all.length === 0) return cannotTell("the stack has no queue of that kind", "look at its resources");
  const full = all.filter(([, count]) => count > 0);
  if (full.length === 0) return ok(`the ${all.length} queues for what failed are empty`);
  return fail(
    full.map(([id, count]) => `${shortName(id)} has ${count}`).join("; "),
    "read the messages: they say what failed",
  );
}
