import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../client/api-client.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { checkedClient } from "../local/api-client.ts";
import { startLocalPrewarm } from "../local/local-prewarm.ts";
import { HOST, world } from "../local/world.ts";
import { table } from "../markdown-table.ts";
import type { Bench } from "./bench.ts";
import { SMALL_BYTES } from "./nginx.ts";
import { type Findings, readable, rowOf } from "./report.ts";

const POPS = 20;
const AGENTS = 2;
/** URLs of each request. The middle one makes the row. The first also runs once before, to warm up. */
const SIZES = [50, 500, 2_500];
const POLL_MS = 100;
const PATIENCE_MS = 600_000;

/** Requests of three sizes on the local stack: emulator, stand-in edge, two agents, all of it on this machine. */
export async function benchEndToEnd({ say }: Bench): Promise<Findings> {
  const paths = Array.from({ length: Math.max(...SIZES) }, (_, i) => `/assets/products/${i}.webp`);
  const site = Object.fromEntries(paths.map((path) => [path, { size: SMALL_BYTES }]));
  const prewarm = await startLocalPrewarm({ edge: { ...world, site }, say });
  const runs: { tasks: number; seconds: number }[] = [];
  try {
    const api = checkedClient(prewarm);
    const pops = world.pops.slice(0, POPS).map(({ pop }) => pop);
    for (const urls of [SIZES[0] ?? 0, ...SIZES]) {
      const seconds = await secondsOf(api, bodyOf(paths.slice(0, urls), pops, { instance_count: AGENTS }));
      runs.push({ tasks: urls * POPS, seconds });
      say(`  ${urls * POPS} tasks: ${readable(seconds)} s, ${readable((seconds / (urls * POPS)) * 1e6)} µs per task`);
      // Every request starts its own two agents, so the group must be empty first.
      while (prewarm.fleet.size > 0) await sleep(POLL_MS);
    }
  } finally {
    await prewarm.close();
  }
  const [, small, middle, large] = runs.map((it) => ({ ...it, each: (it.seconds / it.tasks) * 1e6 }));
  const seconds = middle?.seconds ?? Number.NaN;
  const growth = (large?.each ?? Number.NaN) / Math.min(small?.each ?? Number.NaN, middle?.each ?? Number.NaN);
  return {
    title: "End to end",
    rows: [
      rowOf({
        what: "10,000 tasks (500 URLs of 10 KB × 20 POPs), two agents: POST to FINISHED",
        value: seconds,
        unit: "s",
        required: 30,
        aim: 12,
      }),
      rowOf({
        what: "growth of the time per task, 1,000 → 10,000 → 50,000 tasks",
        value: growth,
        unit: "×",
        required: 1.2,
        aim: 1.02,
      }),
    ],
    notes: [
      "The stack of `npm start`. The emulator, the edge and both agents share two cores, so most of the time is theirs:",
      table(
        ["tasks", "POST to FINISHED, s", "µs per task"],
        [small, middle, large].map((it) => [String(it?.tasks), readable(it?.seconds ?? 0), readable(it?.each ?? 0)]),
      ),
    ],
  };
}

/** Starts a request and follows it. @returns seconds from POST to FINISHED @throws Error if it ends otherwise */
async function secondsOf(api: ApiClient, body: object): Promise<number> {
  const started = performance.now();
  const reqId = (await api.start(body)).value.request_id;
  while (performance.now() - started < PATIENCE_MS) {
    const { status, failed_count } = (await api.progress(reqId)).value;
    if (status === "FINISHED" && failed_count === 0) return (performance.now() - started) / 1_000;
    if (isTerminal(status)) throw new Error(`${status}, ${failed_count} failed`);
    await sleep(POLL_MS);
  }
  throw new Error(`not finished after ${PATIENCE_MS / 1_000} s`);
}

/** The body of a request for these paths. */
function bodyOf(paths: readonly string[], pops: readonly string[], changes: object = {}): object {
  return { url_list: paths.map((path) => `https://${HOST}${path}`), cf_domain: HOST, pops, timeout: 30, ...changes };
}
