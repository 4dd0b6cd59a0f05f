import { setTimeout as sleep } from "node:timers/promises";
import { ORDERS, type Order } from "../../domain/request/options.ts";
import type { Edge } from "../edge/edge.ts";
import { checkedClient } from "../local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { HOST, popsUnder } from "../local/world.ts";
import { table } from "../markdown-table.ts";
import { median } from "../median.ts";
import type { Bench } from "./bench.ts";
import { bodyOf, secondsOf } from "./local-stack.ts";
import { type Findings, readable, rowOf } from "./report.ts";

const AGENTS = 2;
const RECS = 3;
const POPS_EACH = 10;
const MB = 2 ** 20;
/** Share of the large files: all of them take minutes. */
const scale = Number(process.env["BENCH_ORDER_SCALE"] ?? 1);

/** What a fetch from the origin is like. */
interface OriginOf {
  readonly what: string;
  readonly delayMs: number;
  /** Whether equal requests at the same time share one fetch: CloudFront may do so, and does not promise it. */
  readonly sharing: boolean;
}

/** As in the labs: what leads are for. */
const USUAL: OriginOf = { what: "an origin that responds in 300 ms", delayMs: 300, sharing: false };
/** Leads save nothing here, so what they cost is seen. */
const AT_ONCE: OriginOf = {
  what: "an origin that responds immediately, with request collapsing",
  delayMs: 0,
  sharing: true,
};
const SLOW: OriginOf = { what: "an origin that responds in 2 s", delayMs: 2_000, sharing: false };

/** What is warmed, and by how much lead-first may take longer than all-at-once. */
interface Load {
  readonly what: string;
  readonly urls: number;
  readonly pops: number;
  readonly bytes: number;
  readonly origin: OriginOf;
  /** The most rounds: some take minutes each. */
  readonly rounds: number;
  readonly most: number;
  readonly aim: number;
}

const SMALL: Load = {
  what: "300 tasks of 10 KB",
  urls: 10,
  pops: 30,
  bytes: 10_000,
  origin: USUAL,
  rounds: 3,
  most: 1.5,
  aim: 1.2,
};
const MANY = { what: "10,000 tasks of 10 KB", urls: 500, pops: 20, bytes: 10_000 };

const LOADS: readonly Load[] = [
  { ...MANY, origin: USUAL, rounds: 5, most: 0.95, aim: 0.9 },
  { ...MANY, origin: SLOW, rounds: 2, most: 1.1, aim: 1 },
  { ...MANY, origin: AT_ONCE, rounds: 3, most: 1.1, aim: 1 },
  SMALL,
  {
    what: "20 files of 64 MB × 30 POPs",
    urls: Math.ceil(20 * scale),
    pops: 30,
    bytes: 64 * MB,
    origin: USUAL,
    rounds: 1,
    most: 1.5,
    aim: 1,
  },
];

interface Measured {
  readonly load: Load;
  /** Of each round. */
  readonly seconds: Readonly<Record<Order, readonly number[]>>;
}

interface Stack {
  readonly prewarm: LocalPrewarm;
  readonly edge: Edge;
}

/** POST to FINISHED, leads first and all at once, on the local stack. */
export async function benchOrder({ rounds, say }: Bench): Promise<Findings> {
  const pops = popsUnder(RECS, POPS_EACH);
  const prewarm = await startLocalPrewarm({ edge: { aliases: [HOST], pops, site: {} }, say });
  const measured: Measured[] = [];
  try {
    if (prewarm.standIn === undefined) throw new Error("The benchmark needs the stand-in edge");
    const stack = { prewarm, edge: prewarm.standIn.edge };
    const names = inTurn(pops.map(({ pop }) => pop));
    await once(stack, SMALL, "lead-first", names);
    for (const load of LOADS) {
      const it = await measure(stack, load, Math.min(rounds, load.rounds), names);
      measured.push(it);
      say(
        `  ${nameOf(load)}: ${ORDERS.map((order) => `${order} ${it.seconds[order].map(readable).join(" / ")} s`).join(", ")}`,
      );
    }
  } finally {
    await prewarm.close();
  }
  return {
    title: "Leads first, or all at once",
    rows: measured.map((it) =>
      rowOf({
        what: `${nameOf(it.load)}, POST to FINISHED: lead-first ÷ all-at-once`,
        value: ratio(it),
        unit: "×",
        atLeast: it.load.most,
        aim: it.load.aim,
      }),
    ),
    notes: [
      `POST to FINISHED of the deployed stack on this machine, with two agents and POPs under ${RECS} RECs. The agents share the cores with the edge. Only the row with request collapsing lets concurrent requests for an object share one fetch. There, leads save nothing, so the row shows their cost:`,
      table(
        ["what", "lead-first, s", "all-at-once, s", "median of the rounds' ratios"],
        measured.map((it) => [
          nameOf(it.load),
          readable(median(it.seconds["lead-first"])),
          readable(median(it.seconds["all-at-once"])),
          readable(ratio(it)),
        ]),
      ),
    ],
  };
}

/** In turn, so that both have what else the machine does, and neither is always the first. */
async function measure(stack: Stack, load: Load, rounds: number, pops: readonly string[]): Promise<Measured> {
  const seconds: Record<Order, number[]> = { "lead-first": [], "all-at-once": [] };
  for (let round = 0; round < rounds; round++) {
    for (const order of round % 2 === 0 ? ORDERS : ORDERS.toReversed()) {
      seconds[order].push(await once(stack, load, order, pops));
    }
  }
  return { load, seconds };
}

/** With new caches and new agents. @throws Error if it ends otherwise than it should */
async function once(stack: Stack, load: Load, order: Order, pops: readonly string[]): Promise<number> {
  const { edge, prewarm } = stack;
  const paths = Array.from({ length: load.urls }, (_, i) => `/${load.bytes}/${i}.bin`);
  for (const path of paths) edge.addObject(path, { size: load.bytes });
  edge.setOrigin({ delayMs: load.origin.delayMs });
  edge.setBehaviours([{ collapsing: load.origin.sharing ? "layer" : "off" }]);
  edge.invalidate(["/*"]);
  const body = bodyOf(paths, pops.slice(0, load.pops), { order, instance_count: AGENTS, timeout: 120 });
  const seconds = await secondsOf(checkedClient(prewarm), body, 1_800_000);
  while (prewarm.fleet.size + prewarm.fleet.stopping > 0) await sleep(200);
  // What was cached must go before the next files come.
  edge.invalidate(["/*"]);
  await sleep(1_000);
  return seconds;
}

function nameOf({ what, origin }: Load): string {
  return `${what} from ${origin.what}`;
}

/** Of each round, because a machine's speed changes between them. */
function ratio({ seconds }: Measured): number {
  return median(seconds["lead-first"].map((led, round) => led / (seconds["all-at-once"][round] ?? Number.NaN)));
}

/** One POP of each REC after the other, so that the first few of them have all RECs. */
function inTurn(pops: readonly string[]): string[] {
  return Array.from({ length: POPS_EACH }, (_, i) => pops.filter((_pop, at) => at % POPS_EACH === i)).flat();
}
