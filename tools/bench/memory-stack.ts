import { marshall } from "@aws-sdk/util-dynamodb";
import { keysOf } from "../../domain/collections.ts";
import { capVariables } from "../../domain/request/caps.ts";
import { MemoryAws, type MemoryAwsOptions } from "../memory-aws/memory-aws.ts";
import type { TableSchema } from "../memory-aws/memory-dynamodb.ts";

const table = (name: string, keys: readonly string[], indexes: Readonly<Record<string, readonly string[]>> = {}) => ({
  name,
  keys,
  indexes: new Map(Object.entries(indexes)),
});
const TABLES = {
  REQUEST_TABLE: table("requests", ["req_id"], { active: ["active"], closing: ["closing"] }),
  REQUEST_POP_TABLE: table("pops", ["req_id", "target"]),
  REQUEST_TASK_TABLE: table("tasks", ["task_key", "pop_url"]),
  PROGRESS_TABLE: table("progress", ["key", "part"]),
} satisfies Record<string, TableSchema>;
const QUEUES = {
  QUEUE_URL: "main",
  EXPRESS_QUEUE_URL: "express",
  DEAD_LETTER_QUEUE_URL: "dead-letters",
  FAILED_BATCHES_URL: "failed-batches",
};
const OTHERS = ["BUCKET", "GROUP_NAME", "SCHEDULE_GROUP", "SHUTDOWN_ARN", "SCHEDULE_ROLE_ARN"];

export type TableName = "requests" | "pops" | "tasks" | "progress";

interface MemoryStackOptions {
  /** Answers queries of the results. @default those that were written */
  readonly results?: TableSchema["query"];
  /** Called with each change of a table. */
  readonly onRecord?: MemoryAwsOptions["onRecord"];
  readonly latencyMs?: number;
}

/** The AWS APIs as functions and agents of a deployed stack find them, in memory. Functions that are invoked do not run. */
export class MemoryStack extends MemoryAws {
  constructor({ results, onRecord = () => undefined, ...options }: MemoryStackOptions = {}) {
    const { REQUEST_TASK_TABLE, ...others } = TABLES;
    super({
      ...options,
      tables: [...Object.values(others), results ? { ...REQUEST_TASK_TABLE, query: results } : REQUEST_TASK_TABLE],
      queues: Object.values(QUEUES).map((name) => ({ name, visibilitySeconds: 120 })),
      group: { name: "GROUP_NAME", maxSize: 20 },
      distributions: [],
      onRecord,
      onInstances: () => undefined,
      onInvocation: () => undefined,
      onSchedule: () => undefined,
      invalidate: () => undefined,
    });
  }

  put(TableName: TableName, item: object): void {
    this.dynamoDb.call("PutItem", { TableName, Item: marshall(item, { removeUndefinedValues: true }) });
  }

  putObject(key: string, text: string): void {
    this.s3.objects.set(`BUCKET/${key}`, Buffer.from(text));
  }
}

/** Of functions and agents of the stack. @param endpoint where it listens */
export function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(TABLES).map(([variable, { name }]) => [variable, name])),
    ...Object.fromEntries(Object.entries(QUEUES).map(([variable, name]) => [variable, `${endpoint}/${name}`])),
    ...Object.fromEntries(OTHERS.map((name) => [name, name])),
    AWS_LAMBDA_FUNCTION_NAME: "function",
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    STALL_SECONDS: "900",
    ...Object.fromEntries(keysOf(capVariables).map((name) => [name, "1000000000"])),
    API_URL: `${endpoint}/`,
  };
}
