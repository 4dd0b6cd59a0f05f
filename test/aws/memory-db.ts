import { DynamoDBClient, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { documentClient } from "../../aws/clients.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { AwsError } from "../../tools/memory-aws/aws-http.ts";
import { MemoryDynamoDb, type TableSchema } from "../../tools/memory-aws/memory-dynamodb.ts";
import { fakeClient } from "./client.ts";

const table = (name: string, ...keys: readonly string[]): TableSchema => ({ name, keys, indexes: new Map() });
const REQUEST_INDEXES = new Map([
  ["active", ["active"]],
  ["closing", ["closing"]],
  ["newest", ["listed", "created_at"]],
]);
const TABLES = [
  table("progress", "key", "part"),
  table("pops", "req_id", "target"),
  table("tasks", "task_key", "pop_url"),
  { ...table("requests", "req_id"), indexes: REQUEST_INDEXES },
];

interface Call {
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: of as many shapes as there are operations
  readonly input: any;
}

/** How the document client of the functions writes and reads attributes. */
const { marshallOptions = {}, unmarshallOptions = {} } =
  documentClient(new DynamoDBClient({ region: "eu-west-1" })).config.translateConfig ?? {};
const attributesOf = (item: object) => marshall(item, marshallOptions);
const itemOf = (attributes: unknown) => unmarshall(attributes as Parameters<typeof unmarshall>[0], unmarshallOptions);

/**
 * DynamoDB in memory, of tools/memory-aws, in the place of the clients' `send`: a test says what a write comes to, and not how it is
 * written. The wire between SDK and DynamoDB costs milliseconds a call; test/pipeline has it, too.
 * @param intercept answers a call instead, or throws an AwsError; undefined: the table answers
 */
export function memoryDb(intercept: (call: Call, n: number) => object | undefined = () => undefined) {
  const memory = new MemoryDynamoDb(TABLES, () => undefined);
  const calls: Call[] = [];
  const unreadable: UnparseableItem[] = [];
  const answer = (command: string, input: Call["input"]): unknown => {
    const verb = command.replace(/(Item)?Command$/, "");
    const operation = { Query: "Query", TransactWrite: "TransactWriteItems" }[verb] ?? `${verb}Item`;
    checkPlaceholders(input);
    try {
      const call = { operation, input };
      return intercept(call, calls.push(call) - 1) ?? memory.call(operation, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code: name, message, fields } = error;
      const fault = new DynamoDBServiceException({ name, message, $fault: "client", $metadata: {} });
      throw Object.assign(fault, fields);
    }
  };
  const { client } = fakeClient<DynamoDBClient>(({ name, input }) => answer(name, input));
  const { client: db } = fakeClient<DynamoDBDocument>(({ name, input }) =>
    translated(answer(name, translated(input, attributesOf)), itemOf),
  );
  return {
    client,
    db,
    calls,
    onUnparseable: (item: UnparseableItem) => void unreadable.push(item),
    unreadable,
    items: (name: string) => memory.items(name).map(itemOf),
    put: (TableName: string, item: object) => memory.call("PutItem", { TableName, Item: attributesOf(item) }),
    delete: (TableName: string, key: object) => memory.call("DeleteItem", { TableName, Key: attributesOf(key) }),
  };
}

/** Where the input or output of a command has an item, a key or values. */
const ITEMS = /^(Items?|Key|Attributes|ExclusiveStartKey|LastEvaluatedKey|ExpressionAttributeValues)$/;

/** What a command has, with each item in it in its other form. */
function translated(value: unknown, translate: (item: object) => object, isItem = false): unknown {
  if (Array.isArray(value)) return value.map((one) => translated(one, translate, isItem));
  if (typeof value !== "object" || value === null) return value;
  if (isItem) return translate(value);
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(given.map(([name, field]) => [name, translated(field, translate, ITEMS.test(name))]));
}

/** DynamoDB refuses a placeholder that is used and not given, and one that is given and not used. */
function checkPlaceholders(input: unknown) {
  if (typeof input !== "object" || input === null) return;
  const used: string[] = [];
  const given: string[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (name.endsWith("Expression")) used.push(...(String(value).match(/[#:]\w+/g) ?? []));
    else if (name.startsWith("ExpressionAttribute")) given.push(...Object.keys(value));
    else checkPlaceholders(value);
  }
  const [lacking, unused] = [used.filter((one) => !given.includes(one)), given.filter((one) => !used.includes(one))];
  if (lacking.length + unused.length > 0) throw new Error(`Placeholders lacking: ${lacking}; unused: ${unused}`);
}
