import { edgeBytesPrice } from "../../domain/cost/edge-costs.ts";
import { INSTANCE } from "../../domain/cost/instance-kind.ts";
import { type OwnCosts, ownCosts, tasksPerMessage } from "../../domain/cost/own-costs.ts";
import { EDGE_PRICE, PRICE } from "../../domain/cost/prices.ts";
import { BOOT_SECONDS, LINK_GIGABITS, QUOTA, secondsToWrite } from "../../domain/cost/quotas.ts";
import type { Units } from "../../domain/cost/units.ts";
import { shardCount } from "../../domain/plan/task-key.ts";
import { MAX_INSTANCES, MAX_URLS } from "../../domain/request/limits.ts";

/** Dollars. */
export interface Bill extends OwnCosts {
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
/** What so many tasks of so many bytes each take and cost. */
export function estimate(tasks: number, bytes: number, units: Units): Estimate {
  const coreSeconds = Math.max((tasks * units.agentCpuMicros) / 1e6, (tasks * bytes) / (units.largeMBPerSecond * 1e6));
  const linkSeconds = (tasks * bytes * 8) / (LINK_GIGABITS * 1e9);
  const instanceSeconds = Math.max(coreSeconds / INSTANCE.vcpus, linkSeconds);
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
      ["Spot vCPUs (640, adjustable)", (instances * INSTANCE.vcpus) / QUOTA.spotVcpus],
      ["DynamoDB writes a table (40,000/s, adjustable)", atTheTable / work],
      ["CloudFront requests a distribution (250,000/s, adjustable)", tasks / work / QUOTA.edgeRequests],
      ["CloudFront throughput a distribution (150 Gbit/s, adjustable)", atTheEdge / work],
      ["messages in flight (120,000)", Math.min(messages, instances * 1_024) / QUOTA.inFlight],
    ]),
    bill: {
      ...ownCosts({ tasks, perMessage: tasks / messages, pops: POPS, requests }, units),
      instances: instances * ((seconds + BOOT_SECONDS) / 3_600) * (INSTANCE.spotHour + PRICE.publicAddressHour),
      edgeBytes: edgeBytesPrice(tasks * bytes),
      edgeRequests: tasks * EDGE_PRICE.northAmerica.https,
    },
  };
}

function nearest(quotas: readonly (readonly [name: string, used: number])[]): Estimate["binds"] {
  const [name, used] = quotas.reduce((a, b) => (b[1] > a[1] ? b : a));
  return { name, used };
}
