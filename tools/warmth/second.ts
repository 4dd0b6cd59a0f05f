import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../bench/statistics.ts";
import { EdgeWatch } from "../edge/faults.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { firstDownload } from "./limits.ts";
import { popsUnder } from "./pops-under.ts";
import { counted, wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, type WarmthStack } from "./warmth-stack.ts";

const AGENTS = 4;
const RECS = 12;
const PER_SECOND = 30;
/** Of the second request's time alone. */
const MOST = 1.2;
const ROUNDS = 3;
const OTHER_HOST = "other.example.com";
/** How long the first request is at work before the second comes. */
const HEAD_START_MS = 10_000;
const HOLD_PATH = "/hold.bin";
const HOLD_BYTES = 20_000_000;
const SECOND_BYTES = 10_000;
/**
 * Each download of the second request takes two seconds at its POP. What is asked is whether it has to wait for the
 * first; with answers that come at once, the processor that all parts share here would be what both wait for.
 */
const SECOND_BYTES_PER_SECOND = 5_000;

/** What runs beside the second request: one whose origin refuses, and one whose origin may be asked little. */
const FIRSTS = [
  { what: "a request whose origin refuses above 30/s", urls: 500, limit: { perSecond: PER_SECOND }, origin: undefined },
  { what: "a request with 10 requests/s", urls: 120, limit: undefined, origin: { requests_per_second: 10 } },
] as const;
type First = (typeof FIRSTS)[number];

/** A second request to another origin, alone and beside one that has to wait for its own. */
export const second: LabPart = {
  name: "second",
  async run(say, { scale }) {
    const pops = popsUnder(RECS, 2);
    const watch = new EdgeWatch();
    // So slow that it holds the agents all the time: alone, the second request is not to wait for them to boot.
    watch.slow([HOLD_PATH], HOLD_BYTES / 3_600);
    const stack = await startWarmthStack({
      edge: {
        pops,
        site: { [HOLD_PATH]: { size: HOLD_BYTES } },
        faults: watch.hook(),
        others: [{ aliases: [OTHER_HOST], origin: {} }],
      },
      say,
    });
    try {
      const names = pops.map(({ pop }) => pop);
      const its = new SecondRequest(stack, watch, names, Math.max(20, Math.round(80 * scale)));
      await stack.api.start(bodyOf([HOLD_PATH], names.slice(0, 1), { instance_count: AGENTS, verify: "off" }));
      while (stack.prewarm.fleet.size < AGENTS) await sleep(200);
      const rows: LabRow[] = [];
      await its.run();
      for (const first of FIRSTS) rows.push(await beside(stack, its, first, names.slice(0, RECS), say));
      return rows;
    } finally {
      await stack.close();
    }
  },
};

/** The second request. Each time it has new URLs, which no cache has. */
class SecondRequest {
  private runs = 0;

  constructor(
    private readonly stack: WarmthStack,
    private readonly watch: EdgeWatch,
    private readonly pops: readonly string[],
    private readonly urls: number,
  ) {}

  /** @returns seconds from POST to FINISHED @throws Error if it ends otherwise */
  async run(): Promise<number> {
    const paths = Array.from({ length: this.urls }, (_, i) => `/second/${i}.bin?run=${this.runs}`);
    this.runs++;
    for (const path of paths) this.stack.edge.addObject(path, { size: SECOND_BYTES });
    this.watch.slow(paths, SECOND_BYTES_PER_SECOND);
    const url_list = paths.map((path) => `https://${OTHER_HOST}${path}`);
    const body = bodyOf([], this.pops, { url_list, cf_domain: OTHER_HOST, instance_count: AGENTS });
    const { progress, results, seconds } = await this.stack.run(body);
    if (progress.status === "FINISHED" && progress.failed_count === 0) return seconds;
    const why = counted(results.flatMap(({ ok, error = "" }) => (ok ? [] : [error])));
    throw new Error(`the second request ended ${progress.status}, ${progress.failed_count} failed: ${why}`);
  }

  /** @returns the median of some runs */
  async median(): Promise<number> {
    const all: number[] = [];
    for (let i = 0; i < ROUNDS; i++) all.push(await this.run());
    return median(all);
  }
}

async function beside(
  { api, edge }: WarmthStack,
  its: SecondRequest,
  { what, urls, limit, origin }: First,
  pops: readonly string[],
  say: (line: string) => void,
): Promise<LabRow> {
  const alone = await its.median();
  say(`  alone ${alone.toFixed(1)} s`);
  const paths = Array.from({ length: urls }, (_, i) => `/first/${urls}/${i}.bin`);
  for (const path of paths) edge.addObject(path, { size: 5_000 });
  edge.setOrigin(limit === undefined ? {} : { limit });
  const before = edge.originRequests().length;
  const reqId = (await api.start(bodyOf(paths, pops, { instance_count: AGENTS, ...(origin && { origin }) }))).value
    .request_id;
  await firstDownload(edge, before);
  await sleep(HEAD_START_MS);
  const together = await its.median();
  const { status, download_count: done, total_count: total } = (await api.progress(reqId)).value;
  await api.stop(reqId, AGENTS);
  return wantedRow(
    `beside ${what}`,
    `at most ${MOST} × its time alone`,
    `${(together / alone).toFixed(2)} × (${together.toFixed(1)} s, alone ${alone.toFixed(1)} s); the first was ${status} with ${done} of ${total}`,
    [together / alone <= MOST, status === "IN_PROGRESS" && done < total],
  );
}
