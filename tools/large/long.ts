import { setTimeout as sleep } from "node:timers/promises";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Progress } from "../../client/answers.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import { requestItemSchema } from "../../domain/request/request-item.ts";
import { type LabPart, type LabRow, rowOf } from "../lab/part.ts";
import { readResults } from "../local/results.ts";
import { bodyOf, follow, hasEnded, type LargeStack, startLargeStack } from "./large-stack.ts";

/** The least that a stack takes. */
const STALL_SECONDS = 5;
/** How much longer than that the download lasts. */
const TIMES = 20;
const LONG = "/long.bin";
const BYTES = 20_000_000;
/** Of the whole run of one download, beside the download itself. */
const PIPELINE_MS = 90_000;

/** What is known of a request that had one long download. */
interface Seen {
  readonly progress: Progress;
  readonly seconds: number;
  readonly requeues: number;
  readonly fetches: number;
  readonly good: number;
  readonly results: number;
  /** `in_progress_size`, read once a heartbeat while it was under way. */
  readonly sizes: readonly number[];
}

/** One download that lasts many times longer than the time after which a request stands still, undisturbed and disturbed. */
export const long: LabPart = {
  name: "long",
  async run(say, { scale }) {
    const times = Math.max(3, Math.round(TIMES * scale));
    const stack = await startLargeStack({ pops: 2, files: { [LONG]: BYTES }, stallSeconds: STALL_SECONDS, say });
    try {
      const seconds = STALL_SECONDS * times;
      stack.watch.slow([LONG], BYTES / seconds);
      say(`  one download of ${seconds} s`);
      const [first = "", second = ""] = stack.pops;
      const whole = await runOne(stack, first, seconds);
      say("  another, whose agent is killed in the middle");
      const killed = await runOne(stack, second, seconds, () => killInTheMiddle(stack, second, seconds));
      return [...wholeRows(whole, seconds), ...killedRows(killed)];
    } finally {
      await stack.close();
    }
  },
};

async function runOne(
  stack: LargeStack,
  pop: string,
  seconds: number,
  disturb: () => Promise<void> = async () => undefined,
): Promise<Seen> {
  const { api, watch, prewarm } = stack;
  const started = performance.now();
  const reqId = (await api.start(bodyOf([LONG], [pop], 2))).value.request_id;
  const disturbed = disturb();
  const sizes: number[] = [];
  const progress = await follow(
    api,
    reqId,
    (now) => {
      if (now.in_progress_size > 0) sizes.push(now.in_progress_size);
      return hasEnded(now);
    },
    { everyMs: timingsOf(STALL_SECONDS).heartbeatIntervalMs, ms: 2 * seconds * 1_000 + PIPELINE_MS },
  );
  await disturbed;
  const results = await readResults(prewarm, reqId);
  return {
    progress,
    sizes,
    results: results.length,
    good: results.filter(({ ok }) => ok).length,
    seconds: (performance.now() - started) / 1_000,
    requeues: await requeuesOf(stack, reqId),
    fetches: watch.gets.filter((get) => get.pop === pop && get.path === LONG).length,
  };
}

/** What the item of a request says of how often its tasks were queued again. */
async function requeuesOf({ prewarm: { clients, deployed } }: LargeStack, reqId: string): Promise<number> {
  const TableName = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  const { Item } = await clients.db.send(new GetCommand({ TableName, Key: { req_id: reqId } }));
  return requestItemSchema.parse(Item).requeues;
}

async function killInTheMiddle({ watch, links, prewarm }: LargeStack, pop: string, seconds: number): Promise<void> {
  const ids = () =>
    links.instancesOf(
      watch.gets.filter((get) => get.pop === pop),
      prewarm.fleet,
    );
  while (ids().length === 0) await sleep(100);
  await sleep((seconds * 1_000) / 2);
  for (const id of ids()) {
    const pid = prewarm.fleet.running().get(id);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }
}

function wholeRows({ progress, ...seen }: Seen, seconds: number): LabRow[] {
  const rises = seen.sizes.filter((size, i) => i > 0 && size > (seen.sizes[i - 1] ?? 0)).length;
  const falls = seen.sizes.filter((size, i) => i > 0 && size < (seen.sizes[i - 1] ?? 0)).length;
  return [
    rowOf(
      `a download of ${seconds} s ends good, once`,
      `${progress.status}, ${seen.good} good, ${seen.seconds.toFixed(0)} s`,
      [
        progress.status === "FINISHED",
        progress.failed_count === 0,
        seen.good === 1 && seen.results === 1,
        seen.seconds >= seconds,
      ],
    ),
    rowOf("it is not queued again", `${seen.requeues} requeues, ${seen.fetches} GETs at the edge`, [
      seen.requeues === 0,
      seen.fetches === 1,
    ]),
    rowOf("in_progress_size rises with the heartbeats", `${seen.sizes.length} looks, ${rises} rises, ${falls} falls`, [
      // Looks and heartbeats are as frequent, and not in step: a look in three may see the heartbeat of the look before.
      rises >= (seconds / 1.5) * (1_000 / timingsOf(STALL_SECONDS).heartbeatIntervalMs),
      falls === 0,
    ]),
  ];
}

function killedRows({ progress, ...seen }: Seen): LabRow[] {
  return [
    rowOf(
      "killed in the middle, another agent does it",
      `${progress.status}, ${seen.fetches} GETs, ${seen.results} results`,
      [
        progress.status === "FINISHED",
        progress.failed_count === 0 && progress.download_count === 1,
        seen.good === 1 && seen.results === 1,
        seen.fetches === 2,
      ],
    ),
    rowOf("and it is not queued again either", `${seen.requeues} requeues, ${seen.seconds.toFixed(0)} s`, [
      seen.requeues === 0,
    ]),
  ];
}
