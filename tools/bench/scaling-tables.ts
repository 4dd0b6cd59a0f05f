import { BLOCK_WRITE_UNITS, counterWriteUnits, RESULT_BYTES, TOTALS_WRITE_UNITS } from "../../domain/cost/bill.ts";
import { LINK_GIGABITS, NEW_TABLE, QUOTA, secondsToWrite, type Units } from "../../domain/cost/work-time.ts";
import { MAX_INSTANCES, MAX_URLS } from "../../domain/limits.ts";
import { blockCount } from "../../domain/plan/counter-shards.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import { urlsPerMessage } from "../../domain/plan/task-message.ts";
import { table } from "../markdown-table.ts";
import { readable } from "./report.ts";
import { type Bill, type Estimate, estimate, IN_FLIGHT } from "./scaling.ts";

const KINDS = [
  { name: "10 KB", bytes: 1e4 },
  { name: "1 MB", bytes: 1e6 },
  { name: "1 GB", bytes: 1e9 },
];
const SIZES = [1e4, 1e6, 1e8];

/** What docs/benchmarks.md#scaling has of time and money: unit costs, and two tables for each size of object. */
export function scalingTables(units: Units): string {
  return [unitTable(units), ...KINDS.map((kind) => kindTables(kind, units))].join("\n\n");
}

function unitTable(units: Units): string {
  return table(
    ["unit cost, measured", "value"],
    [
      ["agent, CPU per small task", `${readable(units.agentCpuMicros)} µs`],
      ["agent, large objects, one core", `${readable(units.largeMBPerSecond)} MB/s`],
      ["fan-out, one function", `${readable(units.fanOutTasksPerSecond)} tasks/s`],
      ["aggregation, CPU per record", `${readable(units.aggregationCpuMicros)} µs`],
      ["Get Size, one function", `${readable(units.getSizeUrlsPerSecond)} URLs/s`],
    ],
  );
}

function kindTables({ name, bytes }: (typeof KINDS)[number], units: Units): string {
  const rows = SIZES.map((tasks) => ({ tasks, ...estimate(tasks, bytes, units) }));
  const time = table(
    [
      ...["tasks", "instances", "time without start", "with a new table"],
      ...["tasks/s", "messages", "first quota reached"],
    ],
    rows.map((it) => [
      ...[power(it.tasks), String(it.instances), duration(it.seconds), duration(it.secondsWithNewTable)],
      ...[readable(it.tasks / it.seconds), readable(it.messages), bound(it)],
    ]),
  );
  const money = table(
    [
      "tasks",
      "SQS",
      "results",
      "counters",
      "Lambda",
      "instances",
      "Prewarm, total",
      "CloudFront transfer",
      "CloudFront requests",
    ],
    rows.map(({ tasks, bill }) => [
      power(tasks),
      ...[bill.sqs, bill.table, bill.counters, bill.lambda, bill.instances, ownSum(bill)].map(dollars),
      ...[bill.edgeBytes, bill.edgeRequests].map(dollars),
    ]),
  );
  return `### Objects of ${name}\n\n${time}\n\n${money}`;
}

/** Without what CloudFront bills for the bytes. */
function ownSum({ sqs, table, counters, lambda, instances }: Bill): number {
  return sqs + table + counters + lambda + instances;
}

function bound({ binds: { name, used } }: Estimate): string {
  return used >= 0.995 ? `**${name}**` : `none; nearest: ${name}, ${readable(used * 100)}%`;
}

function power(tasks: number): string {
  return tasks.toExponential(0).replace("e+", " × 10^");
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${readable(seconds)} s`;
  if (seconds < 7_200) return `${readable(seconds / 60)} min`;
  return seconds < 48 * 3_600 ? `${readable(seconds / 3_600)} h` : `${readable(seconds / 86_400)} days`;
}

export function dollars(value: number): string {
  return value < 0.01 ? "< $0.01" : `$${readable(value)}`;
}

/** POPs of the largest request that is computed and tried as a model. */
const LARGEST_POPS = 400;
/** For how long SQS lets a message be in flight. */
const IN_FLIGHT_HOURS = 12;
const BATCH = 1_000;
const QUARTER = 250;
/** DynamoDB ends a page here. */
const PAGE_BYTES = 2 ** 20;
/** The largest object that CloudFront caches. */
const LARGEST_OBJECT_BYTES = 50 * 2 ** 30;

/** What the largest request comes to, step by step: docs/benchmarks.md#scaling has it. */
export function largestTable(units: Units): string {
  const tasks = MAX_URLS * LARGEST_POPS;
  const perMessage = urlsPerMessage(tasks, MAX_INSTANCES);
  const messages = tasks / perMessage;
  const shards = resultShardCount(tasks);
  const counters = counterWriteUnits(LARGEST_POPS);
  const load = (batch: number) => counterLoad(QUOTA.tableWrites, batch, LARGEST_POPS);
  const pages = Math.ceil((tasks * RESULT_BYTES) / PAGE_BYTES);
  const count = (value: number) => value.toLocaleString("en-US");
  return table(
    ["what", "how much", "why"],
    [
      ["tasks", count(tasks), `${count(MAX_URLS)} URLs × ${LARGEST_POPS} POPs`],
      ["messages", count(messages), `${perMessage} small files each; a file above 16 MiB has one of its own`],
      [
        "in flight at once",
        `at most ${count(IN_FLIGHT)}`,
        `the SQS quota: ${count(IN_FLIGHT / MAX_INSTANCES)} for each of ${MAX_INSTANCES} instances`,
      ],
      [
        "fan-out, one function",
        duration(tasks / units.fanOutTasksPerSecond),
        "one for the POPs of each REC, ten at once on AWS",
      ],
      [
        "writing the results",
        `${duration(tasks / QUOTA.tableWrites)}; new table: ${duration(secondsToWrite(tasks))}`,
        `${count(QUOTA.tableWrites)} writes per second; a new table takes ${count(NEW_TABLE.writes)}, doubling every half hour`,
      ],
      [
        "results per shard",
        `${readable(QUOTA.tableWrites / shards)} writes/s`,
        `${count(shards)} shards; DynamoDB allows 1,000 per partition key`,
      ],
      [
        "counters, per batch",
        `${count(counters)} write units`,
        `one transaction: totals, ${blockCount(LARGEST_POPS)} blocks of POPs, and the time of the last result`,
      ],
      [
        "counters, relative to the cost of results",
        `${percent(load(BATCH).share)}; ${percent(load(QUARTER).share)}`,
        `in full batches of ${count(BATCH)}; in batches of ${QUARTER}`,
      ],
      [
        "counters, the busiest partition key",
        `${readable(load(BATCH).busiestKey)} writes/s; ${readable(load(QUARTER).busiestKey)}`,
        `at ${count(QUOTA.tableWrites)} results per second, in the same batches`,
      ],
      [
        "recount",
        `${count(pages)} pages of 1 MB`,
        `${readable((tasks * RESULT_BYTES) / 1e9)} GB of results, read once`,
      ],
      [
        "bitmap of the recount",
        `${readable(tasks / 4 / 1e6)} MB`,
        "two bits for each task, in memory and in the checkpoint",
      ],
      [
        "rate of the largest file",
        `${readable(LARGEST_OBJECT_BYTES / (IN_FLIGHT_HOURS * 3_600) / 1e6)} MB/s at least`,
        `50 GiB, the largest that CloudFront caches, within SQS's maximum visibility timeout of ${IN_FLIGHT_HOURS} hours`,
      ],
      [
        "an instance's link",
        `${readable((LINK_GIGABITS * 1e9) / 8 / 1e6)} MB/s`,
        `${LINK_GIGABITS} Gbit/s: in 12 hours ${readable((LINK_GIGABITS * 1e9 * IN_FLIGHT_HOURS * 3_600) / 8 / 1e12)} TB`,
      ],
    ],
  );
}

/** What the counters of a fleet cost. */
interface CounterLoad {
  /** Write units of counters for each write unit of results, which are one each. */
  readonly share: number;
  /** Write units a second on the busiest partition key. */
  readonly busiestKey: number;
}

/**
 * @param resultsPerSecond of one request
 * @param batchSize results in a batch
 */
function counterLoad(resultsPerSecond: number, batchSize: number, pops: number): CounterLoad {
  const batches = resultsPerSecond / batchSize;
  return {
    share: counterWriteUnits(pops) / batchSize,
    busiestKey: batches * Math.max(TOTALS_WRITE_UNITS, BLOCK_WRITE_UNITS),
  };
}

function percent(share: number): string {
  return `${readable(100 * share)}%`;
}
