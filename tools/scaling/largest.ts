import { BLOCK_WRITE_UNITS, counterWriteUnits, RESULT_BYTES, TOTALS_WRITE_UNITS } from "../../domain/cost/bill.ts";
import { LINK_GIGABITS, NEW_TABLE, QUOTA, secondsToWrite, type Units } from "../../domain/cost/work-time.ts";
import { MAX_INSTANCES, MAX_URLS } from "../../domain/limits.ts";
import { blockCount } from "../../domain/plan/counter-shards.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import { urlsPerMessage } from "../../domain/plan/task-message.ts";
import { readable } from "../bench/statistics.ts";
import { table } from "../markdown-table.ts";
import { IN_FLIGHT } from "./estimate.ts";
import { duration } from "./tables.ts";

/** POPs of the largest request that is computed and tried as a model. */
export const LARGEST_POPS = 400;
/** For how long SQS lets a message be in flight. */
const IN_FLIGHT_HOURS = 12;
const BATCH = 1_000;
const QUARTER = 250;
/** DynamoDB ends a page here. */
const PAGE_BYTES = 2 ** 20;
/** The largest object that CloudFront caches. */
const LARGEST_OBJECT_BYTES = 50 * 2 ** 30;

/** What the largest request comes to, step by step: docs/scaling.md has it. */
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
        `SQS gives out no more then. ${MAX_INSTANCES} instances may hold ${count(IN_FLIGHT / MAX_INSTANCES)} each`,
      ],
      ["fan-out, one function", duration(tasks / units.fanOutTasksPerSecond), "POPs of a REC each, ten at once on AWS"],
      [
        "writing the results",
        `${duration(tasks / QUOTA.tableWrites)}; new table: ${duration(secondsToWrite(tasks))}`,
        `${count(QUOTA.tableWrites)} writes a second; a new table takes ${count(NEW_TABLE.writes)}, and twice as many each half hour`,
      ],
      [
        "one shard's share of them",
        `${readable(QUOTA.tableWrites / shards)} writes/s`,
        `${count(shards)} shards; DynamoDB takes 1,000 a partition key`,
      ],
      [
        "counters, a batch",
        `${count(counters)} write units`,
        `totals and ${blockCount(LARGEST_POPS)} blocks of POPs in one transaction, and when the last result came`,
      ],
      [
        "counters, of what the results cost",
        `${percent(load(BATCH).share)}; ${percent(load(QUARTER).share)}`,
        `in batches of ${count(BATCH)}, which are full, and of ${QUARTER}`,
      ],
      [
        "counters, the busiest partition key",
        `${readable(load(BATCH).busiestKey)} writes/s; ${readable(load(QUARTER).busiestKey)}`,
        `at ${count(QUOTA.tableWrites)} results a second, in such batches`,
      ],
      [
        "recount",
        `${count(pages)} pages of 1 MB`,
        `${readable((tasks * RESULT_BYTES) / 1e9)} GB of results, read once`,
      ],
      ["bits of the recount", `${readable(tasks / 4 / 1e6)} MB`, "two for each task, in memory and in the checkpoint"],
      [
        "the largest file in a message's time",
        `${readable(LARGEST_OBJECT_BYTES / (IN_FLIGHT_HOURS * 3_600) / 1e6)} MB/s at least`,
        `50 GiB, the largest that CloudFront caches, within the ${IN_FLIGHT_HOURS} hours that SQS lets a message be in flight`,
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
  return {
    share: counterWriteUnits(pops) / batchSize,
    busiestKey: batches * Math.max(TOTALS_WRITE_UNITS, BLOCK_WRITE_UNITS),
  };
}

function percent(share: number): string {
  return `${readable(100 * share)}%`;
}
