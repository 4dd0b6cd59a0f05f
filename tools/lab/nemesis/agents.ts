import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { patiently, standingTasks } from "../load/requests.ts";
import { countFault, type LabRun, type RequestSeen, type Step } from "../scenario.ts";
import { firstRequest, pause } from "./calls.ts";

const POLL_SECONDS = 0.1;

/** Kills the process of an instance's agent, and notes what it did not hold. It is started again, as on an instance. */
export async function killAgent(run: LabRun, instance: string): Promise<boolean> {
  const { prewarm, links } = run.world;
  const pid = prewarm.fleet.running().get(instance);
  if (pid === undefined || !process.kill(pid, "SIGKILL")) return false;
  const at = Date.now();
  countFault(run, "agent: killed");
  run.seen.kills.push({ instance, client: links.clientOf(instance), at, standing: await standingTasks(run) });
  return true;
}

/** Kills agents one at a time while the first request runs, each when a share of the tasks is done that is drawn. */
export function killAgents(count: number): Step {
  return async (run) => {
    for (let n = 0; n < count; n++) {
      const share = (n + 0.1 + 0.8 * run.seed.draw("kill: when")) / count;
      if (!(await progressOf(run, share))) return;
      const who = run.seed.draw("kill: whom");
      const running = [...run.world.prewarm.fleet.running().keys()];
      const instance = running[Math.floor(who * running.length)];
      if (instance !== undefined) await killAgent(run, instance);
    }
  };
}

/** Takes all instances away for a while once a share of the first request is done, which is drawn. */
export function pauseFleet({ seconds, instances }: { readonly seconds: number; readonly instances: number }): Step {
  return async (run) => {
    if (!(await progressOf(run, 0.4 + 0.2 * run.seed.draw("pause: when")))) return;
    run.say(`all instances are gone for ${seconds} s`);
    countFault(run, "fleet: paused");
    await patiently(() => run.world.api.setInstances(0));
    await pause(run, seconds);
    await patiently(() => run.world.api.setInstances(instances));
  };
}

/** Waits until a share of the first request's tasks is done. @returns whether it is still at work */
async function progressOf(run: LabRun, share: number): Promise<boolean> {
  await firstRequest(run);
  const [request] = run.seen.requests.values();
  while (!run.over.aborted && request !== undefined && !isTerminal(request.progress.status)) {
    if (doneShare(request) >= share) return true;
    await pause(run, POLL_SECONDS);
  }
  return false;
}

function doneShare({ progress: { download_count: done, total_count: total } }: RequestSeen): number {
  return done === 0 ? 0 : done / Math.max(1, total);
}
