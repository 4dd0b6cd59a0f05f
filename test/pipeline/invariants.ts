// What holds of each request once it is closed and nothing is left behind, whatever happened meanwhile.
import type { DailyUse } from "../../domain/request/daily-use.ts";
import type { Item } from "../../tools/memory-aws/expressions.ts";
import type { Pipeline } from "./pipeline.ts";

/** The sort keys under a request's counters that are no shards: when it moved last, and what a recount put right. */
const NOT_SHARDS = new Set(["moved", "recount"]);

/**
 * Compares counters, without what a recount put right, with the results.
 * Each batch of the stream is counted once, also if its function dies and is called again: DynamoDB knows the batch by its token.
 * @returns what differs
 */
export function wrongCounters(pipeline: Pipeline, reqId: string): string[] {
  const results = pipeline.items("StorageRequestTask").filter((item) => item["req_id"]?.["S"] === reqId);
  const good = results.filter(isGood);
  const shards = shardsOf(pipeline, (key) => key === `count#${reqId}`);
  const popShards = shardsOf(pipeline, (key) => key.startsWith(`pops#${reqId}#`));
  const failureShards = shardsOf(pipeline, (key) => key === `fails#${reqId}`);
  const expectations: [string, number, number][] = [
    ["download_count", sum(shards, /^download_count$/), results.length],
    ["failed_count", sum(shards, /^failed_count$/), results.length - good.length],
    ["warm_count", sum(shards, /^warm_count$/), results.filter((item) => item["outcome"]?.["S"] === "warm").length],
    [
      "download_size",
      sum(shards, /^download_size$/),
      good.reduce((bytes, item) => bytes + Number(item["bytes"]?.["N"]), 0),
    ],
    ["results by POP", sum(popShards, /^c\d+$/), results.length],
    ["failures by POP", sum(popShards, /^f\d+$/), results.length - good.length],
    ["failures by reason", sum(failureShards, /^t_/), results.length - good.length],
  ];
  return expectations
    .filter(([, counted, expected]) => counted !== expected)
    .map(([what, counted, expected]) => `counter of ${what}: ${counted} instead of ${expected}`);
}

/**
 * The event that says that a request has ended comes at least once, and says the same each time. Only a process that dies between
 * the event and its note says it twice.
 * @param isDisturbed whether a call failed or a process died
 * @returns what is wrong
 */
export function wrongEndEvents(pipeline: Pipeline, reqId: string, isDisturbed: boolean): string[] {
  const put = (pipeline.aws.events as { readonly Detail: string }[]).map(({ Detail }) => Detail);
  // What EventBridge did not take is kept for an operator.
  const kept = pipeline.messages("PipelineFailedBatches").map(({ body }) => body);
  const ends = [...put, ...kept].filter((detail) => detail.includes(reqId));
  if (ends.length === 0) return ["no event says that the request has ended"];
  if (ends.length > 1 && !isDisturbed) return [`${ends.length} events say that the request has ended`];
  return new Set(ends).size === 1 ? [] : [`events differ: ${[...new Set(ends)].join(" and ")}`];
}

/**
 * Compares what counts for the daily limits with what the requests used, once all are closed. One that did not finish counts at least that.
 * @returns what differs
 */
export function wrongDailyUse(pipeline: Pipeline): string[] {
  const requests = pipeline.items("StorageRequest");
  const days = (name: keyof DailyUse) => pipeline.daysOfUse().reduce((total, day) => total + day[name], 0);
  const isExact = requests.every(({ status }) => status?.["S"] === "FINISHED");
  const uncorrected = requests.filter(({ counted_use }) => counted_use !== undefined);
  return [
    ...uncorrected.map(({ req_id }) => `${req_id?.["S"]} is closed, and its daily use is not corrected`),
    ...[
      { name: "tasks", counted: days("total_count"), used: sum(requests, /^download_count$/) },
      { name: "bytes", counted: days("transferred_bytes"), used: sum(requests, /^transferred_bytes$/) },
    ]
      .filter(({ counted, used }) => (isExact ? counted !== used : counted < used))
      .map(({ name, counted, used }) => `${name} of the day: ${counted} instead of ${used}`),
  ];
}

/** Messages of requests that are closed. Events that EventBridge did not take stay for an operator. @returns the queues that have any */
export function leftMessages({ aws, deployment }: Pipeline, reqIds: readonly string[]): string[] {
  return deployment.queues
    .filter(({ name }) => !name.includes("FailedBatches"))
    .filter(({ name }) => aws.sqs.messages(name).some(({ body }) => reqIds.some((id) => body.includes(id))))
    .map(({ name }) => `${name} has messages of a request that is closed`);
}

const isGood = (item: Item) => item["ok"]?.["BOOL"] === true;

function shardsOf(pipeline: Pipeline, isWanted: (key: string) => boolean): Item[] {
  return pipeline
    .items("StorageProgress")
    .filter(({ key, part }) => isWanted(String(key?.["S"])) && !NOT_SHARDS.has(String(part?.["S"])));
}

function sum(items: readonly Item[], name: RegExp): number {
  const values = items.flatMap((item) => Object.entries(item).filter(([attribute]) => name.test(attribute)));
  return values.reduce((total, [, value]) => total + Number(value["N"]), 0);
}
