import type * as z from "zod";
import { isOriginFailure, readReason } from "../result/failure.ts";
import { taskResultSchema } from "../result/task-result.ts";

/** What of a lead's result matters to those that wait for it. */
export const leadResultSchema = taskResultSchema.pick({
  ok: true,
  reason: true,
  http_status: true,
  addresses: true,
  rec_unsure: true,
  hit_after_download: true,
  rounds: true,
});
export type LeadResult = z.infer<typeof leadResultSchema>;

/** All that an agent may read of a result: its keys, too. */
export const LEAD_RESULT_ATTRIBUTES: readonly string[] = ["task_key", "pop_url", ...leadResultSchema.keyof().options];

/** What a lead's result means for the other POPs of its REC. */
export type Verdict =
  /** The POP has the object, so they may ask. `sure`: it came by the REC, which so has it as well. */
  | { readonly kind: "cached"; readonly sure: boolean }
  /** It says nothing of the REC: the next POP is to lead. */
  | { readonly kind: "pop_failed" }
  /** The next POP is to lead, and if it fails alike, no other one asks. */
  | { readonly kind: "origin_failed"; readonly saw: string }
  /** The download was good, and no response after it was a hit. The next POP is to lead, and if it sees none either, no other one asks. */
  | { readonly kind: "not_kept" };

export function verdictOf(result: LeadResult): Verdict {
  const { ok, reason, http_status: status, addresses, rec_unsure, hit_after_download, rounds } = result;
  // Where only some of a POP's addresses have it, the REC has it as well.
  if (ok || (addresses !== undefined && !addresses.startsWith("0 ")))
    return { kind: "cached", sure: rec_unsure !== true };
  const code = readReason(reason);
  // A hit shows that a cache had it, though not for long: each POP finds out for itself.
  if (code === "not_kept") return hit_after_download === true ? { kind: "cached", sure: false } : { kind: "not_kept" };
  // The origin sent the object whole; what failed is a request after that. It shows neither that the origin fails nor that the REC has it.
  if (rounds !== undefined) return { kind: "pop_failed" };
  if (!isOriginFailure(code, status !== undefined)) return { kind: "pop_failed" };
  return { kind: "origin_failed", saw: status !== undefined && status >= 300 ? `HTTP ${status}` : code };
}
