import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { median } from "../../median.ts";
import { type Check, type Observations, ofRequest, requestOf, rowOf } from "../engine/scenario.ts";

/** Agents that boot apart share the work: none moves much more than the mean, and the links are full from the first byte on. */
export function sharedEvenly(name: string, agents: number, bytesPerSecond: number): Check {
  return ofRequest(name, "the agents share the work, and use their links", (request, { links: all }) => {
    const { startedAt, endedAt, progress, processor } = request;
    const links = all.filter(({ launchedAt }) => launchedAt >= startedAt && launchedAt <= endedAt);
    const bytes = links.map((link) => link.bytes);
    const mean = bytes.reduce((sum, one) => sum + one, 0) / Math.max(1, bytes.length);
    const first = Math.min(...links.map(({ firstAt }) => firstAt ?? Number.POSITIVE_INFINITY));
    const last = Math.max(...links.map(({ lastAt }) => lastAt ?? Number.NEGATIVE_INFINITY));
    const needed = progress.total_size / (bytesPerSecond * links.length);
    return [
      ["agents", links.length, "=", agents],
      ["most / mean", Math.max(...bytes) / mean, "<=", 1.5],
      ["seconds / what the links need", (last - first) / 1_000 / needed, "<=", 1.25],
      ["MB", bytes.map((one) => (one / 1e6).toFixed(1)).join(" / ")],
      ["load", processor],
    ];
  });
}

interface Delay {
  /** Requests that had the fleet for themselves, and the same ones beside another. */
  readonly alone: readonly string[];
  readonly beside: readonly string[];
  /** How much longer they may take. The median counts. */
  readonly factor: number;
  /** Bytes that the other one has left at least when the first of them comes. @default any */
  readonly bytesLeft?: number;
}

/** A request takes about as long beside another one as alone. The other one must be at work all the time. */
export function notDelayed(other: string, { alone, beside, factor, bytesLeft = 1 }: Delay): Check {
  return (observed) => {
    const usual = median(alone.map((name) => secondsOf(observed, name)));
    const late = median(beside.map((name) => secondsOf(observed, name)));
    const { samples } = requestOf(observed, other);
    const before = samples.findLast(({ at }) => at <= requestOf(observed, beside[0] ?? "").startedAt);
    const after = samples.find(({ at }) => at >= requestOf(observed, beside.at(-1) ?? "").endedAt);
    const status = after === undefined || isTerminal(after.status) ? "ended" : "at work";
    return rowOf(`beside ${other}`, [
      ["time / time alone", late / usual, "<=", factor],
      ["bytes left before", before === undefined ? 0 : before.total_size - before.download_size, ">=", bytesLeft],
      ["the other, afterwards,", status, "=", "at work"],
      ["seconds", late],
      ["alone", usual],
    ]);
  };
}

/** From its start to its good end; else infinite. */
function secondsOf(observed: Observations, name: string): number {
  const { progress, startedAt, endedAt } = requestOf(observed, name);
  const isGood = progress.status === "FINISHED" && progress.failed_count === 0;
  return isGood ? (endedAt - startedAt) / 1_000 : Number.POSITIVE_INFINITY;
}

/** The edge saw so many GETs of the request's paths at its POPs. */
export function downloadedTimes(name: string, times: number): Check {
  return ofRequest(name, "downloads at the edge", ({ paths, pops }, { gets }) => {
    const its = gets.filter(({ pop, path }) => paths.includes(path) && pops.includes(pop));
    return [["GETs", its.length, "=", times]];
  });
}

/** `in_progress_size` rises with the heartbeats and never falls before the end, and it lasts so long at least. */
export function progressRises(name: string, seconds: number, least: number): Check {
  return ofRequest(name, "in_progress_size rises with the heartbeats", ({ samples, startedAt, endedAt }) => {
    const sizes = samples.flatMap(({ in_progress_size: size }) => (size > 0 ? [size] : []));
    const steps = sizes.slice(1).map((size, i) => size - (sizes[i] ?? 0));
    return [
      ["seconds", (endedAt - startedAt) / 1_000, ">=", seconds],
      ["rises", steps.filter((it) => it > 0).length, ">=", least],
      ["falls", steps.filter((it) => it < 0).length, "=", 0],
    ];
  });
}
