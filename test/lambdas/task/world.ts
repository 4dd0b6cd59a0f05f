import { type Caps, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { TaskDeps } from "../../../lambdas/task/deps.ts";
import { createHandler } from "../../../lambdas/task/handler.ts";
import { fakeDns } from "../fakes/dns.ts";
import { fakeStores } from "../fakes/stores.ts";
import { DOMAIN, keysEvent, LABEL, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

export const ROWS = [
  ["https://cdn.example.com/a", "10"],
  ["https://cdn.example.com/b", "5"],
];
const HOSTS = {
  [`${LABEL}.SIN2-P1.cloudfront.net`]: ["192.0.2.1", "192.0.2.2"],
  [`${LABEL}.FRA56-P4.cloudfront.net`]: ["192.0.2.3"],
};

/** A request at CHECK_POP: two good URLs, two POPs that resolve and one that does not. */
export function world({
  item = {} as Partial<RequestItem>,
  hosts = HOSTS as Record<string, string[]>,
  rows = ROWS,
  remainingMs = 900_000,
  fault = undefined as Fault | undefined,
  now = Date.now,
  /** Caps of the deployment that are not the default. */
  lowered = {} as Partial<Caps>,
} = {}) {
  const stores = fakeStores(
    request({
      status: "CHECK_POP",
      cf_domain: DOMAIN,
      pops: ["SIN2-P1", "FRA56-P4", "XXX1-P1"],
      distributions: [{ label: LABEL, domain: DOMAIN, id: "E1", names: [DOMAIN, "cdn.example.com"] }],
      ...item,
    }),
  );
  const { requestPops, lists, queue } = stores;
  lists.objects["r1/success_urls.csv"] = rows;
  const noted = noteCalls<TaskDeps>(
    {
      ...stores,
      dns: fakeDns(hosts),
      caps: { ...DEFAULT_CAPS, ...lowered },
      now,
      sleep: () => Promise.resolve(),
    },
    fault,
  );
  const handler = createHandler(noted.deps);
  const handle = (event: unknown) => handler(event, { getRemainingTimeInMillis: () => remainingMs });
  const states = () => Object.fromEntries(requestPops.all().map(({ pop, state }) => [pop, state]));
  return {
    ...stores,
    ...noted,
    states,
    now,
    handle,
    /** Calls the handler for the request, as the stream of its table does. */
    prepare: () => handle(keysEvent({ req_id: "r1" })),
    /** Calls it for a target. */
    fanOut: (target: string) => handle(keysEvent({ req_id: "r1", target })),
    tasks: () => queue.messages.flatMap(({ pop, urls }) => urls.map(({ url }) => `${pop} ${url}`)),
  };
}

/** A world after its request was prepared. */
export async function prepared(...given: Parameters<typeof world>) {
  const w = world(...given);
  await w.prepare();
  return w;
}

/** Calls the handler as the streams would, each call again if it failed, until nothing is left to call it for. */
export async function run(w: ReturnType<typeof world>) {
  await w.prepare().catch(w.prepare);
  for (const { target, state } of w.requestPops.all())
    if (state === "READY") await w.fanOut(target).catch(() => w.fanOut(target));
  return w;
}

export const TASKS = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => ROWS.map(([url]) => `${pop} ${url}`));
