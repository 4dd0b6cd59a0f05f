import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import type { InstanceLinks } from "../large/instance-links.ts";
import type { LocalPrewarm } from "../local/local-prewarm.ts";
import type { AwsProxy } from "./aws-proxy.ts";
import type { LabOptions } from "./lab-options.ts";
import { patiently } from "./patiently.ts";
import type { Kill } from "./repeats.ts";

/** What disturbs a run has at hand. */
export interface Disturbed {
  readonly prewarm: LocalPrewarm;
  readonly api: ApiClient;
  readonly links: InstanceLinks;
  readonly options: LabOptions;
  readonly random: () => number;
  /** `pop url` of the tasks whose results stand. */
  readonly standing: () => Promise<ReadonlySet<string>>;
}

/** Makes one service after the other fail for a while. It waits first until there are tasks to do. */
export async function blackouts(proxy: AwsProxy, { blackouts, rules, say }: LabOptions): Promise<void> {
  for (const { service, seconds } of blackouts) {
    await sleep(3_000);
    say(`${service} is gone for ${seconds} s`);
    proxy.rules = [{ kind: "fail", service, share: 1 }, ...rules];
    await sleep(seconds * 1_000);
    proxy.rules = rules;
  }
}

/** Waits for the end, and kills an agent whenever another share of the tasks is done. Returns those that it killed. */
export async function killAndFollow(it: Disturbed, reqId: string): Promise<Kill[]> {
  const { api, options } = it;
  const deadline = Date.now() + options.patienceMs;
  const kills: Kill[] = [];
  let last = "";
  while (Date.now() < deadline) {
    const progress = await patiently(async () => (await api.progress(reqId)).value);
    const line = `${progress.status} ${progress.download_count}/${progress.total_count}, ${kills.length} agents killed`;
    if (line !== last) options.say(line);
    last = line;
    if (isTerminal(progress.status)) break;
    if (kills.length < killsDue(progress, options.kills)) kills.push(...(await killOne(it)));
    await sleep(150);
  }
  return kills;
}

/**
 * The first is due after a third of a share of the tasks, each of the others a whole share later: all before the end.
 */
function killsDue({ download_count: done, total_count: total }: Progress, kills: number): number {
  return done === 0 ? 0 : Math.floor((done / Math.max(1, total)) * kills + 0.67);
}

async function killOne({ prewarm, links, random, standing }: Disturbed): Promise<Kill[]> {
  const running = [...prewarm.fleet.running()];
  const [id, pid] = running[Math.floor(random() * running.length)] ?? [];
  if (id === undefined || pid === undefined) return [];
  process.kill(pid, "SIGKILL");
  const at = Date.now();
  return [{ client: links.clientOf(id), at, standing: await standing() }];
}

/** Pauses everything for a while, once some tasks of the request are done, and lets it go on. */
export async function pauseAndResume({ api, options }: Disturbed, reqId: string, seconds: number): Promise<void> {
  await until(api, reqId, ({ download_count, total_count }) => download_count >= total_count / 2 && total_count > 0);
  options.say(`everything is paused for ${seconds} s`);
  await patiently(() => api.setInstances(0));
  await sleep(seconds * 1_000);
  await patiently(() => api.setInstances(options.instances));
  options.say("everything goes on");
}

/** Starts a second request, and stops it once it is at work. @returns its id */
export async function startAndStop({ api, options }: Disturbed, body: object): Promise<string> {
  const reqId = await patiently(async () => (await api.start(body)).value.request_id);
  await until(api, reqId, ({ status, download_count }) => status === "IN_PROGRESS" && download_count > 0);
  options.say("the second request is stopped");
  await patiently(() => api.stop(reqId, options.instances));
  return reqId;
}

async function until(api: ApiClient, reqId: string, wanted: (progress: Progress) => boolean): Promise<void> {
  for (;;) {
    const progress = await patiently(async () => (await api.progress(reqId)).value);
    if (wanted(progress) || isTerminal(progress.status)) return;
    await sleep(200);
  }
}
