import { Readable } from "node:stream";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "vitest";
import { documentClient } from "../../aws/clients.ts";
import { AwsError } from "../../tools/memory-aws/aws-error.ts";
import { MemoryDynamoDb, type TableSchema } from "../../tools/memory-aws/memory-dynamodb.ts";

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

/**
 * DynamoDB in memory, of tools/memory-aws, behind the real clients: a test says what a write comes to, and not how it is written.
 * @param intercept answers a call instead, or throws an AwsError; undefined: the table answers
 */
export function memoryDb(intercept: (call: Call, n: number) => object | undefined = () => undefined) {
  const memory = new MemoryDynamoDb(TABLES, () => undefined);
  const calls: Call[] = [];
  const handle = async (request: { headers: Record<string, string>; body: string | Uint8Array }) => {
    const operation = request.headers["x-amz-target"]?.split(".")[1] ?? "";
    const call = { operation, input: JSON.parse(Buffer.from(request.body).toString()) };
    checkPlaceholders(call.input);
    try {
      return reply(200, intercept(call, calls.push(call) - 1) ?? memory.call(operation, call.input));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const type = `com.amazonaws.dynamodb.v20120810#${error.code}`;
      return reply(error.status, { __type: type, message: error.message, ...error.fields });
    }
  };
  const client = new DynamoDBClient({
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: { handle: handle as never },
  });
  return {
    client,
    db: documentClient(client),
    calls,
    items: (name: string) => memory.items(name).map((item) => unmarshall(item as Record<string, never>)),
  };
}

function reply(statusCode: number, body: unknown) {
  return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) } };
}

/** DynamoDB refuses a placeholder that is used and not given, and one that is given and not used. */
function checkPlaceholders(input: unknown): void {
  if (typeof input !== "object" || input === null) return;
  const used: string[] = [];
  const given: string[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (name.endsWith("Expression")) used.push(...(String(value).match(/[#:]\w+/g) ?? []));
    else if (name.startsWith("ExpressionAttribute")) given.push(...Object.keys(value));
    else checkPlaceholders(value);
  }
  expect(new Set(used)).toEqual(new Set(given));
}
