import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../client/answers.ts";
import { type LabPart, type LabRow, rowOf } from "../lab/part.ts";
import { bodyOf, follow, hasEnded, type LargeStack, startLargeStack } from "./large-stack.ts";

const AGENTS = 2;
/** Slow links make the large request last without work for the processor. */
const LINK_BYTES_PER_SECOND = 6_000_000;
const MB = 1_000_000;
const POPS = 50;
/** What the rest of the large request lasts at least, once the small one is sent. */
const REST_SECONDS = 120;
const PATIENCE_MS = 600_000;

const LARGE = files("large", 4, 30 * MB);
/** So large that the links are full with as few tasks a second as the emulator can count on a busy machine. */
const SMALL = files("small", 400, 200_000);
const QUICK = files("quick", 10, 100_000);
const QUICK_POPS = 5;

/** What the small request meets. */
interface Crowd {
  readonly what: string;
  readonly paths: readonly string[];
  /** How many POPs, so that the rest lasts long enough. */
  readonly pops: number;
}

const CROWDS: readonly Crowd[] = [
  { what: "large files", paths: Object.keys(LARGE), pops: 16 },
  { what: "many small files", paths: Object.keys(SMALL), pops: 25 },
];

/** A small request that is sent while a large one runs. */
export const fair: LabPart = {
  name: "fair",
  async run(say, { scale }) {
    const stack = await startLargeStack({
      pops: POPS,
      files: { ...LARGE, ...SMALL, ...QUICK },
      say,
      bytesPerSecond: LINK_BYTES_PER_SECOND,
    });
    try {
      const alone = await secondsAlone(stack);
      say(`  50 tasks alone: ${alone.toFixed(1)} s`);
      const rows: LabRow[] = [];
      for (const crowd of CROWDS) rows.push(await among(stack, crowd, alone, scale, say));
      return rows;
    } finally {
      await stack.close();
    }
  },
};

/** How long the small request takes on agents that run and have nothing else to do. */
async function secondsAlone({ api, pops, prewarm }: LargeStack): Promise<number> {
  await api.setInstances(AGENTS);
  while (prewarm.fleet.running().size < AGENTS) await sleep(200);
  // Until they have started to ask the queue.
  await sleep(3_000);
  return quickSeconds(api, pops);
}

/** The same while another request runs, of which enough is left. */
async function among(
  { api, pops, prewarm }: LargeStack,
  { what, paths, pops: count }: Crowd,
  alone: number,
  scale: number,
  say: (line: string) => void,
): Promise<LabRow> {
  const reqId = (await api.start(bodyOf(paths, pops.slice(0, Math.ceil(count * scale)), AGENTS))).value.request_id;
  // All of it is queued, and the agents have as much as they take.
  const isUnderWay = ({ status, download_size }: Progress) => status === "IN_PROGRESS" && download_size > 0;
  const begun = await follow(api, reqId, isUnderWay, { everyMs: 500, ms: PATIENCE_MS });
  const rest = (begun.total_size - begun.download_size) / (AGENTS * LINK_BYTES_PER_SECOND);
  say(`  50 tasks among ${what}, of which ${rest.toFixed(0)} s are left`);
  const seconds = await quickSeconds(api, pops);
  const large = (await api.progress(reqId)).value;
  await api.stop(reqId, 0);
  while (prewarm.fleet.size > 0) await sleep(500);
  return rowOf(
    `50 tasks among ${what}, within 3 × their time alone`,
    `${seconds.toFixed(1)} s, alone ${alone.toFixed(1)} s; ${rest.toFixed(0)} s of the large one were left`,
    [seconds <= 3 * alone, rest >= REST_SECONDS * scale, !hasEnded(large)],
  );
}

/** From the call to the end as its user sees it. */
async function quickSeconds(api: LargeStack["api"], pops: readonly string[]): Promise<number> {
  const started = performance.now();
  const reqId = (await api.start(bodyOf(Object.keys(QUICK), pops.slice(0, QUICK_POPS), AGENTS))).value.request_id;
  const { status, failed_count } = await follow(api, reqId, hasEnded, { everyMs: 200, ms: PATIENCE_MS });
  if (status !== "FINISHED" || failed_count > 0) return Number.POSITIVE_INFINITY;
  return (performance.now() - started) / 1_000;
}

function files(name: string, count: number, bytes: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`/${name}/${i}.bin`, bytes]));
}
