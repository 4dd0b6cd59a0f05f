import type { Step } from "../engine/scenario.ts";
import { poll } from "./requests.ts";

/** Asks for so many instances from now on. */
export function setInstances(count: number): Step {
  return async ({ world, say }) => {
    say(`there are to be ${count} instances`);
    await world.api.setInstances(count);
  };
}

/** The same, and waits until their agents run. */
export function bootInstances(count: number): Step {
  return async (run) => {
    await setInstances(count)(run);
    await poll(run, () => run.world.prewarm.fleet.running().size >= count);
  };
}

/** Waits until all agents have gone, or the command: what comes then starts with instances of its own. */
export const fleetIsGone: Step = async (run) => {
  const { world } = run;
  const left = () => world.direct?.processes ?? world.prewarm.fleet.size + world.prewarm.fleet.stopping;
  await poll(run, () => left() === 0);
};
