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

/** Whether a condition holds. It has no parentheses but those of functions, so AND and OR split it. */
export function conditionHolds(condition: Condition, item: Item | undefined): boolean {
  const { ConditionExpression: expression } = condition;
  if (expression === undefined) return true;
  return expression
    .split(" OR ")
    .some((all) => all.split(" AND ").every((one) => holds(one.trim(), condition, item ?? {})));
}

function holds(text: string, { ExpressionAttributeNames, ExpressionAttributeValues }: Condition, item: Item): boolean {
  const valueAt = (operand = "") => {
    if (operand.startsWith(":")) return plain(ExpressionAttributeValues?.[operand]);
    return plain(item[operand.startsWith("#") ? (ExpressionAttributeNames?.[operand] ?? "") : operand]);
  };
  const [, not, attribute] = /^attribute_(not_)?exists\((.+)\)$/.exec(text) ?? [];
  if (attribute !== undefined) return (valueAt(attribute) === undefined) === (not !== undefined);
  const [, left, comparison, right] = /^(\S+) (=|<>|<|<=|>|>=) (\S+)$/.exec(text) ?? [];
  const [one, other] = [valueAt(left), valueAt(right)];
  // DynamoDB compares nothing with an attribute that is not there.
  if (one === undefined || other === undefined) return false;
  switch (comparison) {
    case "=":
      return one === other;
    case "<>":
      return one !== other;
    case "<":
      return one < other;
    case "<=":
      return one <= other;
    case ">":
      return one > other;
    case ">=":
      return one >= other;
    default:
      throw new Error(`unplanned condition: ${text}`);
  }
}

/** A scalar, whether the document client or the plain client sent it. */
function plain(value: unknown): string | number | boolean | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return undefined;
  if ("N" in value) return Number(value.N);
  if ("S" in value) return String(value.S);
  return "BOOL" in value ? value.BOOL === true : undefined;
}
