import { circlesOf } from "../plan/leads.ts";
import { type Target, targetKey } from "../plan/target.ts";
import { recOf } from "../pops/site-of.ts";
import type { Order } from "../request/order.ts";

/** How often an origin is asked for objects, if no cache has any of them yet and all that is downloaded is kept. */
export interface OriginFetches {
  /** Null: it depends on who asks first. */
  readonly expected: number | null;
  readonly least: number;
  readonly most: number;
  /** Questions for sizes come on top: one for each URL and variant, two where HEAD is refused. */
  readonly size_questions: number;
}

/** @param forms URLs times variants */
export function originFetches(pops: readonly string[], order: Order, forms: number): OriginFetches {
  const known = new Set(pops.map(recOf).filter((rec) => rec !== undefined)).size;
  // POPs whose REC nobody knows have one, maybe that of others.
  const recs = Math.max(known, pops.length === 0 ? 0 : 1);
  const circles = circlesOf(pops.map(targetAt), order).length;
  const isSure = order === "lead-first" || recs === circles;
  return {
    expected: isSure ? circles * forms : null,
    least: recs * forms,
    most: circles * forms,
    size_questions: forms,
  };
}

/** As it will be once it has resolved. */
function targetAt(pop: string): Target {
  return { req_id: "", target: targetKey(pop, ""), pop, label: "", state: "READY", ips: [], expire_at: 0 };
}
