import { setTimeout as sleep } from "node:timers/promises";
import { ORDERS, type Order } from "../../domain/request/order.ts";
import { table } from "../markdown-table.ts";
import { popsUnder } from "../warmth/pops-under.ts";
import { bodyOf, type Ended, startWarmthStack, type WarmthStack } from "../warmth/warmth-stack.ts";
import type { Bench } from "./bench.ts";
import { type Findings, type Row, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

const AGENTS = 2;
const RECS = 3;
const POPS_EACH = 10;
const MB = 2 ** 20;
const SLOW_ORIGIN_MS = 2_000;
/** Share of the large files: all of them take minutes. */
const scale = Number(process.env["BENCH_ORDER_SCALE"] ?? 1);

/** What is warmed, and by how much lead-first may take longer than all-at-once. */
interface Load {
  readonly what: string;
  readonly urls: number;
  readonly pops: number;
  readonly bytes: number;
  /** How long the origin takes to answer. */
  readonly originMs: number;
  /** The most rounds: the large ones take minutes each. */
  readonly rounds: number;
  readonly most: number;
  readonly aim: number;
}

const SMALL: Load = {
  what: "300 tasks of 10 KB",
  urls: 10,
  pops: 30,
  bytes: 10_000,
  originMs: 0,
  rounds: 3,
  most: 1.5,
  aim: 1.2,
};

const MANY: Load = {
  what: "10,000 tasks of 10 KB",
  urls: 500,
  pops: 20,
  bytes: 10_000,
  originMs: 0,
  rounds: 3,
  most: 0.95,
  aim: 0.9,
};

const LOADS: readonly Load[] = [
  MANY,
  { ...MANY, what: `${MANY.what} from an origin that takes ${SLOW_ORIGIN_MS / 1_000} s`, originMs: SLOW_ORIGIN_MS },
  SMALL,
  {
    what: "20 files of 64 MB × 30 POPs",
    urls: Math.ceil(20 * scale),
    pops: 30,
    bytes: 64 * MB,
    originMs: 0,
    rounds: 1,
    most: 1.5,
    aim: 1,
  },
];

const WARM_UP: Load = { ...SMALL, what: "to warm up" };

interface Measured {
  readonly load: Load;
  readonly seconds: Readonly<Record<Order, number>>;
}

/** POST to FINISHED, leads first and all at once, on the local stack. */
export async function benchOrder({ rounds, say }: Bench): Promise<Findings> {
  const pops = popsUnder(RECS, POPS_EACH);
  const stack = await startWarmthStack({ edge: { pops, site: {} }, stallSeconds: 900, say });
  const measured: Measured[] = [];
  try {
    const names = inTurn(pops.map(({ pop }) => pop));
    await once(stack, WARM_UP, "lead-first", names);
    for (const load of LOADS) {
      const it = await measure(stack, load, Math.min(rounds, load.rounds), names);
      measured.push(it);
      say(`  ${load.what}: ${ORDERS.map((order) => `${order} ${readable(it.seconds[order])} s`).join(", ")}`);
    }
  } finally {
    await stack.close();
  }
  return {
    title: "Leads first, or all at once",
    rows: measured.map(rowOf),
    notes: [
      `POST to FINISHED of the deployed stack on this machine, two agents, POPs under ${RECS} RECs. The agents share the cores with the edge. Where the origin answers at once, what the way of the messages costs is seen, and not what leads save:`,
      table(
        ["what", "lead-first, s", "all-at-once, s", "ratio"],
        measured.map(({ load, seconds }) => [
          ...[load.what, readable(seconds["lead-first"]), readable(seconds["all-at-once"]), readable(ratio(seconds))],
        ]),
      ),
    ],
  };
}

/** In turn, so that both have what else the machine does. */
async function measure(stack: WarmthStack, load: Load, rounds: number, pops: readonly string[]): Promise<Measured> {
  const seconds: Record<Order, number[]> = { "lead-first": [], "all-at-once": [] };
  for (let round = 0; round < rounds; round++) {
    for (const order of ORDERS) {
      seconds[order].push((await once(stack, load, order, pops)).seconds);
    }
  }
  return {
    load,
    seconds: { "lead-first": median(seconds["lead-first"]), "all-at-once": median(seconds["all-at-once"]) },
  };
}

/** With new caches and new agents. @throws Error if it ends otherwise than it should */
async function once(stack: WarmthStack, load: Load, order: Order, pops: readonly string[]): Promise<Ended> {
  const { edge } = stack;
  const paths = Array.from({ length: load.urls }, (_, i) => `/${load.bytes}/${i}.bin`);
  for (const path of paths) edge.addObject(path, { size: load.bytes });
  edge.setOrigin({ delayMs: load.originMs });
  edge.invalidate(["/*"]);
  const body = bodyOf(paths, pops.slice(0, load.pops), { order, instance_count: AGENTS });
  const ended = await stack.run(body, 1_800_000);
  const { status, failed_count: failed } = ended.progress;
  if (status !== "FINISHED" || failed > 0) throw new Error(`${load.what}, ${order}: ${status}, ${failed} failed`);
  await stack.rest();
  // What was cached must go before the next files come.
  edge.invalidate(["/*"]);
  await sleep(1_000);
  return ended;
}

function rowOf({ load, seconds }: Measured): Row {
  const value = ratio(seconds);
  return {
    what: `${load.what}, POST to FINISHED: lead-first ÷ all-at-once`,
    atLeast: `${load.most} ×`,
    aim: `${load.aim} ×`,
    measured: `${readable(value)} ×`,
    verdict: verdict(value, load.most, load.aim, "less"),
  };
}

function ratio(seconds: Measured["seconds"]): number {
  return seconds["lead-first"] / seconds["all-at-once"];
}

/** One POP of each REC after the other, so that the first few of them have all RECs. */
function inTurn(pops: readonly string[]): string[] {
  return Array.from({ length: POPS_EACH }, (_, i) => pops.filter((_pop, at) => at % POPS_EACH === i)).flat();
}
