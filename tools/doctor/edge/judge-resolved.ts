import { fail, type Judgement, ok, warn } from "../judgement.ts";
import type { ProbedPop } from "./lookup.ts";

const SHOWN = 8;

export function judgeResolved(from: string, resolved: readonly ProbedPop[]): Judgement {
  const dead = resolved.filter(({ addresses }) => addresses.length === 0).map(({ pop }) => pop);
  const says = `${resolved.length - dead.length} of ${resolved.length} POPs resolve (${from})`;
  if (dead.length === 0) return ok(says);
  const which = dead.length > SHOWN ? `${dead.slice(0, SHOWN).join(", ")}, …` : dead.join(", ");
  if (dead.length === resolved.length)
    return fail(`${says}: the way to a POP is closed, or the label is wrong`, "send the evidence back");
  return warn(`${says}; not ${which}`, "leave them out; they are skipped anyway");
}
