import { setTimeout as sleep } from "node:timers/promises";
import type { Edge } from "../edge/edge.ts";
import { busiest, busiestSpan, perSecond as bySecond } from "../edge/origin-log.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { popsUnder } from "./pops-under.ts";
import { calmSpans, meanRate } from "./rates.ts";
import { wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, type WarmthStack } from "./warmth-stack.ts";

const AGENTS = 4;
const PER_SECOND = 50;
/** Of the mean, outside of the time after a change. */
const LEAST_PER_SECOND = 40;
/** After a change, the agents have to see each other first. All times of the lab follow from it, and from the scale. */
const CALM_AFTER_MS = 60_000;
/** The stack's own, when the scale is 1. */
const STALL_SECONDS = 900;
const CONCURRENCY = 8;
const ORIGIN_MS = 500;
const RECS = 12;

/** What all agents together ask of the origin, while one is killed and one is added. Each POP is alone under its REC: each task asks. */
export const limits: LabPart = {
  name: "limits",
  async run(say, { scale }) {
    const calmMs = Math.max(8_000, CALM_AFTER_MS * scale);
    const pops = popsUnder(RECS, 1);
    // Enough for six times that, at the very limit and a little more.
    const urls = Math.ceil((6.6 * (calmMs / 1_000) * PER_SECOND) / pops.length);
    const paths = Array.from({ length: urls }, (_, i) => `/limits/${i}.bin`);
    const few = Array.from({ length: Math.max(8, Math.round(60 * scale)) }, (_, i) => `/few/${i}.bin`);
    const stack = await startWarmthStack({
      edge: {
        pops,
        site: Object.fromEntries([...paths, ...few].map((path) => [path, { size: 5_000 }])),
        behaviours: [{ collapsing: "off" }],
      },
      stallSeconds: (STALL_SECONDS * calmMs) / CALM_AFTER_MS,
      say,
    });
    try {
      const names = pops.map(({ pop }) => pop);
      return [...(await perSecond(stack, paths, names, calmMs, say)), ...(await atOnce(stack, few, names))];
    } finally {
      await stack.close();
    }
  },
};

async function perSecond(
  { api, ended, edge, prewarm, rest }: WarmthStack,
  paths: readonly string[],
  pops: readonly string[],
  calmMs: number,
  say: (line: string) => void,
): Promise<LabRow[]> {
  const since = performance.now();
  const origin = { requests_per_second: PER_SECOND };
  const reqId = (await api.start(bodyOf(paths, pops, { instance_count: AGENTS, origin }))).value.request_id;
  const started = await firstDownload(edge, 0);
  await sleep(2 * calmMs);
  const [instance = ""] = [...prewarm.fleet.running().keys()];
  prewarm.fleet.lose(instance);
  const killed = Date.now();
  say("  one agent is killed");
  await sleep(2 * calmMs);
  await api.setInstances(AGENTS + 1);
  const added = Date.now();
  say("  one instance is added");
  await sleep(2 * calmMs);
  const until = Date.now();
  const stillAtWork = (await api.progress(reqId)).value;
  const { progress } = await ended(reqId, since, 1_200_000);
  const log = edge.originRequests();
  await rest();
  const mean = meanRate(
    log.filter(({ probe }) => !probe),
    calmSpans([started, killed, added, until], calmMs),
  );
  const busy = busiestSpan(log, 1_000);
  const byClock = Math.max(0, ...bySecond(log).values());
  const seconds = Math.round(calmMs / 1_000);
  return [
    wantedRow(
      `${PER_SECOND} requests/s, ${AGENTS} agents: any second of the origin's log, probes too`,
      `${PER_SECOND} at most`,
      `${busy.length} in the busiest 1,000 ms, ${busy.filter(({ probe }) => probe).length} of them probes, ${(((busy[0]?.at ?? started) - started) / 1_000).toFixed(1)} s after the first download; ${byClock} by the clock's seconds`,
      [busy.length <= PER_SECOND],
    ),
    wantedRow(`the mean outside the ${seconds} s after a change`, `${LEAST_PER_SECOND} at least`, mean.toFixed(1), [
      mean >= LEAST_PER_SECOND,
      // Else there was nothing left to ask for.
      stillAtWork.download_count < stillAtWork.total_count,
    ]),
    endRow(`${progress.total_count} tasks`, progress),
  ];
}

async function atOnce(
  { run, edge }: WarmthStack,
  paths: readonly string[],
  pops: readonly string[],
): Promise<LabRow[]> {
  edge.setOrigin({ delayMs: ORIGIN_MS });
  const before = edge.originRequests().length;
  const origin = { concurrency: CONCURRENCY };
  const { progress, seconds } = await run(bodyOf(paths, pops, { instance_count: AGENTS, origin }));
  const log = edge.originRequests().slice(before);
  // Each answer takes so long at least: what comes within that time is there at once. A few milliseconds go by on the way.
  const most = busiest(log, ORIGIN_MS - 20);
  return [
    wantedRow(
      `${CONCURRENCY} at once, ${AGENTS} agents: requests at the origin at once, probes too`,
      `${CONCURRENCY} at most`,
      `${most}, in ${seconds.toFixed(0)} s`,
      [most <= CONCURRENCY],
    ),
    endRow(`${progress.total_count} tasks`, progress),
  ];
}

/** How a request must end. */
export function endRow(what: string, progress: { status: string; failed_count: number }): LabRow {
  const { status, failed_count: failed } = progress;
  return wantedRow(`${what} end`, "FINISHED, 0 failed", `${status}, ${failed} failed`, [
    status === "FINISHED",
    failed === 0,
  ]);
}

/** @returns when the first download reached the origin. @param skipped how many requests of its log are older */
export async function firstDownload(edge: Edge, skipped: number): Promise<number> {
  for (;;) {
    const first = edge
      .originRequests()
      .slice(skipped)
      .find(({ probe }) => !probe);
    if (first !== undefined) return first.at;
    await sleep(100);
  }
}
