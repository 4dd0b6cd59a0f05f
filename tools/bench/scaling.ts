import * as z from "zod";
import { type Billed, billOf, type Line, pipelineCosts, tasksPerMessage } from "../../domain/cost/bill.ts";
import { instanceKind } from "../../domain/cost/prices.ts";
import { BOOT_SECONDS, LINK_GIGABITS, QUOTA, secondsToWrite, type Units } from "../../domain/cost/work-time.ts";
import { MAX_INSTANCES, MAX_URLS } from "../../domain/limits.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import { DEFAULT_VERIFY } from "../../domain/result/outcome.ts";
import { taskBytes, taskRequests } from "../../domain/result/task-traffic.ts";
import { keptUnits } from "./report.ts";

/** Dollars. */
export interface Bill extends ReturnType<typeof pipelineCosts> {
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
/** All of them are billed as in the United States. */
const AMERICAN_POPS: readonly string[] = Array<string>(POPS).fill("IAD89-P1");
const INSTANCE = instanceKind(["c7gn.large"]);
/** As many instances as finish in about this time. */
const WORK_SECONDS = 600;
/** Messages in flight of a standard queue. */
export const IN_FLIGHT = 120_000;
const SETTINGS = { verify: DEFAULT_VERIFY };
const REQUESTS_PER_TASK = taskRequests(SETTINGS).downloads + taskRequests(SETTINGS).checks;

/**
 * What so many tasks of objects of so many bytes each take and cost, with default settings. The dollars are those of `dry_run`: both
 * call `billOf()`.
 */
export function estimate(tasks: number, objectBytes: number, units: Units): Estimate {
  const bytesPerTask = taskBytes(SETTINGS, objectBytes);
  const small = (tasks * REQUESTS_PER_TASK * units.agentCpuMicros) / 1e6;
  const large = (tasks * bytesPerTask) / (units.largeMBPerSecond * 1e6);
  const bits = tasks * bytesPerTask * 8;
  const instanceSeconds = Math.max(Math.max(small, large) / INSTANCE.vcpus, bits / (LINK_GIGABITS * 1e9));
  const atTheTable = tasks / QUOTA.tableWrites;
  const atTheEdge = bits / (QUOTA.edgeGigabits * 1e9);
  // More instances would only wait for what is the bound.
  const wanted = Math.max(WORK_SECONDS, atTheTable, atTheEdge);
  // Rounded before it is rounded up: 30 instances and a fraction of a second are 30.
  const needed = Math.ceil(Number((instanceSeconds / wanted).toFixed(6)));
  const instances = Math.min(MAX_INSTANCES, Math.max(1, needed));
  const requests = Math.ceil(tasks / (MAX_URLS * POPS));
  const messages = tasks / tasksPerMessage(tasks / requests, objectBytes, instances);
  const work = instanceSeconds / instances;
  const seconds = Math.max(work, atTheTable, atTheEdge);
  return {
    instances,
    seconds,
    messages,
    shards: resultShardCount(tasks / requests),
    secondsWithNewTable: Math.max(seconds, secondsToWrite(tasks)),
    binds: nearest([
      ["instances a group (300, ours)", instances / MAX_INSTANCES],
      ["DynamoDB writes per table (40,000/s, adjustable)", atTheTable / work],
      [
        "CloudFront requests per distribution (250,000/s, adjustable)",
        (tasks * REQUESTS_PER_TASK) / work / QUOTA.edgeRequests,
      ],
      ["CloudFront throughput per distribution (150 Gbit/s, adjustable)", atTheEdge / work],
      ["messages in flight (120,000)", Math.min(messages, instances * 1_024) / IN_FLIGHT],
    ]),
    bill: bill({ tasks, objectBytes, bytesPerTask, instances, requests, seconds }, units),
  };
}

interface Finished {
  readonly tasks: number;
  readonly objectBytes: number;
  readonly bytesPerTask: number;
  readonly instances: number;
  readonly requests: number;
  readonly seconds: number;
}

function bill(of: Finished, units: Units): Bill {
  const { tasks, objectBytes, bytesPerTask, instances, requests, seconds } = of;
  const perPop = tasks / POPS;
  const billed: Billed = {
    traffic: AMERICAN_POPS.map((pop) => ({
      pop,
      tasks: perPop,
      size: perPop * objectBytes,
      requests: perPop * REQUESTS_PER_TASK,
      bytes: perPop * bytesPerTask,
    })),
    urlVariants: perPop,
    secure: 1,
    objectBytes,
    instances,
    instanceHours: instances * ((seconds + BOOT_SECONDS) / 3_600),
    kind: INSTANCE,
    paths: 0,
    requests,
  };
  const lines = billOf(billed, units);
  const dollars = (name: Line["line"]) => lines.find(({ line }) => line === name)?.dollars ?? 0;
  return {
    ...pipelineCosts(billed, units),
    instances: dollars("ec2_spot") + dollars("public_ipv4"),
    edgeBytes: dollars("cloudfront_bytes"),
    edgeRequests: dollars("cloudfront_requests"),
  };
}

function nearest(quotas: readonly (readonly [name: string, used: number])[]): Estimate["binds"] {
  const [name, used] = quotas.reduce((a, b) => (b[1] > a[1] ? b : a));
  return { name, used };
}

const unitsSchema = z.object({
  agentCpuMicros: z.number(),
  fanOutTasksPerSecond: z.number(),
  aggregationCpuMicros: z.number(),
  getSizeUrlsPerSecond: z.number(),
  largeMBPerSecond: z.number(),
});

/** The unit costs as `npm run bench` measured them last. @throws ZodError that names those that were never measured */
export function measuredUnits(): Units {
  return unitsSchema.parse(keptUnits());
}
