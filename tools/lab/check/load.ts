import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { requestOf } from "../load/requests.ts";
import type { Check, Observations, RequestSeen } from "../scenario.ts";
import { expectations } from "./tasks.ts";

/** Agents that boot apart share the work: none moves much more than the mean, and the links are full from the first byte on. */
export function sharedEvenly(name: string, agents: number, bytesPerSecond: number): Check {
  return (seen) => {
    const it = requestOf(seen, name);
    const links = seen.links.filter(({ launchedAt }) => launchedAt >= it.startedAt && launchedAt <= it.endedAt);
    const bytes = links.map((link) => link.bytes);
    const mean = bytes.reduce((sum, one) => sum + one, 0) / Math.max(1, bytes.length);
    const most = Math.max(...bytes) / mean;
    const first = Math.min(...links.map(({ firstAt }) => firstAt ?? Number.POSITIVE_INFINITY));
    const last = Math.max(...links.map(({ lastAt }) => lastAt ?? Number.NEGATIVE_INFINITY));
    const seconds = (last - first) / 1_000;
    const late = seconds / (it.progress.total_size / (bytesPerSecond * links.length));
    return [
      {
        what: `${name}: the work is shared`,
        wanted: `${agents} agents, none with more than 1.5 × the mean`,
        saw: `${bytes.map((one) => (one / 1e6).toFixed(1)).join(", ")} MB, ${most.toFixed(2)} × the mean`,
        holds: [most <= 1.5, bytes.length === agents],
      },
      {
        what: `${name}: the links are used`,
        wanted: "within 1.25 × what the links need",
        saw: `${seconds.toFixed(1)} s, ${late.toFixed(2)} ×, processor ${Math.round(100 * it.processor)}%`,
        holds: [late <= 1.25],
      },
    ];
  };
}

export interface Delay {
  /** Requests that had the fleet for themselves, and the same ones beside another. */
  readonly alone: readonly string[];
  readonly beside: readonly string[];
  /** The other one. */
  readonly other: string;
  /** How much longer they may take. The median counts. */
  readonly factor: number;
  /** Bytes that the other one has left at least when the first of them comes. @default any */
  readonly bytesLeft?: number;
}

/** A request takes about as long beside another one as alone. */
export function notDelayed({ alone, beside, other, factor, bytesLeft = 1 }: Delay): Check {
  return (seen) => {
    const [usual, late] = [alone, beside].map((names) => median(names.map((name) => secondsOf(seen, name))));
    const times = (late ?? Number.NaN) / (usual ?? Number.NaN);
    const { samples } = requestOf(seen, other);
    const { startedAt } = requestOf(seen, beside[0] ?? "");
    const { endedAt } = requestOf(seen, beside.at(-1) ?? "");
    const before = samples.findLast(({ at }) => at <= startedAt);
    const after = samples.find(({ at }) => at >= endedAt);
    const left = before === undefined ? 0 : before.total_size - before.download_size;
    return {
      what: `beside ${other}`,
      wanted: `at most ${factor} × its time alone, while the other has ${(bytesLeft / 1e6).toFixed(0)} MB left`,
      saw: `${times.toFixed(2)} × (${late?.toFixed(1)} s, alone ${usual?.toFixed(1)} s); ${(left / 1e6).toFixed(0)} MB were left, ${after?.status} after it`,
      holds: [times <= factor, left >= bytesLeft, after !== undefined && !isTerminal(after.status)],
    };
  };
}

/** From its start to its good end; else infinite. */
function secondsOf(seen: Observations, name: string): number {
  const { progress, startedAt, endedAt } = requestOf(seen, name);
  const isGood = progress.status === "FINISHED" && progress.failed_count === 0;
  return isGood ? (endedAt - startedAt) / 1_000 : Number.POSITIVE_INFINITY;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The edge saw so many GETs of the request's paths at its POPs. */
export function downloadedTimes(name: string, times: number): Check {
  return (seen) => {
    const { paths, pops } = requestOf(seen, name);
    const gets = seen.gets.filter(({ pop, path }) => paths.includes(path) && pops.includes(pop));
    return expectations(`${name}: GETs at the edge`, [["GETs", gets.length, times]]);
  };
}

/** `in_progress_size` rises with the heartbeats, and never falls before the end. */
export function progressRises(name: string, least: number): Check {
  return (seen) => {
    const sizes = requestOf(seen, name).samples.flatMap(({ in_progress_size: size }) => (size > 0 ? [size] : []));
    const steps = sizes.slice(1).map((size, i) => size - (sizes[i] ?? 0));
    const [rises, falls] = [steps.filter((it) => it > 0).length, steps.filter((it) => it < 0).length];
    return {
      what: `${name}: in_progress_size rises with the heartbeats`,
      wanted: `${least} rises at least, 0 falls`,
      saw: `${sizes.length} samples, ${rises} rises, ${falls} falls`,
      holds: [rises >= least, falls === 0],
    };
  };
}

/** It lasts so long at least: else it was not what it was meant to be. */
export function lastsAtLeast(name: string, seconds: number): Check {
  return (seen) => {
    const lasted = durationOf(requestOf(seen, name));
    return {
      what: `${name}: it lasts`,
      wanted: `${seconds} s at least`,
      saw: `${lasted.toFixed(1)} s`,
      holds: [lasted >= seconds],
    };
  };
}

function durationOf({ startedAt, endedAt }: RequestSeen): number {
  return (endedAt - startedAt) / 1_000;
}
