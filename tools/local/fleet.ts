import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { unzipSync } from "fflate";
import { agentFlags } from "./agent-flags.ts";
import type { LocalClients } from "./clients.ts";
import type { Deployed } from "./deploy.ts";
import { LOCAL, RUN } from "./paths.ts";
import { ending, start, stop } from "./processes.ts";

const LOOK_MS = 250;
/** Pause before a crashed agent is started again. On an instance, systemd waits a little longer. */
export const RESTART_MS = 2_000;
/** This machine cannot run more agents. Further instances stay without one. */
const MAX_PROCESSES = 20;

/** What an instance boots from. */
interface Boot {
  /** Version of the launch template. */
  readonly version: number;
  /** Folder of the agent's code. */
  readonly code: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Running {
  process: ChildProcess;
  restart: NodeJS.Timeout | undefined;
  /** It is not started again. */
  lost?: true;
}

/** An instance that is about to boot. */
export interface Launch {
  readonly id: string;
  /** How many instances this fleet has launched before it. */
  readonly number: number;
}

/** Further variables for one instance's agent. It boots once they are there, and so does the one after it. */
export type OnLaunch = (launch: Launch) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;

/**
 * Runs one agent process for each instance of the group: the emulator lists instances, but cannot boot them. Processes
 * start and stop as the group changes. They have the code and environment of the launch template's user data at their
 * launch, so an update does not change those that run.
 */
export class LocalFleet {
  private readonly agents = new Map<string, Running>();
  private readonly leaving = new Set<Promise<void>>();
  private closing = false;
  private looking: Promise<void> = Promise.resolve();
  private newest: Boot | undefined;
  private launched = 0;

  private constructor(
    private readonly clients: LocalClients,
    private readonly deployed: Deployed,
    private readonly groupName: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly say: (line: string) => void,
    private readonly onLaunch: OnLaunch,
  ) {}

  static async start(
    clients: LocalClients,
    deployed: Deployed,
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
    onLaunch: OnLaunch = () => ({}),
  ): Promise<LocalFleet> {
    mkdirSync(`${LOCAL}logs`, { recursive: true });
    const groupName = deployed.resource("PrewarmFleetGroup", "AWS::AutoScaling::AutoScalingGroup");
    const fleet = new LocalFleet(clients, deployed, groupName, env, say, onLaunch);
    // Read now, so that a template without code fails here.
    await fleet.boot();
    fleet.looking = fleet.follow();
    return fleet;
  }

  /** Instances with a running agent. */
  get size(): number {
    return this.agents.size;
  }

  /** Agents that were told to stop and still run. They may still take a message, and send it back. */
  get stopping(): number {
    return this.leaving.size;
  }

  /** Process ids of the agents that run. One that crashed has none until it is started again. */
  pids(): number[] {
    return [...this.running().values()];
  }

  /** Instances whose agent runs, and its process id. */
  running(): ReadonlyMap<string, number> {
    const alive = [...this.agents].filter(
      ([, { process }]) => process.exitCode === null && process.signalCode === null,
    );
    return new Map(alive.flatMap(([id, { process }]) => (process.pid === undefined ? [] : [[id, process.pid]])));
  }

  /** Kills an instance's agent, which is not started again: the instance is as good as lost. */
  lose(id: string): void {
    const running = this.agents.get(id);
    if (running === undefined) return;
    running.lost = true;
    running.process.kill("SIGKILL");
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.looking;
    for (const id of [...this.agents.keys()]) this.terminate(id);
    await Promise.all(this.leaving);
  }

  private async follow(): Promise<void> {
    while (!this.isEnding) {
      await this.look().catch((error: unknown) => {
        if (!this.isEnding) this.say(`The fleet could not be looked at: ${error}`);
      });
      await sleep(LOOK_MS);
    }
  }

  /** Nothing may be started any more: the run may be ended before this fleet is closed. */
  private get isEnding(): boolean {
    return this.closing || ending.signal.aborted;
  }

  private async look(): Promise<void> {
    const { AutoScalingGroups } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.groupName] }),
    );
    const listed = (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId }) => InstanceId ?? "");
    const wanted = new Set(listed.slice(0, MAX_PROCESSES));
    if (listed.length > MAX_PROCESSES && this.agents.size < MAX_PROCESSES) {
      this.say(`${listed.length} instances are wanted; this machine runs ${MAX_PROCESSES} agents`);
    }
    for (const id of this.agents.keys()) if (!wanted.has(id)) this.terminate(id);
    for (const id of wanted) if (!this.agents.has(id)) await this.bootOf(id);
  }

  private async bootOf(id: string): Promise<void> {
    const boot = await this.boot();
    const env = await this.onLaunch({ id, number: this.launched++ });
    if (!this.isEnding) this.launch(id, { ...boot, env: { ...boot.env, ...env } });
  }

  private async boot(): Promise<Boot> {
    const { version, codeUrl, env } = await readUserData(this.clients, this.deployed);
    if (this.newest?.version === version) return this.newest;
    // A folder for each stack: another stack's agents may start while this one's code is written.
    const code = `${RUN}agent-${this.deployed.stackName}-${version}`;
    mkdirSync(code, { recursive: true });
    await fetchCode(this.clients, codeUrl, code);
    this.newest = { version, code, env: { ...env, ...this.env } };
    return this.newest;
  }

  private launch(id: string, boot: Boot): void {
    // One process for each instance: they share this machine's cores.
    const env = { PREWARM_WORKERS: "1", ...process.env, ...boot.env, PREWARM_INSTANCE_ID: id };
    const log = `${LOCAL}logs/${id}.log`;
    const child = start(process.execPath, [...agentFlags(), `${boot.code}/main.mjs`], env, log);
    const running: Running = { process: child, restart: undefined };
    child.once("exit", (code) => {
      if (this.isEnding || this.agents.get(id) !== running || running.lost === true || code === 0) return;
      this.say(`The agent of ${id} ended with ${code ?? child.signalCode}; it is started again`);
      running.restart = setTimeout(() => {
        if (!this.isEnding && this.agents.get(id) === running) this.launch(id, boot);
      }, RESTART_MS);
    });
    this.agents.set(id, running);
  }

  private terminate(id: string): void {
    const running = this.agents.get(id);
    this.agents.delete(id);
    if (running === undefined) return;
    clearTimeout(running.restart);
    const leaving = stop(running.process, 90_000).finally(() => this.leaving.delete(leaving));
    this.leaving.add(leaving);
  }
}

/** Reads what an instance has in its user data: where the code is, and the agent's environment. */
async function readUserData(clients: LocalClients, deployed: Deployed) {
  const { LaunchTemplateVersions } = await clients.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: deployed.resource("PrewarmFleetTemplate", "AWS::EC2::LaunchTemplate"),
      Versions: ["$Latest"],
    }),
  );
  const encoded = LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData ?? "";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const codeUrl = /^AGENT_CODE_URL='(.+)'$/m.exec(text)?.[1];
  const lines = /^AGENT_ENV='([^']+)'$/m.exec(text)?.[1];
  if (codeUrl === undefined || lines === undefined)
    throw new Error("The launch template's user data is not as expected");
  const env = Object.fromEntries(
    lines.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { version: LaunchTemplateVersions?.[0]?.VersionNumber ?? 0, codeUrl, env };
}

async function fetchCode(clients: LocalClients, url: string, folder: string): Promise<void> {
  const { hostname, pathname } = new URL(url);
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }));
  if (Body === undefined) throw new Error(`${url} has no body`);
  for (const [name, bytes] of Object.entries(unzipSync(await Body.transformToByteArray()))) {
    writeFileSync(`${folder}/${name}`, bytes);
  }
}
