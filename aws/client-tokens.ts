import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { TOKEN_SECONDS, type TokenClaim, tokenClaimSchema } from "../domain/request/client-token.ts";
import { tryConditionalWrite } from "./conditional-writes.ts";

const PART = "claim";

/** Which request a caller's token stands for: items `token#…` of the Progress table, kept for a day. */
export class ClientTokens {
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
  ) {}

  /**
   * Takes a token for a request that is about to be made.
   * @param instead a claim that this one may replace, besides an expired one. @default none
   * @returns false: the token stands for another request
   */
  async claim(token: string, claim: TokenClaim, instead?: TokenClaim): Promise<boolean> {
    const now = Math.floor(claim.at / 1_000);
    return tryConditionalWrite(() =>
      this.db.put({
        TableName: this.table,
        Item: { key: keyOf(token), part: PART, ...claim, expire_at: now + TOKEN_SECONDS },
        ConditionExpression: "attribute_not_exists(#key) OR expire_at <= :now OR req_id = :instead",
        ExpressionAttributeNames: { "#key": "key" },
        // No id is empty.
        ExpressionAttributeValues: { ":now": now, ":instead": instead?.req_id ?? "" },
      }),
    );
  }

  /** The claim of a token; undefined: there is none, or it cannot be parsed. */
  async read(token: string): Promise<TokenClaim | undefined> {
    const { Item } = await this.db.get({
      TableName: this.table,
      Key: { key: keyOf(token), part: PART },
      ConsistentRead: true,
    });
    return tokenClaimSchema.safeParse(Item).data;
  }

  /** Releases a token whose request could not be created. */
  async release(token: string, reqId: string): Promise<void> {
    await tryConditionalWrite(() =>
      this.db.delete({
        TableName: this.table,
        Key: { key: keyOf(token), part: PART },
        ConditionExpression: "req_id = :id",
        ExpressionAttributeValues: { ":id": reqId },
      }),
    );
  }
}

function keyOf(token: string): string {
  return `token#${token}`;
}
