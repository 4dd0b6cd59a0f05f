import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { OnUnreadable } from "../domain/log-fields.ts";
import { putItems, queryItems } from "./dynamodb.ts";

const KEY = "pop#resolved";
/** After this time without an address, a code counts as one that never had any. */
const KEEP_SECONDS = 366 * 86_400;

const itemSchema = z.object({ part: z.string(), at: z.number().min(0).max(8.64e15) });

/**
 * When each POP resolved last for this deployment: one small item a POP in the Progress table, all under one key. All of
 * them are read and written together; there are as many as POPs that exist.
 */
export class ResolvedPops {
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  /** Milliseconds since the epoch, by code. A write of the last second may be missing. */
  async all(): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    const items = queryItems(this.db, {
      TableName: this.table,
      KeyConditionExpression: "#key = :key",
      ExpressionAttributeNames: { "#key": "key" },
      ExpressionAttributeValues: { ":key": KEY },
    });
    for await (const item of items) {
      const { data, error } = itemSchema.safeParse(item);
      if (data !== undefined) times.set(data.part, data.at);
      else this.onUnreadable({ kind: "resolved POP", key: String(item["part"]), problem: z.prettifyError(error) });
    }
    return times;
  }

  /** Records that these POPs resolved. Of two writers the last one wins. @param at milliseconds since the epoch */
  async note(pops: readonly string[], at: number): Promise<void> {
    const expire_at = Math.floor(at / 1_000) + KEEP_SECONDS;
    const items = pops.map((pop) => ({ key: KEY, part: pop, at, expire_at }));
    await putItems(this.db, this.table, items);
  }
}
