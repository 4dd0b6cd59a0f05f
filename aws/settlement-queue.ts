import { randomUUID } from "node:crypto";
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { ASK_AGAIN_MS } from "../domain/request/lifecycle.ts";
import type { RequestItem } from "../domain/request/request-item.ts";
import type { AsyncFunction } from "./async-function.ts";
import { whetherConditionHolds } from "./conditional-writes.ts";
import { KEY } from "./progress-table.ts";

/** Asks Shutdown to look at requests: for Aggregation, Watch and idle agents, of which many may see the same at once. */
export class Looks {
  constructor(
    private readonly asked: Pick<AskedLooks, "mayAsk" | "answered">,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {}

  /**
   * @param by who asks. If it died in the middle, the same asks again and is heard. @default one that asks once
   * @returns false: somebody else has asked, and no answer came yet
   */
  async ask(
    { req_id: reqId, expire_at: expireAt }: Pick<RequestItem, "req_id" | "expire_at">,
    by: string = randomUUID(),
  ): Promise<boolean> {
    if (!(await this.asked.mayAsk(reqId, by, Date.now(), ASK_AGAIN_MS, expireAt))) return false;
    try {
      await this.shutdown.invoke(reqId);
      return true;
    } catch (error) {
      // Without this, nobody could ask for a while.
      await this.asked.answered(reqId).catch(() => undefined);
      throw error;
    }
  }
}

const PART = "look";

/** Who has asked Shutdown for a look at a request, and got no answer yet: items of the Progress table. */
export class AskedLooks {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /**
   * Takes the right to ask Shutdown for a look at a request, which one at a time has.
   * @param by who asks: the same may ask again, because it may have died between this and the question
   * @param now milliseconds since the epoch
   * @param againMs after which the right of before is void: no answer will come
   * @returns false: somebody else has asked, and no answer came yet
   */
  async mayAsk(reqId: string, by: string, now: number, againMs: number, expireAt: number): Promise<boolean> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: KEY.ask(reqId), part: PART, at: now, by, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(#at) OR #at < :old OR #at > :now OR #by = :by",
      ExpressionAttributeNames: { "#at": "at", "#by": "by" },
      ExpressionAttributeValues: { ":old": now - againMs, ":now": now, ":by": by },
    });
    return whetherConditionHolds(() => this.db.send(put));
  }

  /** Whoever has something to ask may ask again from now on. */
  async answered(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { key: KEY.ask(reqId), part: PART } }));
  }
}
