import type { EndedEvent } from "../../../domain/readiness/ended-event.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { NO_COUNT } from "../../../domain/result/count.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import type { ShutdownDeps } from "../../../lambdas/shutdown/deps.ts";
import { createHandler } from "../../../lambdas/shutdown/handler.ts";
import { FakeTimer } from "../fakes/services.ts";
import { fakeStores } from "../fakes/stores.ts";
import { FakeStaleMessages } from "../fakes/task-queue.ts";
import { DOMAIN, LABEL, request, result, target } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
/** A request whose numbers moved a moment ago. */
const JUST_NOW = formatTimestamp(Date.now());
export const PAST = "2024-04-16 03:17:21.046000";
const MORE = [...["variant", "outcome", "tier", "address", "rounds", "first_byte_ms", "age", "encoding"], "source"];
export const HEADER = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts", ...MORE];

/** A row of the report for a result that says nothing of warmth. */
export function reported(...columns: readonly string[]) {
  return [...columns, ...MORE.map(() => "")];
}
export const [A, B] = ["https://cdn.example.com/a", "https://cdn.example.com/b"] as const;

/** What has long come to nothing, and whose queue was seen empty before. */
export const STILL = {
  download_count: 3,
  last_update_time: formatTimestamp(minutesAgo(20)),
  empty_seen_at: minutesAgo(2),
} as const;
export const ENDED = { status: "FINISHED", active: undefined, report: "r1/report.csv", closing: "y" } as const;
/** Another request, which is active. */
export const OTHER = request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 3 });

/** Good results of all tasks but those that are named. */
export function resultsBut(...missing: string[]) {
  const tasks = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => [result(pop, A, { bytes: 10 }), result(pop, B, { bytes: 5 })]);
  return tasks.filter(({ pop_url }) => !missing.includes(pop_url));
}
/** All but that of A at SIN2-P1. */
export const ONE_MISSING = resultsBut(`SIN2-P1#${A}`);

export interface Given {
  readonly item?: Partial<RequestItem>;
  readonly others?: readonly RequestItem[];
  readonly results?: readonly TaskResult[] | undefined;
  readonly fault?: Fault;
  /** The stack's parameter. @default 900 */
  readonly stallSeconds?: number;
  /** Milliseconds that a run may take. @default Lambda's 15 minutes */
  readonly runMs?: number;
}

/**
 * A request in progress, of two URLs at two POPs, whose counters say that every task has a result; one instance, a timer,
 * nothing queued.
 */
export function world({
  item: given = {},
  others = [],
  results = resultsBut(),
  fault,
  runMs = 900_000,
  stallSeconds,
}: Given = {}) {
  // What results came to stands on an item once its request has ended, and before that in the Progress table.
  const isActive = !("active" in given);
  const { download_count = 4, download_size = 0, failed_count = 0, ...rest } = given;
  const counts = { download_count, download_size, failed_count };
  const item = request({
    status: "IN_PROGRESS",
    last_update_time: JUST_NOW,
    total_count: 4,
    total_size: 30,
    targets_total: 2,
    targets_sent: 2,
    distributions: [{ label: LABEL, domain: DOMAIN, names: [DOMAIN] }],
    ...rest,
    ...(isActive ? {} : counts),
  });
  const stores = fakeStores(item, ...others);
  const { requestPops, lists, progress, timer, fleet, queue } = stores;
  const targets = [
    target("SIN2-P1"),
    target("FRA56-P4", { ips: ["192.0.2.9"] }),
    target("XXX1-P1", { state: "FAILED" }),
  ];
  void requestPops.put(targets);
  lists.objects["r1/success_urls.csv"] = [
    [A, "10"],
    [B, ""],
  ];
  stores.results.set(...results);
  if (isActive) progress.set("r1", { count: { ...NO_COUNT, ...counts } });
  timer.schedules.set("r1", { at: Date.now(), target: { functionArn: "f", roleArn: "r" } });
  const checkSchedule = new FakeTimer();
  fleet.capacity = 1;
  let now = Date.now();
  const said: EndedEvent[] = [];
  const noted = noteCalls<ShutdownDeps>(
    {
      ...stores,
      checkSchedule,
      staleMessages: new FakeStaleMessages(queue),
      events: { put: async (event: EndedEvent) => void said.push(event) },
      apiUrl: "https://api.example/prod/",
      timings: timingsOf(stallSeconds),
      scheduleRoleArn: "arn:role",
      caps: DEFAULT_CAPS,
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        noted.before["sleep"]?.();
      },
    },
    fault,
  );
  const handler = createHandler(noted.deps);
  const allRows = () => lists.report();
  return {
    ...stores,
    checkSchedule,
    said,
    ...noted,
    allRows,
    /** The rows of tasks, the header first: those of POPs that did not resolve, which have no URL, are in `allRows`. */
    report: () => allRows()?.filter(([, url]) => url !== ""),
    /** Has the function check the request, or handle another event. */
    handle: (event: unknown = { req_id: "r1" }) => {
      const ends = now + runMs;
      return handler(event, { getRemainingTimeInMillis: () => ends - now, invokedFunctionArn: "arn:shutdown" });
    },
    /** How many messages are queued, and how often what was lost was queued again. */
    requeued: () => [queue.messages.length, stores.requests.the().requeues],
    now: () => now,
    later: (ms: number) => {
      now += ms;
    },
    /** In how many seconds checks are scheduled. */
    checkDelays: () => [...checkSchedule.schedules.values()].map(({ at }) => Math.round((at - now) / 1_000)),
  };
}

/** A world after one settlement check. */
export async function settled(given: Given) {
  const w = world(given);
  await w.handle();
  return w;
}
