import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { whetherConditionHolds } from "./conflicts.ts";
import { KEY } from "./progress/keys.ts";

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
