import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { BatchWriteCommandInput, DynamoDBDocument, QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { retry } from "../domain/retry.ts";

/**
 * All items that a query finds, page after page.
 * @param maxPages what is behind them is not read. A page has up to a megabyte. @default no bound
 */
export async function* queryItems(
  db: DynamoDBDocument,
  query: QueryCommandInput,
  maxPages: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Record<string, unknown>> {
  let start: Record<string, unknown> | undefined;
  let pages = 0;
  do {
    const { Items = [], LastEvaluatedKey } = await db.query({ ...query, ExclusiveStartKey: start });
    yield* Items;
    start = LastEvaluatedKey;
  } while (start !== undefined && ++pages < maxPages);
}

/** What is read of an item. By placeholders: some names, such as `status`, are reserved words of DynamoDB. */
export function projection(names: readonly string[]) {
  return {
    ProjectionExpression: names.map((name) => `#${name}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
  };
}

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const UNPROCESSED_RETRY = { attempts: 10, firstMs: 25 };

/** Puts items in full batches, and what DynamoDB left unprocessed again, with growing pauses. */
export async function putItems(db: DynamoDBDocument, table: string, items: readonly object[]): Promise<void> {
  for (let i = 0; i < items.length; i += BATCH) {
    let left: BatchWriteCommandInput["RequestItems"] = {
      [table]: items.slice(i, i + BATCH).map((item) => ({ PutRequest: { Item: { ...item } } })),
    };
    const leftCount = () => left?.[table]?.length ?? 0;
    const writeLeft = async () => {
      const { UnprocessedItems } = await db.batchWrite({ RequestItems: left });
      left = UnprocessedItems;
    };
    await retry(writeLeft, { ...UNPROCESSED_RETRY, retryOnResult: () => leftCount() > 0 });
    if (leftCount() > 0)
      throw new Error(`${leftCount()} items for ${table} stayed unprocessed ${UNPROCESSED_RETRY.attempts} times`);
  }
}

/** An item of strings, numbers and booleans alone. */
type PlainItem = Readonly<Record<string, string | number | boolean | undefined>>;

/** In DynamoDB's own form. Written out by hand, without a list of keys: this is done for every task, and the SDK's converter takes longer. */
export function toAttributes(item: PlainItem): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const name in item) {
    const value = item[name];
    if (typeof value === "string") attributes[name] = { S: value };
    else if (typeof value === "number") attributes[name] = { N: String(value) };
    else if (typeof value === "boolean") attributes[name] = { BOOL: value };
  }
  return attributes;
}

/** The other way round. Attributes of other types, which only a newer version could have written, are left out. */
export function fromAttributes(attributes: Readonly<Record<string, AttributeValue>>): PlainItem {
  const item: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(attributes)) {
    const { S, N, BOOL } = attributes[name] ?? {};
    if (S !== undefined) item[name] = S;
    else if (typeof N === "string") item[name] = Number(N);
    else if (BOOL !== undefined) item[name] = BOOL;
  }
  return item;
}
