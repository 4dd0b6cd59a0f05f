import { type Target, targetKey } from "../../domain/plan/target.ts";
import { shardKey } from "../../domain/plan/task-key.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { ACTIVE, NOTHING_YET, type RequestItem } from "../../domain/request/request-item.ts";
import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";

export const LABEL = "d111111abcdef8";
export const DOMAIN = `${LABEL}.cloudfront.net`;

/** A request that was just created; with `active: undefined`, one that has ended. */
export function request(change: Partial<RequestItem> = {}): RequestItem {
  return {
    req_id: "r1",
    status: "CREATED",
    active: ACTIVE,
    created_at: "2024-04-16 03:10:21.405000",
    last_update_time: "2024-04-16 03:11:53.531000",
    timeout_at: "2999-01-01 00:00:00.000000",
    expire_at: 1_800_000_000,
    url_count: 2,
    pops: ["SIN2-P1", "FRA56-P4"],
    header: [],
    instance_count: 1,
    need_invalidate: false,
    ...NOTHING_YET,
    ...change,
  };
}

export function target(pop: string, change: Partial<Target> = {}): Target {
  const label = change.label ?? LABEL;
  return {
    req_id: "r1",
    target: targetKey(pop, label),
    pop,
    label,
    state: "SENT",
    ips: ["192.0.2.1"],
    expire_at: 1_800_000_000,
    ...change,
  };
}

/** What a process of an agent said of a request: two tasks held, 10 kB so far, 1 kB and half a task a second. */
export function beat(change: Partial<Beat> = {}): Beat {
  return {
    ...{ instance: "i-1", worker: "1", at: 1_713_237_141_000, tasks: 2 },
    ...{ bytes: 10_000, bytes_per_second: 1_000, tasks_per_second: 0.5 },
    ...change,
  };
}

export function result(pop: string, url: string, change: Partial<TaskResult> = {}): TaskResult {
  return {
    task_key: shardKey("r1", 0),
    pop_url: `${pop}#${url}`,
    req_id: "r1",
    pop,
    url,
    ok: true,
    bytes: 10,
    ms: 5,
    attempts: 1,
    expire_at: 1_800_000_000,
    ...change,
  };
}

/** Results, bytes and failures; and how many came to an outcome, or to what else is seen of them. */
export function count(
  download_count: number,
  download_size: number,
  failed_count: number,
  outcomes: Partial<Omit<Count, "download_count" | "download_size" | "failed_count">> = {},
): Count {
  return { ...NO_COUNT, download_count, download_size, failed_count, ...outcomes };
}

/** A batch of a table's stream; its records have only keys. */
export function keysEvent(...keys: Record<string, string>[]) {
  const marshalled = keys.map((key) => Object.fromEntries(Object.entries(key).map(([name, S]) => [name, { S }])));
  return { Records: marshalled.map((Keys) => ({ eventID: "1", dynamodb: { Keys } })) };
}
