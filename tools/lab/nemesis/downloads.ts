import type { Fault } from "../../edge/faults.ts";
import { countFault, type Step } from "../engine/scenario.ts";
import type { Seed } from "../engine/seed.ts";
import { pause } from "../load/requests.ts";

/** The share of the downloads that each kind of fault happens to. */
export type DownloadShares = Readonly<Partial<Record<Fault["kind"], number>>>;

/**
 * Makes a share of the downloads go wrong at the edge. HEADs, with which Get Size asks for sizes, always work: else there would be no
 * tasks. What happens to the n-th GET of an object at a POP is decided by the seed.
 */
export function failDownloads(shares: DownloadShares): Step {
  return async (run) => {
    const { faults } = run.world;
    const hook = ({ method, pop, path }: { method: string; pop: string; path: string }) => {
      if (method !== "GET") return undefined;
      const name = `GET ${pop} ${path}`;
      let dice = run.seed.draw(name);
      for (const [kind, share] of Object.entries(shares)) {
        dice -= share;
        if (dice >= 0) continue;
        countFault(run, `download: ${kind}`);
        return faultOf(kind, run.seed, name);
      }
      return undefined;
    };
    faults.add(hook);
    await pause(run);
    faults.delete(hook);
  };
}

function faultOf(kind: string, seed: Seed, name: string): Fault | undefined {
  switch (kind) {
    case "status":
      return { kind, status: seed.draw(name) < 0.5 ? 503 : 500 };
    case "stall":
      return { kind, after: 100 };
    case "truncate":
    case "reset":
      return { kind, after: Math.floor(seed.draw(name) * 900) };
    case "lie":
      return { kind, contentLengthDelta: seed.draw(name) < 0.5 ? 10 : -10 };
    case "otherPop":
      return { kind, pop: "QQQ1-P1" };
    case "slow":
      return { kind, ms: seed.draw(name) * 500 };
    default:
      return undefined;
  }
}
