import { MAX_MESSAGE_BYTES, MAX_URLS } from "../limits.ts";
import { inBlocks } from "../plan/counter-shards.ts";
import { urlsPerMessage } from "../plan/task-message.ts";
import { NO_COUNT } from "../result/count.ts";
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
    counters: (tasks / BATCH.aggregation) * unitsOfBatch(pops).total * PRICE.dynamoWriteUnit.dollars,
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

/** DynamoDB bills a write by the kilobyte begun, and twice within a transaction: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const UNIT_BYTES = 1_024;

/** Items as the progress table has them late in a request: counters only grow. */
export interface CounterSizes {
  /** Characters of a request's id. */
  readonly idLength: number;
  /** Results, and bytes, that one stripe has counted of one POP. */
  readonly popCount: number;
  readonly popBytes: number;
  /** Outcomes that one POP has counters of: warm or hit, and not kept. Each distribution tells tiers, or it does not. */
  readonly popOutcomes: number;
}

const LATE: CounterSizes = { idLength: 36, popCount: 10_000, popBytes: 1e13, popOutcomes: 2 };

/** What a batch costs, in write units. */
export interface BatchUnits {
  /** All of it. */
  readonly total: number;
  /** On the partition key of the request's totals: the stripe, and when a result was counted last. */
  readonly totalsKey: number;
  /** On the partition key of one block of POPs. */
  readonly blockKey: number;
}

/** @param pops how many of a request's POPs a batch has results of; the first ones, failures and outcomes at each of them too */
export function unitsOfBatch(pops: number, sizes: CounterSizes = LATE): BatchUnits {
  const numberOf = new Map(Array.from({ length: pops }, (_, n) => [`POP${n}`, n]));
  const blocks = [...inBlocks(numberOf, numberOf).values()];
  const blockUnits = blocks.map((places) => transacted(blockBytes(places.size, sizes)));
  const totalsKey = transacted(totalsBytes(sizes)) + plain(totalsBytes(sizes));
  return {
    total: blockUnits.reduce((sum, units) => sum + units, totalsKey),
    totalsKey,
    blockKey: Math.max(0, ...blockUnits),
  };
}

/** What the counters of a fleet cost. */
export interface CounterLoad {
  /** Write units of counters for each write unit of results, which are one each. */
  readonly share: number;
  /** Write units a second on the busiest partition key. */
  readonly busiestKey: number;
}

/**
 * @param resultsPerSecond of one request
 * @param batchSize results in a batch
 */
export function counterLoad(resultsPerSecond: number, batchSize: number, pops: number): CounterLoad {
  const batches = resultsPerSecond / batchSize;
  const { total, totalsKey, blockKey } = unitsOfBatch(pops);
  return { share: total / batchSize, busiestKey: batches * Math.max(totalsKey, blockKey) };
}

const KEYS = "key".length + "part".length;
const EXPIRY = "expire_at".length + numberBytes(1_800_000_000);

function totalsBytes({ idLength }: CounterSizes): number {
  const names = Object.keys(NO_COUNT);
  const counters = names.join("").length + names.length * numberBytes(1e15);
  return KEYS + `count##63`.length + idLength + EXPIRY + counters;
}

function blockBytes(pops: number, { idLength, popCount, popBytes, popOutcomes }: CounterSizes): number {
  const ofPop = (3 + popOutcomes) * "c23".length + (2 + popOutcomes) * numberBytes(popCount) + numberBytes(popBytes);
  return KEYS + "pops##1863".length + idLength + EXPIRY + pops * ofPop;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html: a byte for two digits, and one more. */
function numberBytes(value: number): number {
  return Math.ceil(String(Math.round(value)).length / 2) + 1;
}

function plain(bytes: number): number {
  return Math.ceil(bytes / UNIT_BYTES);
}

function transacted(bytes: number): number {
  return 2 * plain(bytes);
}
