import type { Logger } from "@aws-lambda-powertools/logger";
import type { RequestTable } from "../../aws/request-table.ts";
import { isCounted } from "../../domain/request/percentage.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";

export interface NotePercentageDeps {
  readonly requests: Pick<RequestTable, "notePercentage">;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Notes the percentage that an answer tells, so that no later one tells less. An answer does not fail for it: if the note cannot
 * be written, a later percentage may be lower.
 */
export async function notePercentage(
  { requests, logger }: NotePercentageDeps,
  item: Pick<RequestItem, "req_id" | "active" | "verdict" | "status" | "percentage_told">,
  percentage: number,
): Promise<void> {
  if (isCounted(item) || percentage <= (item.percentage_told ?? 0)) return;
  try {
    await requests.notePercentage(item.req_id, percentage);
  } catch (error) {
    logger.warn("Noting percentage_complete failed", { req_id: item.req_id, percentage, error: errorFields(error) });
  }
}
