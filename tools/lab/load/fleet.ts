import type { Step } from "../engine/scenario.ts";
import { poll } from "./requests.ts";

/** Asks for so many instances from now on. */
export function setInstances(count: number): Step {
  return async ({ world, say }) => {
    say(`there are to be ${count} instances`);
    await world.api.setInstances(count);
  };
}

/** Waits until all agents have gone: what comes then starts with instances of its own. */
export const fleetIsGone: Step = async (run) => {
  const { fleet } = run.world.prewarm;
  await poll(run, () => fleet.size + fleet.stopping === 0);
};
