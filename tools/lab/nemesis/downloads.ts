import { keysOf } from "../../../domain/collections.ts";
import type { Fault } from "../../edge/faults.ts";
import { countFault, type Step } from "../engine/scenario.ts";

/** What goes wrong with a download. @param draw from 0 to 1 */
const FAULTS = {
  status: (draw) => ({ kind: "status", status: draw() < 0.5 ? 503 : 500 }),
  stall: () => ({ kind: "stall", after: 100 }),
  truncate: (draw) => ({ kind: "truncate", after: Math.floor(draw() * 900) }),
  reset: (draw) => ({ kind: "reset", after: Math.floor(draw() * 900) }),
  lie: (draw) => ({ kind: "lie", contentLengthDelta: draw() < 0.5 ? 10 : -10 }),
  otherPop: () => ({ kind: "otherPop", pop: "QQQ1-P1" }),
  slow: (draw) => ({ kind: "slow", ms: draw() * 500 }),
} as const satisfies Readonly<Record<string, (draw: () => number) => Fault>>;

/** The share of the downloads that each kind of fault happens to. */
type DownloadShares = Readonly<Partial<Record<keyof typeof FAULTS, number>>>;

/**
 * Makes a share of the downloads go wrong at the edge. HEADs, with which Get Size asks for sizes, always work: else there would be no
 * tasks. What happens to the n-th GET of an object at a POP is decided by the seed.
 */
export function failDownloads(shares: DownloadShares): Step {
  return async (run) => {
    run.world.watch.faults.add(({ method, pop, path }) => {
      if (method !== "GET") return undefined;
      const draw = () => run.seed.draw(`GET ${pop} ${path}`);
      let dice = draw();
      for (const kind of keysOf(FAULTS)) {
        dice -= shares[kind] ?? 0;
        if (dice >= 0) continue;
        countFault(run, `download: ${kind}`);
        return FAULTS[kind](draw);
      }
      return undefined;
    });
  };
}
