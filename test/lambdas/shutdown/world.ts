import type { RequestItem } from "../../../domain/request/request-item.ts";
import { formatTimestamp } from "../../../domain/request/timestamps.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { Capacity } from "../../../lambdas/capacity.ts";
import { createHandler, type ShutdownDeps } from "../../../lambdas/shutdown/handler.ts";
import {
  FakeFleet,
  FakeLists,
  FakeQueue,
  FakeRequestPops,
  FakeRequests,
  FakeResults,
  FakeStaleMessages,
  FakeTimer,
  silent,
} from "../fakes.ts";
import { DOMAIN, keysEvent, LABEL, request, result, target } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

export const EVENT = keysEvent({ req_id: "r1" });
/** A request whose numbers moved a moment ago. */
const JUST_NOW = formatTimestamp(new Date());
export const PAST = "2024-04-16 03:17:21.046000";
export const HEADER = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts"];
export const [A, B] = ["https://cdn.example.com/a", "https://cdn.example.com/b"] as const;

export const ENDED = { status: "FINISHED", active: undefined, settle: undefined, report: "r1/report.csv" } as const;
/** Another request, which is active. */
export const OTHER = request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 3 });

/** Good results of all tasks but those that are named. */
export function resultsBut(...missing: string[]): TaskResult[] {
  const tasks = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => [result(pop, A, { bytes: 10 }), result(pop, B, { bytes: 5 })]);
  return tasks.filter(({ pop_url }) => !missing.includes(pop_url));
}

export interface Given {
  readonly item?: Partial<RequestItem>;
  readonly others?: readonly RequestItem[];
  readonly results?: readonly TaskResult[];
  readonly fault?: Fault;
  /** What happens while it waits. */
  readonly onSleep?: () => void;
}

/** A request in progress, of two URLs at two POPs, whose recount is due; one instance, a timer, nothing queued. */
export function world({
  item = {},
  others = [],
  results = resultsBut(),
  fault,
  onSleep = () => undefined,
}: Given = {}) {
  const requests = new FakeRequests(
    request({
      status: "IN_PROGRESS",
      settle: "DUE",
      last_update_time: JUST_NOW,
      total_count: 4,
      total_size: 30,
      targets_total: 2,
      targets_sent: 2,
      distributions: [{ label: LABEL, domain: DOMAIN, names: [DOMAIN] }],
      ...item,
    }),
    ...others,
  );
  const targets = [
    target("SIN2-P1"),
    target("FRA56-P4", { ips: ["192.0.2.9"] }),
    target("XXX1-P1", { state: "FAILED" }),
  ];
  const requestPops = new FakeRequestPops(requests, ...targets);
  const lists = new FakeLists({
    "r1/success_urls.csv": [
      [A, "10"],
      [B, ""],
    ],
  });
  const table = new FakeResults([...results]);
  const queue = new FakeQueue();
  const timer = new FakeTimer();
  timer.schedules.set("r1", { at: new Date(), target: { functionArn: "f", roleArn: "r" } });
  const fleet = new FakeFleet(1);
  const capacity = new Capacity(requests, fleet);
  let now = Date.now();
  const time = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      onSleep();
    },
  };
  const staleMessages = new FakeStaleMessages(queue);
  const given = { requests, requestPops, results: table, lists, queue, staleMessages, capacity, timer };
  const fakes = { ...given, logger: silent, ...time };
  const { deps, calls } = noteCalls<ShutdownDeps>(fakes, fault);
  const report = () => lists.objects["r1/report.csv"];
  return { requests, requestPops, lists, table, queue, timer, fleet, calls, report, handle: createHandler(deps) };
}
