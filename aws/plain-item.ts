import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An item of strings, numbers and booleans alone. */
export type PlainItem = Readonly<Record<string, string | number | boolean | undefined>>;

/** In DynamoDB's own form. Written out by hand: this is done for every task, and the SDK's converter takes longer. */
export function toAttributes(item: PlainItem): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const name of Object.keys(item)) {
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
  for (const [name, { S, N, BOOL }] of Object.entries(attributes)) {
    if (S !== undefined) item[name] = S;
    else if (N !== undefined) item[name] = Number(N);
    else if (BOOL !== undefined) item[name] = BOOL;
  }
  return item;
}
