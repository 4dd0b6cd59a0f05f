import { type Caps, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { TaskDeps } from "../../../lambdas/task/deps.ts";
import { createHandler } from "../../../lambdas/task/handler.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeDns } from "../fakes/dns.ts";
import { FakeFleet } from "../fakes/fleet.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeQueue } from "../fakes/task-queue.ts";
import { DOMAIN, keysEvent, LABEL, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";

export const CHECK_POP = keysEvent({ req_id: "r1" });
export const OWN = [{ label: LABEL, domain: DOMAIN, id: "E1", names: [DOMAIN, "cdn.example.com"] }];
export const ROWS = [
  ["https://cdn.example.com/a", "10"],
  ["https://cdn.example.com/b", "5"],
];
const HOSTS = {
  [`${LABEL}.SIN2-P1.cloudfront.net`]: ["192.0.2.1", "192.0.2.2"],
  [`${LABEL}.FRA56-P4.cloudfront.net`]: ["192.0.2.3"],
};
const POPS = ["SIN2-P1", "FRA56-P4", "XXX1-P1"];

interface Given {
  readonly item?: Partial<RequestItem>;
  readonly own?: Distribution[];
  readonly hosts?: Record<string, string[]>;
  readonly rows?: string[][];
  readonly remainingMs?: number;
  readonly fault?: Fault;
  readonly now?: () => number;
  /** Caps of the deployment that are not the default. */
  readonly lowered?: Partial<Caps>;
}

/** A request at CHECK_POP: two good URLs, two POPs that resolve and one that does not. */
export function world({
  item = {},
  own = OWN,
  hosts = HOSTS,
  rows = ROWS,
  remainingMs = 900_000,
  fault,
  now = Date.now,
  lowered = {},
}: Given = {}) {
  const requests = new FakeRequests(
    request({ status: "CHECK_POP", cf_domain: DOMAIN, pops: POPS, distributions: own, ...item }),
  );
  const requestPops = new FakeRequestPops(requests);
  const progress = new FakeProgress();
  const lists = new FakeLists({ "r1/success_urls.csv": rows });
  const queue = new FakeQueue();
  const distributions = new FakeDistributions([]);
  const fleet = new FakeFleet(0);
  const dns = new FakeDns(hosts);
  const caps = { ...DEFAULT_CAPS, ...lowered };
  const time = { now, sleep: () => Promise.resolve() };
  const warnings: unknown[][] = [];
  const logger = { ...silent, warn: (...args: unknown[]) => void warnings.push(args) };
  const stored = { requests, requestPops, progress, lists };
  const fakes = { ...stored, queue, distributions, dns, fleet, caps, logger, ...time };
  const { deps, calls } = noteCalls<TaskDeps>(fakes, fault);
  const handler = createHandler(deps);
  const handle = (event: unknown) => handler(event, { getRemainingTimeInMillis: () => remainingMs });
  const states = () => Object.fromEntries([...requestPops.items.values()].map(({ pop, state }) => [pop, state]));
  return { requests, requestPops, progress, queue, distributions, fleet, calls, warnings, handle, states };
}

/** Calls the handler as the streams would, each call again if it failed, until nothing is left to call it for. */
export async function run(w: ReturnType<typeof world>) {
  const stubborn = (event: unknown) => w.handle(event).catch(() => w.handle(event));
  await stubborn(CHECK_POP);
  for (const { target, state } of [...w.requestPops.items.values()]) {
    if (state === "READY") await stubborn(keysEvent({ req_id: "r1", target }));
  }
  return w;
}

export const tasksOf = ({ queue }: ReturnType<typeof world>) =>
  queue.messages.flatMap(({ pop, urls }) => urls.map(({ url }) => `${pop} ${url}`));
export const TASKS = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => ROWS.map(([url]) => `${pop} ${url}`));
