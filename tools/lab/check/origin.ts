import { busiest, busiestSpan, type OriginRequestSeen } from "../../edge/origin-log.ts";
import { requestOf } from "../load/requests.ts";
import type { Check, CheckRow, Observations } from "../scenario.ts";
import { expectations } from "./tasks.ts";

/** What the origin was asked of a request's paths while it lasted. */
function askedOf(seen: Observations, name: string): OriginRequestSeen[] {
  const { paths, startedAt, endedAt } = requestOf(seen, name);
  const its = new Set(paths);
  return seen.origin.filter(({ path, at }) => its.has(path) && at >= startedAt && at <= endedAt);
}

const isDownload = ({ probe }: OriginRequestSeen) => !probe;

/** The origin is asked for each object as often as wanted: once for each REC, or at least. */
export function originDownloads(name: string, wanted: number, how: "exactly" | "at least"): Check {
  return (seen) => {
    const asked = askedOf(seen, name);
    const gets = asked.filter(isDownload).length;
    return {
      what: `${name}: the origin's GETs of tasks`,
      wanted: `${how} ${wanted}`,
      saw: `${gets} GETs, ${asked.length - gets} probes`,
      holds: [how === "exactly" ? gets === wanted : gets >= wanted],
    };
  };
}

/** Beyond one GET for each URL and REC, the origin is asked at most for what killed agents had under way. */
export function repeatsAtOrigin(name: string, recs: number): Check {
  return (seen) => {
    const { paths, startedAt, endedAt } = requestOf(seen, name);
    const beyond = askedOf(seen, name).filter(isDownload).length - paths.length * recs;
    const killed = seen.kills.filter(({ at }) => at >= startedAt && at <= endedAt);
    const underWay = killed.reduce((sum, it) => sum + (it.underWay ?? 0), 0);
    return {
      what: `${name}: the origin's GETs beyond one for each URL and REC`,
      wanted: `0 to ${underWay}, which the killed had under way`,
      saw: String(beyond),
      holds: [beyond >= 0, beyond <= underWay],
    };
  };
}

/** No second, wherever it begins, has more requests than the limit, with the probes. */
export function neverAbove(name: string, perSecond: number): Check {
  return (seen) => {
    const asked = askedOf(seen, name);
    const busy = busiestSpan(asked, 1_000);
    const from = ((busy[0]?.at ?? Number.NaN) - requestOf(seen, name).startedAt) / 1_000;
    return {
      what: `${name}: any second of the origin's log, probes too`,
      wanted: `${perSecond} at most`,
      saw: `${busy.length} in the busiest 1,000 ms, ${busy.filter(({ probe }) => probe).length} of them probes, ${from.toFixed(1)} s after the start`,
      holds: [busy.length <= perSecond, asked.length > 0],
    };
  };
}

/** The limit is used: the mean rate of downloads, without the time after each mark, until the last one. */
export function usesLimit(name: string, leastPerSecond: number, calmAfterMs: number): Check {
  return (seen) => {
    const spans = seen.marks.slice(1).map((to, i) => ({ from: (seen.marks[i] ?? to) + calmAfterMs, to }));
    const ms = spans.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
    const within = askedOf(seen, name).filter(
      (it) => isDownload(it) && spans.some(({ from, to }) => it.at >= from && it.at < to),
    );
    const mean = (within.length / ms) * 1_000;
    const last = requestOf(seen, name).samples.find(({ at }) => at >= (seen.marks.at(-1) ?? 0));
    return {
      what: `${name}: the mean outside the ${Math.round(calmAfterMs / 1_000)} s after a change`,
      wanted: `${leastPerSecond} at least, with tasks left`,
      saw: `${mean.toFixed(1)} in ${spans.length} spans; ${last?.download_count} of ${last?.total_count} were done`,
      holds: [mean >= leastPerSecond, last !== undefined && last.download_count < last.total_count],
    };
  };
}

/** Where each answer takes the origin so long, it never has more than so many at once. */
export function neverAtOnce(name: string, most: number, answerMs: number): Check {
  return (seen) => {
    const asked = askedOf(seen, name);
    const atOnce = busiest(asked, answerMs);
    return {
      what: `${name}: requests at the origin at once, probes too`,
      wanted: `${most} at most`,
      saw: `${atOnce}`,
      holds: [atOnce <= most, asked.length > 0],
    };
  };
}

/** After some seconds, the agents know what the origin takes. An origin that refused nothing has shown nothing. */
export function seldomRefused(name: string, graceSeconds: number, share: number): Check {
  return (seen): CheckRow => {
    const asked = askedOf(seen, name);
    const downloads = asked.filter(isDownload);
    const from = (downloads[0]?.at ?? Number.NaN) + graceSeconds * 1_000;
    const later = downloads.filter(({ at }) => at >= from);
    const refused = later.filter((it) => it.refused).length / Math.max(1, later.length);
    return {
      what: `${name}: refused after the first ${graceSeconds} s`,
      wanted: `less than ${100 * share}%, and some before`,
      saw: `${(100 * refused).toFixed(1)}% of ${later.length}; ${asked.filter((it) => it.refused).length} of all ${asked.length}`,
      holds: [refused < share, asked.some((it) => it.refused), later.length > 0],
    };
  };
}

/** The size of every URL could be read. */
export function noUrlFails(name: string): Check {
  return (seen) =>
    expectations(`${name}: sizes are read`, [["URLs that fail", requestOf(seen, name).failedUrls.length, 0]]);
}
