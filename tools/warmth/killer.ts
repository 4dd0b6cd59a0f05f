import * as z from "zod";
import { taskMessageSchema } from "../../domain/plan/task-message.ts";
import { type AgentProxy, type SeenCall, startAgentProxy } from "./agent-proxy.ts";
import { HeldMessages, receiptsIn } from "./held-messages.ts";

/** Where an agent dies: between a lead's results and the deletion of its message. */
export const KILL_POINTS = [
  "results stand",
  "followers not sent",
  "followers sent",
  "lead not deleted",
  "lead deleted",
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

const sentSchema = z.object({ Entries: z.array(z.object({ MessageBody: z.string() })) });
/** A message goes to the dead letters once it was delivered five times. The last of them is left alone. */
const MOST_DELIVERIES = 3;
/** So many times an agent passes its point before it dies there, at most. */
const MOST_PASSES = 4;
/** After its results stand, an agent goes on for so many milliseconds, at most. */
const LONGEST_DELAY_MS = 40;

export interface Kill {
  readonly point: KillPoint;
  /** Tasks that the agent was to ask of the origin, without a result. */
  readonly underWay: number;
}

export interface KillerOptions {
  readonly random: () => number;
  /** Kills the process of an instance. @returns whether it ran */
  readonly kill: (instance: string) => boolean;
}

/** Sees every agent's calls, and kills agents at random ones of the points, as long as it may. */
export class Killer {
  readonly kills: Kill[] = [];
  /** How many more may be killed. */
  left = 0;
  private readonly proxies: AgentProxy[] = [];

  constructor(private readonly options: KillerOptions) {}

  /** @returns URL of the AWS APIs for this instance's agent */
  async watch(instance: string, target: string): Promise<string> {
    const agent = new WatchedAgent(this.options.random, (point, underWay) => this.tryKill(instance, point, underWay));
    const proxy = await startAgentProxy({
      target,
      before: (call) => agent.before(call),
      after: (call) => agent.after(call),
    });
    this.proxies.push(proxy);
    return proxy.url;
  }

  async close(): Promise<void> {
    for (const proxy of this.proxies) await proxy.close();
  }

  private tryKill(instance: string, point: KillPoint, underWay: number): boolean {
    if (this.left <= 0 || !this.options.kill(instance)) return false;
    this.left--;
    this.kills.push({ point, underWay });
    return true;
  }
}

/** One agent, and where it is to die. It comes back after a while, and dies again. */
class WatchedAgent {
  private readonly held = new HeldMessages();
  private plan: { readonly point: KillPoint; passes: number };

  constructor(
    private readonly random: () => number,
    private readonly tryKill: (point: KillPoint, underWay: number) => boolean,
  ) {
    this.plan = this.newPlan();
  }

  before(call: SeenCall): boolean {
    return this.dies(call, { SendMessageBatch: "followers not sent", DeleteMessageBatch: "lead not deleted" });
  }

  after(call: SeenCall): boolean {
    const died = this.dies(call, { SendMessageBatch: "followers sent", DeleteMessageBatch: "lead deleted" });
    this.held.note(call);
    if (call.operation === "BatchWriteItem" && this.held.hasDoneLead && this.isDue("results stand"))
      setTimeout(() => this.die(), this.random() * LONGEST_DELAY_MS);
    return died;
  }

  private dies({ operation, input }: SeenCall, points: Readonly<Record<string, KillPoint>>): boolean {
    const point = points[operation];
    if (point === undefined || !this.concernsLead(operation, input) || !this.isDue(point)) return false;
    return this.die();
  }

  private concernsLead(operation: string, input: unknown): boolean {
    return operation === "SendMessageBatch" ? sendsFollowers(input) : this.held.leadsAmong(receiptsIn(input));
  }

  private isDue(point: KillPoint): boolean {
    if (point !== this.plan.point || this.held.mostDeliveries > MOST_DELIVERIES) return false;
    return this.plan.passes-- <= 0;
  }

  private die(): boolean {
    if (this.held.mostDeliveries > MOST_DELIVERIES) return false;
    if (!this.tryKill(this.plan.point, this.held.underWay)) return false;
    this.held.forget();
    this.plan = this.newPlan();
    return true;
  }

  private newPlan() {
    const point = KILL_POINTS[Math.floor(this.random() * KILL_POINTS.length)] ?? "results stand";
    return { point, passes: Math.floor(this.random() * MOST_PASSES) };
  }
}

function sendsFollowers(input: unknown): boolean {
  const { success, data } = sentSchema.safeParse(input);
  if (!success) return false;
  return data.Entries.some(
    ({ MessageBody }) => taskMessageSchema.safeParse(JSON.parse(MessageBody)).data?.follows === true,
  );
}
