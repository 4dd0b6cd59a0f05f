import * as z from "zod";
import { type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { Step } from "../engine/scenario.ts";
import { pause } from "../load/requests.ts";
import type { AwsCall } from "../world/aws-proxy.ts";
import { killNow } from "./agents.ts";

/** Where an agent dies: between a lead's results and the deletion of its message. */
export const KILL_POINTS = [
  "results written",
  "followers not sent",
  "followers sent",
  "lead not deleted",
  "lead deleted",
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** A message goes to the dead letters once it was delivered five times. The last of them is left alone. */
const MOST_DELIVERIES = 3;
/** So many times an agent passes its point before it dies there, at most. */
const MOST_PASSES = 4;
/** After its results stand, an agent goes on for so many milliseconds, at most. */
const LONGEST_DELAY_MS = 40;

export interface LeadKills {
  readonly count: number;
  /** More in one request would bring its messages to the dead letters. */
  readonly perRequest: number;
  /** @default all of them */
  readonly points?: readonly KillPoint[];
}

/**
 * Kills agents between the results of a lead and the messages of its followers. The point, and how often an agent passes it before, are
 * drawn for each instance, by its number. The world must pass the agents' calls through its proxy.
 */
export function killLeads({ count, perRequest, points = KILL_POINTS }: LeadKills): Step {
  return async (run) => {
    const agents = new Map<string, WatchedAgent>();
    const mayKill = () => {
      const { kills, requests } = run.seen;
      const since = [...requests.values()].at(-1)?.startedAt ?? 0;
      return kills.length < count && kills.filter(({ at }) => at >= since).length < perRequest;
    };
    const agentOf = ({ caller }: AwsCall) => {
      const name = `agent ${run.world.numbers.get(caller)}`;
      const found =
        agents.get(caller) ??
        new WatchedAgent({
          newPlan: () => ({
            point: run.seed.pick(`${name}: point`, points),
            passes: Math.floor(run.seed.draw(`${name}: passes`) * MOST_PASSES),
            delayMs: run.seed.draw(`${name}: delay`) * LONGEST_DELAY_MS,
          }),
          kill: (point, underWay) => mayKill() && killNow(run, caller, { point, underWay }) !== undefined,
        });
      agents.set(caller, found);
      return found;
    };
    const interceptor = {
      before: (call: AwsCall) => (agentOf(call).before(call) ? ({ kind: "drop" } as const) : undefined),
      after: (call: AwsCall, output: unknown) => agentOf(call).after(call, output),
    };
    run.world.proxy.interceptors.add(interceptor);
    await pause(run);
    run.world.proxy.interceptors.delete(interceptor);
  };
}

type SeenCall = Pick<AwsCall, "operation" | "input">;

interface WatchedAgentDeps {
  readonly newPlan: () => { readonly point: KillPoint | undefined; passes: number; readonly delayMs: number };
  /** @returns whether it died */
  readonly kill: (point: KillPoint, underWay: number) => boolean;
}

/** One agent, and where it is to die. It comes back after a while, and dies again. */
class WatchedAgent {
  private readonly held = new HeldMessages();
  private plan: ReturnType<WatchedAgentDeps["newPlan"]>;

  constructor(private readonly deps: WatchedAgentDeps) {
    this.plan = deps.newPlan();
  }

  /** @returns whether it dies before the call is carried out */
  before(call: SeenCall): boolean {
    return this.diesAt(call, { SendMessageBatch: "followers not sent", DeleteMessageBatch: "lead not deleted" });
  }

  /** @returns whether it dies before it has the answer */
  after(call: SeenCall, output: unknown): boolean {
    const died = this.diesAt(call, { SendMessageBatch: "followers sent", DeleteMessageBatch: "lead deleted" });
    this.held.note(call, output);
    if (call.operation === "BatchWriteItem" && this.held.hasDoneLead && this.isDue("results written"))
      setTimeout(() => this.die("results written"), this.plan.delayMs);
    return died;
  }

  private diesAt({ operation, input }: SeenCall, points: Readonly<Record<string, KillPoint>>): boolean {
    const point = points[operation];
    if (point === undefined) return false;
    const isOfLead = operation === "SendMessageBatch" ? sendsFollowers(input) : this.held.hasLeadOf(entriesOf(input));
    return isOfLead && this.isDue(point) && this.die(point);
  }

  private isDue(point: KillPoint): boolean {
    if (point !== this.plan.point || this.held.mostDeliveries > MOST_DELIVERIES) return false;
    return this.plan.passes-- <= 0;
  }

  private die(point: KillPoint): boolean {
    if (this.held.mostDeliveries > MOST_DELIVERIES || !this.deps.kill(point, this.held.underWay)) return false;
    this.held.forget();
    this.plan = this.deps.newPlan();
    return true;
  }
}

const messagesSchema = z.object({
  Messages: z
    .array(
      z.object({
        ReceiptHandle: z.string(),
        Body: z.string(),
        Attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
      }),
    )
    .default([]),
});
/** Of calls with a batch of messages. */
const entriesSchema = z.object({
  Entries: z.array(
    z.object({
      ReceiptHandle: z.string().default(""),
      VisibilityTimeout: z.number().optional(),
      MessageBody: z.string().default("{}"),
    }),
  ),
});
/** Of a call that writes results; other tables have other keys. */
const resultsSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: z.object({ Item: z.object({ pop_url: z.object({ S: z.string() }) }) }) })),
  ),
});
type Entries = z.infer<typeof entriesSchema>["Entries"];

/** What one agent holds, as its calls of the queue tell. */
export class HeldMessages {
  private held = new Map<string, { readonly message: TaskMessage; readonly deliveries: number }>();
  private readonly written = new Set<string>();

  /** @param call one that was carried out */
  note({ operation, input }: SeenCall, output: unknown): void {
    if (operation === "ReceiveMessage") {
      for (const { ReceiptHandle, Body, Attributes } of messagesSchema.parse(output).Messages) {
        const message = taskMessageSchema.parse(JSON.parse(Body));
        this.held.set(ReceiptHandle, { message, deliveries: Attributes.ApproximateReceiveCount });
      }
    } else if (operation === "DeleteMessageBatch" || operation === "ChangeMessageVisibilityBatch") {
      const isGone = (timeout?: number) => operation === "DeleteMessageBatch" || timeout === 0;
      for (const { ReceiptHandle, VisibilityTimeout } of entriesOf(input))
        if (isGone(VisibilityTimeout)) this.held.delete(ReceiptHandle);
    } else if (operation === "BatchWriteItem") {
      const results = Object.values(resultsSchema.safeParse(input).data?.RequestItems ?? {}).flat();
      for (const { PutRequest } of results) this.written.add(PutRequest.Item.pop_url.S);
    }
  }

  /** The agent has died. */
  forget(): void {
    this.held = new Map();
  }

  /** How often the message was delivered that was delivered most. */
  get mostDeliveries(): number {
    return Math.max(0, ...[...this.held.values()].map(({ deliveries }) => deliveries));
  }

  /** Tasks that may be asked of the origin and whose results it has not written. */
  get underWay(): number {
    const leads = [...this.held.values()].filter(({ message }) => message.follows !== true);
    return leads.reduce((sum, { message }) => sum + this.openOf(message), 0);
  }

  /** Whether a message that leads has all its results. */
  get hasDoneLead(): boolean {
    return [...this.held.values()].some(({ message }) => leads(message) && this.openOf(message) === 0);
  }

  /** Whether one of the entries is a message that leads. */
  hasLeadOf(entries: Entries): boolean {
    return entries.some(({ ReceiptHandle }) => leads(this.held.get(ReceiptHandle)?.message));
  }

  private openOf({ pop, urls }: TaskMessage): number {
    return urls.filter(({ url }) => !this.written.has(`${pop}#${url}`)).length;
  }
}

function entriesOf(input: unknown): Entries {
  return entriesSchema.safeParse(input).data?.Entries ?? [];
}

function leads(message: TaskMessage | undefined): boolean {
  return (message?.followers ?? []).length > 0;
}

function sendsFollowers(input: unknown): boolean {
  const bodies = entriesOf(input).map(({ MessageBody }) => taskMessageSchema.safeParse(JSON.parse(MessageBody)));
  return bodies.some(({ data }) => data?.follows === true);
}
