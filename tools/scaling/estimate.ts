import { urlsPerMessage } from "../../domain/plan/messages.ts";
import { shardCount } from "../../domain/plan/task-key.ts";
import { MAX_INSTANCES, MAX_MESSAGE_BYTES, MAX_URLS } from "../../domain/request/limits.ts";
import { unitsOfBatch } from "../large/write-units.ts";
import { edgeBytesPrice, INSTANCE, NEW_TABLE, PRICE, QUOTA } from "./prices.ts";

/** What one unit of work costs: measured by `npm run bench`. */
export interface Units {
  readonly agentCpuMicros: number;
  readonly fanOutTasksPerSecond: number;
  readonly aggregationCpuMicros: number;
  readonly getSizeUrlsPerSecond: number;
  readonly largeMBPerSecond: number;
}

/** Dollars. */
export interface Bill {
  readonly sqs: number;
  readonly table: number;
  readonly counters: number;
  readonly lambda: number;
  readonly instances: number;
  readonly edgeBytes: number;
  readonly edgeRequests: number;
}

export interface Estimate {
  readonly instances: number;
  /** Without boot, on tables that have taken as much before. */
  readonly seconds: number;
  /** The same on tables that are new. */
  readonly secondsWithNewTable: number;
  readonly shards: number;
  readonly messages: number;
  /** The quota that is nearest, and how much of it is used. */
  readonly binds: { readonly name: string; readonly used: number };
  readonly bill: Bill;
}

/** A request has at most `MAX_URLS` URLs, here at this many POPs. More tasks are more requests. */
export const POPS = 200;
/** As many instances as finish in about this time. */
const WORK_SECONDS = 600;
/** A minute to boot, install and start. */
const BOOT_SECONDS = 60;
const RESULT_BYTES = 700;
const BATCH = { sqs: 10, aggregation: 1_000 };
/** SQS bills a call for every 64 KiB that it carries. */
const SQS_CALL_BYTES = 65_536;
/** Memory with which a function has a whole core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const LAMBDA_GB_A_CORE = 1.728;
/** DynamoDB reads a page of results in units of 4 KiB. */
const READ_UNIT_BYTES = 4_096;
/** Larger files travel alone. */
const ALONE_BYTES = 2 ** 24;

/** What so many tasks of so many bytes each take and cost. */
export function estimate(tasks: number, bytes: number, units: Units): Estimate {
  const coreSeconds = Math.max((tasks * units.agentCpuMicros) / 1e6, (tasks * bytes) / (units.largeMBPerSecond * 1e6));
  const linkSeconds = (tasks * bytes * 8) / (INSTANCE.gigabits * 1e9);
  const instanceSeconds = Math.max(coreSeconds / INSTANCE.cores, linkSeconds);
  const atTheTable = tasks / QUOTA.tableWrites;
  const atTheEdge = (tasks * bytes * 8) / (QUOTA.edgeGigabits * 1e9);
  // More instances would only wait for what is the bound.
  const wanted = Math.max(WORK_SECONDS, atTheTable, atTheEdge);
  const instances = Math.min(MAX_INSTANCES, Math.max(1, Math.ceil(instanceSeconds / wanted)));
  const requests = Math.ceil(tasks / (MAX_URLS * POPS));
  const messages = tasks / tasksPerMessage(tasks / requests, bytes, instances);
  const work = instanceSeconds / instances;
  const seconds = Math.max(work, atTheTable, atTheEdge);
  return {
    ...{ instances, seconds, messages, shards: shardCount(tasks / requests) },
    secondsWithNewTable: Math.max(seconds, secondsToWrite(tasks)),
    binds: nearest([
      ["instances a group (300, ours)", instances / MAX_INSTANCES],
      ["Spot vCPUs (640, adjustable)", (instances * INSTANCE.cores) / QUOTA.spotVcpus],
      ["DynamoDB writes a table (40,000/s, adjustable)", atTheTable / work],
      ["CloudFront requests a distribution (250,000/s, adjustable)", tasks / work / QUOTA.edgeRequests],
      ["CloudFront throughput a distribution (150 Gbit/s, adjustable)", atTheEdge / work],
      ["messages in flight (120,000)", Math.min(messages, instances * 1_024) / QUOTA.inFlight],
    ]),
    bill: {
      sqs: sqsCalls(messages, tasks / messages) * PRICE.sqsCall,
      table: tasks * PRICE.dynamoWriteUnit + recountPrice(tasks) + storagePrice(tasks),
      counters: (tasks / BATCH.aggregation) * unitsOfBatch(POPS).total * PRICE.dynamoWriteUnit,
      lambda: lambdaPrice(tasks, requests, units),
      instances: instances * ((seconds + BOOT_SECONDS) / 3_600) * (PRICE.instanceHour + PRICE.publicAddressHour),
      edgeBytes: edgeBytesPrice(tasks * bytes),
      edgeRequests: tasks * PRICE.edgeRequest,
    },
  };
}

/** How long a new table needs for so many writes: what it takes doubles every half hour, up to its quota. */
export function secondsToWrite(writes: number): number {
  let left = writes;
  let rate = NEW_TABLE.writes;
  let seconds = 0;
  while (rate < QUOTA.tableWrites && left > rate * NEW_TABLE.doublesAfterSeconds) {
    left -= rate * NEW_TABLE.doublesAfterSeconds;
    seconds += NEW_TABLE.doublesAfterSeconds;
    rate = Math.min(QUOTA.tableWrites, 2 * rate);
  }
  return seconds + left / rate;
}

function tasksPerMessage(tasks: number, bytes: number, instances: number): number {
  if (bytes > ALONE_BYTES) return 1;
  const byBytes = Math.floor(ALONE_BYTES / bytes);
  return Math.max(1, Math.min(urlsPerMessage(tasks, instances), Math.floor(MAX_MESSAGE_BYTES / 100), byBytes));
}

function sqsCalls(messages: number, perMessage: number): number {
  const bytesPerMessage = 400 + perMessage * 90;
  const chunks = Math.max(1, Math.ceil((BATCH.sqs * bytesPerMessage) / SQS_CALL_BYTES));
  return (messages / BATCH.sqs) * (2 * chunks + 1);
}

/** Every result is read once, consistently. */
function recountPrice(tasks: number): number {
  return ((tasks * RESULT_BYTES) / READ_UNIT_BYTES) * PRICE.dynamoReadUnit;
}

function storagePrice(tasks: number): number {
  return ((tasks * RESULT_BYTES) / 1e9) * PRICE.dynamoStorageGbMonth;
}

function lambdaPrice(tasks: number, requests: number, units: Units): number {
  const coreSeconds =
    (tasks * units.aggregationCpuMicros) / 1e6 +
    tasks / units.fanOutTasksPerSecond +
    Math.min(tasks, requests * MAX_URLS) / units.getSizeUrlsPerSecond;
  return coreSeconds * LAMBDA_GB_A_CORE * PRICE.lambdaGbSecond + (tasks / BATCH.aggregation) * PRICE.lambdaCall;
}

function nearest(quotas: readonly (readonly [name: string, used: number])[]): Estimate["binds"] {
  const [name, used] = quotas.reduce((a, b) => (b[1] > a[1] ? b : a));
  return { name, used };
}
