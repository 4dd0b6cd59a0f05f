import type { Logger } from "@aws-lambda-powertools/logger";
import type { RequestTable } from "../../aws/request-table.ts";
import { isCounted } from "../../domain/request/percentage.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";

export interface RecordReportedPercentageDeps {
  readonly requests: Pick<RequestTable, "recordReportedPercentage">;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Records the percentage that an answer reports, so that no later answer reports less. An answer does not fail for it: if the record
 * cannot be written, a later percentage may be lower.
 */
export async function recordReportedPercentage(
  { requests, logger }: RecordReportedPercentageDeps,
  item: Pick<RequestItem, "req_id" | "active" | "verdict" | "status" | "max_reported_percentage">,
  percentage: number,
): Promise<void> {
  if (isCounted(item) || percentage <= (item.max_reported_percentage ?? 0)) return;
  try {
    await requests.recordReportedPercentage(item.req_id, percentage);
  } catch (error) {
    logger.warn("Recording percentage_complete failed", { req_id: item.req_id, percentage, error: errorFields(error) });
  }
}
