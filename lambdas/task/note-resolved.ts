import type { Logger } from "@aws-lambda-powertools/logger";
import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { Target } from "../../domain/plan/target.ts";
import { toNote } from "../../domain/pops/resolved.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";

export interface NoteResolvedDeps {
  readonly resolvedPops: Pick<ResolvedPops, "all" | "note">;
  readonly logger: Pick<Logger, "warn">;
  readonly now: () => number;
}

/** Notes for GET /pops which POPs have resolved. It is a remark, so no request fails because of it: a fault is logged. */
export async function noteResolved(deps: NoteResolvedDeps, reqId: string, targets: readonly Target[]): Promise<void> {
  const resolved = targets.filter(({ state }) => state === "RESOLVED").map(({ pop }) => pop);
  if (resolved.length === 0) return;
  try {
    const now = deps.now();
    const due = toNote(resolved, await deps.resolvedPops.all(), now);
    if (due.length > 0) await deps.resolvedPops.note(due, now);
  } catch (error) {
    deps.logger.warn("Could not note which POPs resolved", { req_id: reqId, error: errorFields(error) });
  }
}
