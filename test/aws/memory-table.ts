import { holds, type Value } from "../pipeline/expressions.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

type Item = Record<string, unknown>;

/** What of a write says when it is done. */
interface Condition {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * A table in memory that takes puts, gets and deletions of single items, and evaluates their conditions as DynamoDB does: so a test
 * says what a condition comes to, and not how it is written. @param keys names of its key attributes
 */
export function memoryTable<C>(...keys: readonly string[]): { readonly client: C; readonly items: Map<string, Item> } {
  const items = new Map<string, Item>();
  const { client } = fakeClient<C>(({ name, input }: Sent) => {
    const of: Item = input.Item ?? input.Key;
    const key = keys.map((it) => plain(of[it])).join(" ");
    const item = items.get(key);
    if (!conditionHolds(input, item)) throw awsError("ConditionalCheckFailedException");
    if (/^Put(Item)?Command$/.test(name)) items.set(key, input.Item);
    else if (/^Delete(Item)?Command$/.test(name)) items.delete(key);
    else if (/^Get(Item)?Command$/.test(name)) return { Item: item };
    else throw new Error(`unplanned: ${name}`);
    return {};
  });
  return { client, items };
}

/** Whether a condition holds for an item whose values are plain, or have DynamoDB's types. */
function conditionHolds(condition: Condition, item: Item | undefined): boolean {
  const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues = {} } = condition;
  return holds(ConditionExpression, typed(item ?? {}), {
    ExpressionAttributeNames,
    ExpressionAttributeValues: typed(ExpressionAttributeValues),
  });
}

/** Scalars alone: no condition looks at anything else. */
function typed(item: Item): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, typedValue(plain(value))]));
}

function typedValue(value: string | number | boolean | undefined): Value {
  if (typeof value === "number") return { N: String(value) };
  return typeof value === "string" ? { S: value } : { BOOL: value };
}

/** A scalar, whether the document client or the plain client sent it. */
function plain(value: unknown): string | number | boolean | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return undefined;
  if ("N" in value) return Number(value.N);
  if ("S" in value) return String(value.S);
  return "BOOL" in value ? value.BOOL === true : undefined;
}
