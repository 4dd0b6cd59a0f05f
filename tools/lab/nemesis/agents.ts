import type { Progress } from "../../../client/answers.ts";
import { resultShardCount } from "../../../domain/plan/task.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { readResults } from "../../local/results.ts";
import { countFault, type Kill, type LabRun, type Step, taskOf } from "../engine/scenario.ts";
import { firstRequest, pause, poll } from "../load/requests.ts";

/**
 * Kills the process of an instance's agent at once. It is started again, as on an instance.
 * @returns undefined if it does not run; else a promise of the note of what stood then
 */
export function killAgent(run: LabRun, instance: string, point = "at any time"): Promise<void> | undefined {
  const { prewarm, links } = run.world;
  const pid = prewarm.fleet.running().get(instance);
  if (pid === undefined || !process.kill(pid, "SIGKILL")) return undefined;
  const client = links.get(instance)?.localAddress ?? "";
  const kill: Kill = { client, at: Date.now(), finished: new Set(), point };
  countFault(run, "agent: killed");
  run.observed.kills.push(kill);
  return finishedTasks(run).then((tasks) => {
    kill.finished = tasks;
  });
}

/** The tasks whose results stand now. */
async function finishedTasks({ world, observed }: LabRun): Promise<ReadonlySet<string>> {
  const all = [...observed.requests.values()].map(({ reqId, planned }) =>
    readResults(world.prewarm, reqId, resultShardCount(planned.size)),
  );
  return new Set((await Promise.all(all)).flat().map(({ pop, url, variant }) => taskOf(pop, url, variant)));
}

/** One that runs. The seed ranks the instances by their numbers: a further one that runs or does not changes little. */
function pickInstance({ seed, world: { prewarm, numbers } }: LabRun, name: string): string | undefined {
  const ranked = [...prewarm.fleet.running().keys()].map((id) => ({
    id,
    rank: seed.draw(`${name}: instance ${numbers.get(id)}`),
  }));
  return ranked.toSorted((a, b) => a.rank - b.rank)[0]?.id;
}

/** Loses an instance that runs: its agent is killed, and not started again. */
export const loseInstance: Step = async (run) => {
  const { fleet } = run.world.prewarm;
  const instance = pickInstance(run, "instance: lost");
  if (instance === undefined) return;
  run.say(`${instance} is lost`);
  countFault(run, "instance: lost");
  fleet.lose(instance);
};

/** Kills agents one at a time while the first request runs, each when a share of the tasks is done that is drawn. */
export function killAgents(count: number): Step {
  return async (run) => {
    for (let n = 0; n < count; n++) {
      const share = (n + 0.1 + 0.8 * run.seed.draw(`kill ${n}: when`)) / count;
      if (!(await progressOf(run, share))) return;
      const instance = pickInstance(run, `kill ${n}: whom`);
      if (instance !== undefined) await killAgent(run, instance);
    }
  };
}

/** Kills the agent that downloads at a POP, in the middle of a download that lasts so many seconds: when is drawn. */
export function killDownloader(pop: string, seconds: number): Step {
  return async (run) => {
    const { watch, links, prewarm } = run.world;
    const downloaders = () => {
      const clients = watch.gets.flatMap((get) => (get.pop === pop ? [get.client] : []));
      return [...prewarm.fleet.running().keys()].filter((id) => clients.includes(links.get(id)?.localAddress ?? ""));
    };
    await poll(run, () => downloaders().length > 0);
    await pause(run, seconds * (0.4 + 0.2 * run.seed.draw("kill: when")));
    for (const instance of downloaders()) await killAgent(run, instance);
  };
}

/** Takes all instances away for a while once a share of the first request is done, which is drawn. */
export function pauseFleet({ seconds, instances }: { readonly seconds: number; readonly instances: number }): Step {
  return async (run) => {
    if (!(await progressOf(run, 0.4 + 0.2 * run.seed.draw("pause: when")))) return;
    run.say(`all instances are gone for ${seconds} s`);
    countFault(run, "fleet: paused");
    await run.world.api.setInstances(0);
    await pause(run, seconds);
    await run.world.api.setInstances(instances);
  };
}

/** Waits until a share of the first request's tasks is done. @returns whether it is still at work */
async function progressOf(run: LabRun, share: number): Promise<boolean> {
  await firstRequest(run);
  const [request] = run.observed.requests.values();
  const isAtWork = () => request !== undefined && !run.signal.aborted && !isTerminal(request.progress.status);
  const doneShare = ({ download_count, total_count }: Progress) => download_count / Math.max(1, total_count);
  await poll(run, () => request === undefined || !isAtWork() || doneShare(request.progress) >= share);
  return isAtWork();
}
