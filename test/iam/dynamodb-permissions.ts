// What AWS checks for a call of DynamoDB: actions, tables or indexes, and the values that conditions evaluate.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html#FGAC_DDB.ConditionKeys
import type { PermissionRequest } from "./policy.ts";

export interface TableKeys {
  readonly name: string;
  /** Names of partition key and sort key. */
  readonly keys: readonly string[];
  readonly indexes: ReadonlyMap<string, readonly string[]>;
}

/** An attribute value on the wire, such as `{ S: "a" }`. */
type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One item, or one query, as the API has it. */
interface Access {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly Select?: string;
  readonly ReturnValues?: string;
}

type WriteRequest = { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } };

interface Input extends Access {
  readonly RequestItems?: Readonly<Record<string, (Omit<Access, "TableName"> & { Keys: Item[] }) | WriteRequest[]>>;
  readonly TransactItems?: readonly Readonly<Record<string, Access>>[];
}

/** Actions of the members of a transaction: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TRANSACTED: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};
const READS = new Set(["GetItem", "BatchGetItem", "Query"]);
/** ConditionCheckItem is part of transactions alone. */
const RETURNING = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** Words of expressions that are no attribute: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
const KEYWORDS = new Set(["SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"]);

/**
 * @param tables all that may be named
 * @param arnOf a table's ARN
 * @throws Error for an operation that is not supported here
 */
export function dynamoDbPermissions(
  operation: string,
  input: Input,
  tables: readonly TableKeys[],
  arnOf: (table: string) => string,
): PermissionRequest[] {
  const request = (action: string, accesses: readonly Access[], enclosing?: string) => {
    const [{ TableName, IndexName } = { TableName: "" }] = accesses;
    const keys = keysOf(tables, TableName, IndexName);
    const context = {
      "dynamodb:LeadingKeys": distinct(accesses.flatMap((access) => leadingKeyOf(access, keys[0] ?? ""))),
      "dynamodb:Attributes": distinct(accesses.flatMap(attributesOf)),
      ...(READS.has(action) ? { "dynamodb:Select": selectOf(accesses[0]) } : {}),
      ...(RETURNING.has(action) ? { "dynamodb:ReturnValues": accesses[0]?.ReturnValues ?? "NONE" } : {}),
      ...(enclosing === undefined ? {} : { "dynamodb:EnclosingOperation": enclosing }),
    };
    const resource = IndexName === undefined ? arnOf(TableName) : `${arnOf(TableName)}/index/${IndexName}`;
    return { action: `dynamodb:${action}`, resource, context };
  };
  switch (operation) {
    case "GetItem":
    case "Query":
    case "PutItem":
    case "UpdateItem":
    case "DeleteItem":
      return [request(operation, [input])];
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(input.RequestItems ?? {}).map(([TableName, requests]) =>
        request(operation, accessesOf(TableName, requests)),
      );
    case "TransactWriteItems":
      return (input.TransactItems ?? []).flatMap((member) =>
        Object.entries(member).map(([kind, access]) => request(TRANSACTED[kind] ?? kind, [access], operation)),
      );
    default:
      throw new Error(`which permissions dynamodb ${operation} needs is not known here`);
  }
}

function accessesOf(TableName: string, requests: (Omit<Access, "TableName"> & { Keys: Item[] }) | WriteRequest[]) {
  if (!Array.isArray(requests)) return requests.Keys.map((Key) => ({ ...requests, TableName, Key }));
  return requests.map(({ PutRequest, DeleteRequest }) => ({
    TableName,
    ...(PutRequest === undefined ? { Key: DeleteRequest?.Key ?? {} } : { Item: PutRequest.Item }),
  }));
}

function keysOf(tables: readonly TableKeys[], name: string, index: string | undefined) {
  const table = tables.find((one) => one.name === name);
  const keys = index === undefined ? table?.keys : table?.indexes.get(index);
  if (keys === undefined) throw new Error(`there is no table ${name} with the index ${index}`);
  return keys;
}

/** The value of the partition key: of the item, or that a query asks for. */
function leadingKeyOf(access: Access, partitionKey: string) {
  const ofItem = (access.Item ?? access.Key)?.[partitionKey];
  const [, placeholder] =
    [...(access.KeyConditionExpression ?? "").matchAll(/([#\w]+)\s*=\s*(:\w+)/g)]
      .map(([, name = "", value = ""]) => [nameOf(name, access), value])
      .find(([name]) => name === partitionKey) ?? [];
  const value = ofItem ?? access.ExpressionAttributeValues?.[placeholder ?? ""];
  return value === undefined ? [] : [String(Object.values(value)[0])];
}

/** Every top-level attribute that a call names: keys too, as policies must list them. */
function attributesOf(access: Access) {
  const expressions = [
    access.KeyConditionExpression,
    access.FilterExpression,
    access.ConditionExpression,
    access.UpdateExpression,
    access.ProjectionExpression,
  ];
  return [
    ...Object.keys(access.Key ?? {}),
    ...Object.keys(access.Item ?? {}),
    ...expressions.flatMap((expression = "") => namesIn(expression).map((name) => nameOf(name, access))),
  ];
}

/** Names and placeholders of names. What follows a dot is within an attribute; what a parenthesis follows is a function. */
function namesIn(expression: string) {
  const words = expression.matchAll(/(?<![\w:#.])#?[A-Za-z_]\w*(?!\w|\s*\()/g);
  return [...words].map(([word]) => word).filter((word) => !KEYWORDS.has(word.toUpperCase()));
}

function nameOf(word: string, { ExpressionAttributeNames = {} }: Access) {
  return word.startsWith("#") ? (ExpressionAttributeNames[word] ?? word) : word;
}

/** What is read: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html, Select */
function selectOf({ Select, ProjectionExpression, IndexName }: Access = { TableName: "" }) {
  if (Select !== undefined) return Select;
  if (ProjectionExpression !== undefined) return "SPECIFIC_ATTRIBUTES";
  return IndexName === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

const distinct = (values: readonly string[]) => [...new Set(values)].sort();
