import { randomUUID } from "node:crypto";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { SETTLEMENT_REQUEST_TIMEOUT_MS } from "../domain/request/lifecycle.ts";
import type { AsyncFunction } from "./async-function.ts";
import { tryConditionalWrite } from "./conditional-writes.ts";
import { KEY } from "./progress-table.ts";

const PART = "look";

/**
 * The settlement checks that are requested and not done: items of the Progress table. Aggregation and Watch request them, and
 * many may see the same at once. Shutdown does one at a time for a request.
 */
export class SettlementRequests {
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {}

  /**
   * Invokes Shutdown to check a request, unless such a check is pending. One that is pending for too long is void: its process has died.
   * @param by who requests it: the same may do so again, because it may have died before it invoked Shutdown. @default nobody else
   * @returns false: another check is pending
   */
  async requestSettlement(reqId: string, by: string = randomUUID()): Promise<boolean> {
    const now = Date.now();
    const expire_at = Math.ceil((now + SETTLEMENT_REQUEST_TIMEOUT_MS) / 1_000);
    if (
      !(await tryConditionalWrite(() =>
        this.db.put({
          TableName: this.table,
          Item: { key: KEY.ask(reqId), part: PART, at: now, by, expire_at },
          ConditionExpression: "attribute_not_exists(#at) OR #at < :old OR #at > :now OR #by = :by",
          ExpressionAttributeNames: { "#at": "at", "#by": "by" },
          ExpressionAttributeValues: { ":old": now - SETTLEMENT_REQUEST_TIMEOUT_MS, ":now": now, ":by": by },
        }),
      ))
    )
      return false;
    try {
      await this.shutdown.invoke(reqId);
      return true;
    } catch (error) {
      // Without this, nobody could request one for a while.
      await this.clear(reqId).catch(() => undefined);
      throw error;
    }
  }

  /** The check is done: the next one may be requested. */
  async clear(reqId: string): Promise<void> {
    await this.db.delete({ TableName: this.table, Key: { key: KEY.ask(reqId), part: PART } });
  }
}
