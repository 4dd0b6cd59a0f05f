import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "../engine/scenario.ts";
import { withRetries } from "./requests.ts";

const POLL_MS = 200;

/** Asks for so many instances from now on. */
export function setInstances(count: number): Step {
  return async ({ world, say }) => {
    say(`there are to be ${count} instances`);
    await withRetries(() => world.api.setInstances(count));
  };
}

/** The same, and waits until their agents run. */
export function bootInstances(count: number): Step {
  return async (run) => {
    await setInstances(count)(run);
    while (run.world.prewarm.fleet.running().size < count && !run.over.aborted) await sleep(POLL_MS);
  };
}

/** Waits until all agents have gone, or the command: what comes then starts with instances of its own. */
export const fleetIsGone: Step = async ({ world, over }) => {
  const left = () => world.direct?.processes ?? world.prewarm.fleet.size + world.prewarm.fleet.stopping;
  while (left() > 0 && !over.aborted) await sleep(POLL_MS);
};
