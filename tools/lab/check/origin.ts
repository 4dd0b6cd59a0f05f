import { busiestSpan, type OriginRequestSeen } from "../../edge/origin-log.ts";
import {
  type Check,
  type Expectation,
  type Observations,
  type ObservedRequest,
  ofRequest,
} from "../engine/scenario.ts";
import { examples, isOfKilled } from "./tasks.ts";

const isDownload = ({ probe }: OriginRequestSeen) => !probe;

/** A check of what the origin was asked of a request's paths while it lasted. */
function ofOrigin(
  name: string,
  what: string,
  judge: (
    asked: readonly OriginRequestSeen[],
    request: ObservedRequest,
    observed: Observations,
  ) => readonly Expectation[],
): Check {
  return ofRequest(name, what, (request, observed) => {
    const { startedAt, endedAt } = request;
    const its = new Set(request.paths);
    const asked = observed.origin.filter(({ path, at }) => its.has(path) && at >= startedAt && at <= endedAt);
    return judge(asked, request, observed);
  });
}

/** The origin is asked for each object as often as wanted: once for each REC, or at least. */
export function originDownloads(name: string, relation: "=" | ">=", expected: number): Check {
  return ofOrigin(name, "downloads at the origin", (asked) => [
    ["GETs", asked.filter(isDownload).length, relation, expected],
  ]);
}

/**
 * The origin is asked for each URL once for each REC, and again at most for each POP at which a killed agent had asked for it, without a
 * result.
 */
export function repeatsAtOrigin(name: string, recs: number): Check {
  return ofOrigin(name, "GETs at the origin beyond one for each URL and REC", (asked, request, observed) => {
    const { paths, startedAt, endedAt } = request;
    const killed = observed.kills.filter(({ at }) => at >= startedAt && at <= endedAt);
    const beyond = (path: string) => asked.filter((it) => it.path === path && isDownload(it)).length - recs;
    const unexplained = paths.filter((path) => {
      const gets = observed.gets.filter((get) => get.path === path);
      const held = killed.map((kill) => new Set(gets.flatMap((get) => (isOfKilled(get, kill) ? [get.pop] : []))).size);
      return beyond(path) > held.reduce((sum, it) => sum + it, 0);
    });
    return [
      ["too few", paths.filter((path) => beyond(path) < 0).length, "=", 0],
      ["that no killed agent explains", unexplained.length, "=", 0],
      ["such as", examples(unexplained)],
    ];
  });
}

/**
 * No span of time, wherever it begins, has more requests than the limit, with the probes. Where each answer takes the origin so long,
 * these are what it has at once.
 */
export function neverAbove(name: string, most: number, spanMs: number): Check {
  return ofOrigin(name, `requests at the origin in any ${spanMs} ms`, (asked, { startedAt }) => {
    const busy = busiestSpan(asked, spanMs);
    return [
      ["in the busiest", busy.length, "<=", most],
      ["in all", asked.length, ">=", 1],
      ["probes in the busiest", busy.filter(({ probe }) => probe).length],
      ["seconds after the start", ((busy[0]?.at ?? Number.NaN) - startedAt) / 1_000],
    ];
  });
}

/**
 * The limit is used: the mean rate of downloads, without the time after each mark, until the last one. Tasks must be left then.
 * @param changes how many marks there must be: the load may end before them
 */
export function usesLimit(name: string, leastPerSecond: number, calmAfterMs: number, changes: number): Check {
  const what = `the mean outside the ${Math.round(calmAfterMs / 1_000)} s after a change`;
  return ofOrigin(name, what, (asked, { samples }, { marks }) => {
    const spans = marks.slice(1).map((to, i) => ({ from: (marks[i] ?? to) + calmAfterMs, to }));
    const ms = spans.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    const isCalm = (at: number) => spans.some(({ from, to }) => at >= from && at < to);
    const within = asked.filter((it) => isDownload(it) && isCalm(it.at));
    const last = samples.find(({ at }) => at >= (marks.at(-1) ?? Number.NaN));
    return [
      ["requests/s", (within.length / ms) * 1_000, ">=", leastPerSecond],
      ["marks", marks.length, "=", changes],
      ["tasks left at the end", last === undefined ? 0 : last.total_count - last.download_count, ">=", 1],
    ];
  });
}

/** After some seconds, the agents know what the origin takes. An origin that refused nothing has shown nothing. */
export function seldomRefused(name: string, graceSeconds: number, most: number): Check {
  return ofOrigin(name, `refused after the first ${graceSeconds} s`, (asked) => {
    const downloads = asked.filter(isDownload);
    const later = downloads.filter(({ at }) => at >= (downloads[0]?.at ?? Number.NaN) + graceSeconds * 1_000);
    return [
      ["share", later.filter((it) => it.refused).length / later.length, "<=", most],
      ["refused in all", asked.filter((it) => it.refused).length, ">=", 1],
    ];
  });
}
