import { type Check, ofRequest } from "../engine/scenario.ts";

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
