import { MAX_MESSAGE_BYTES, MAX_URLS } from "../limits.ts";
import { blockCount } from "../plan/counter-shards.ts";
import { urlsPerMessage } from "../plan/task-message.ts";
import { PRICE } from "./prices.ts";
import type { Units } from "./work-time.ts";

/** What the pipeline of a request costs, without its instances, in dollars. */
export interface OwnCosts {
  readonly sqs: number;
  /** Results: written, read by the recount, kept for a month. */
  readonly table: number;
  readonly counters: number;
  readonly lambda: number;
}

/** What a request comes to. */
export interface Load {
  readonly tasks: number;
  /** Tasks of a message, on average. */
  readonly perMessage: number;
  readonly pops: number;
  /** More tasks than one request may have are several. @default 1 */
  readonly requests?: number;
}

/** Of a result's item, attribute names included. */
export const RESULT_BYTES = 700;
/**
 * DynamoDB bills the storage of each item with so many bytes more. They are no part of what a write or a read is billed for.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
const ITEM_OVERHEAD_BYTES = 100;
const BATCH = { sqs: 10, aggregation: 1_000 };
/** SQS bills a call for every 64 KiB that it carries. */
const SQS_CALL_BYTES = 65_536;
/** Memory with which a function has a whole core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const LAMBDA_GB_A_CORE = 1.728;
/** DynamoDB reads a page of results in units of 4 KiB. */
const READ_UNIT_BYTES = 4_096;
/** Larger files travel alone. */
const ALONE_BYTES = 2 ** 24;

export function ownCosts(load: Load, units: Units): OwnCosts {
  const { tasks, perMessage, pops } = load;
  return {
    sqs: sqsCalls(tasks / perMessage, perMessage) * PRICE.sqsCall.dollars,
    table: tasks * PRICE.dynamoWriteUnit.dollars + recountPrice(tasks) + storagePrice(tasks),
    counters: (tasks / BATCH.aggregation) * counterWriteUnits(pops) * PRICE.dynamoWriteUnit.dollars,
    lambda: lambdaPrice(load, units),
  };
}

/** @param bytes of an object, on average */
export function tasksPerMessage(tasks: number, bytes: number, instances: number): number {
  if (bytes > ALONE_BYTES) return 1;
  const byBytes = Math.floor(ALONE_BYTES / Math.max(1, bytes));
  return Math.max(1, Math.min(urlsPerMessage(tasks, instances), Math.floor(MAX_MESSAGE_BYTES / 100), byBytes));
}

function sqsCalls(messages: number, perMessage: number): number {
  const bytesPerMessage = 400 + perMessage * 90;
  const chunks = Math.max(1, Math.ceil((BATCH.sqs * bytesPerMessage) / SQS_CALL_BYTES));
  return (messages / BATCH.sqs) * (2 * chunks + 1);
}

/** Every result is read once, consistently. */
function recountPrice(tasks: number): number {
  return ((tasks * RESULT_BYTES) / READ_UNIT_BYTES) * PRICE.dynamoReadUnit.dollars;
}

/** The table of results has no index besides. */
function storagePrice(tasks: number): number {
  return ((tasks * (RESULT_BYTES + ITEM_OVERHEAD_BYTES)) / 1e9) * PRICE.dynamoStorageGbMonth.dollars;
}

function lambdaPrice({ tasks, requests = 1 }: Load, units: Units): number {
  const coreSeconds =
    (tasks * units.aggregationCpuMicros) / 1e6 +
    tasks / units.fanOutTasksPerSecond +
    Math.min(tasks, requests * MAX_URLS) / units.getSizeUrlsPerSecond;
  return (
    coreSeconds * LAMBDA_GB_A_CORE * PRICE.lambdaGbSecond.dollars +
    (tasks / BATCH.aggregation) * PRICE.lambdaCall.dollars
  );
}

/** Totals of a batch: one item of up to 1 KB in a transaction, which bills a write twice, and when a result was counted last. */
export const TOTALS_WRITE_UNITS = 3;
/** The same of one block of POPs. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const BLOCK_WRITE_UNITS = 2;

/** Write units of the counters of a batch with results of so many POPs. */
export function counterWriteUnits(pops: number): number {
  return TOTALS_WRITE_UNITS + BLOCK_WRITE_UNITS * blockCount(pops);
}
