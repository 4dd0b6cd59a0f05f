import * as z from "zod";
import { type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { Step } from "../scenario.ts";
import type { AwsCall } from "../world/aws-proxy.ts";
import { killNow } from "./agents.ts";
import { pause } from "./calls.ts";

/** Where an agent dies: between a lead's results and the deletion of its message. */
export const KILL_POINTS = [
  "results stand",
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

/**
 * Kills agents between the results of a lead and the messages of its followers. The point, and how often an agent passes it before, are
 * drawn for each agent, by the order of their first calls. The world must pass the agents' calls through its proxy.
 * @param perRequest more in one request would bring its messages to the dead letters
 */
export function killLeads(count: number, perRequest: number): Step {
  return async (run) => {
    const agents = new Map<string, WatchedAgent>();
    const mayKill = () => {
      const { kills, requests } = run.seen;
      const since = [...requests.values()].at(-1)?.startedAt ?? 0;
      return kills.length < count && kills.filter(({ at }) => at >= since).length < perRequest;
    };
    const agentOf = ({ caller }: AwsCall) => {
      const name = `agent ${agents.size}`;
      const found =
        agents.get(caller) ??
        new WatchedAgent(
          (what) => run.seed.draw(`${name}: ${what}`),
          (point, underWay) => mayKill() && killNow(run, caller, { point, underWay }) !== undefined,
        );
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

/** One agent, and where it is to die. It comes back after a while, and dies again. */
class WatchedAgent {
  private readonly held = new HeldMessages();
  private plan: { readonly point: KillPoint; passes: number };

  constructor(
    private readonly draw: (what: string) => number,
    private readonly tryKill: (point: KillPoint, underWay: number) => boolean,
  ) {
    this.plan = this.newPlan();
  }

  /** @returns whether it dies before the call is carried out */
  before(call: SeenCall): boolean {
    return this.dies(call, { SendMessageBatch: "followers not sent", DeleteMessageBatch: "lead not deleted" });
  }

  /** @returns whether it dies before it has the answer */
  after(call: SeenCall, output: unknown): boolean {
    const died = this.dies(call, { SendMessageBatch: "followers sent", DeleteMessageBatch: "lead deleted" });
    this.held.note(call, output);
    if (call.operation === "BatchWriteItem" && this.held.hasDoneLead && this.isDue("results stand"))
      setTimeout(() => this.die(), this.draw("delay") * LONGEST_DELAY_MS);
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
    const point = KILL_POINTS[Math.floor(this.draw("point") * KILL_POINTS.length)] ?? "results stand";
    return { point, passes: Math.floor(this.draw("passes") * MOST_PASSES) };
  }
}

const receivedSchema = z.object({
  Messages: z
    .array(
      z.object({
        ReceiptHandle: z.string(),
        Body: z.string(),
        Attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
      }),
    )
    .optional(),
});
const receiptsSchema = z.object({
  Entries: z.array(z.object({ ReceiptHandle: z.string(), VisibilityTimeout: z.number().optional() })),
});
const sentSchema = z.object({ Entries: z.array(z.object({ MessageBody: z.string() })) });
const writtenSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: z.object({ Item: z.object({ pop_url: z.object({ S: z.string() }) }) }) })),
  ),
});

interface Held {
  readonly message: TaskMessage;
  readonly count: number;
}

/** What one agent holds, as its calls of the queue tell. */
export class HeldMessages {
  private held = new Map<string, Held>();
  private readonly written = new Set<string>();

  /** @param call one that was carried out */
  note({ operation, input }: SeenCall, output: unknown): void {
    if (operation === "ReceiveMessage") this.take(output);
    if (operation === "DeleteMessageBatch") for (const receipt of receiptsIn(input)) this.held.delete(receipt);
    if (operation === "ChangeMessageVisibilityBatch") this.giveBack(input);
    if (operation === "BatchWriteItem") for (const key of resultsIn(input)) this.written.add(key);
  }

  /** The agent has died. */
  forget(): void {
    this.held = new Map();
  }

  /** How often the message was delivered that was delivered most. */
  get mostDeliveries(): number {
    return Math.max(0, ...[...this.held.values()].map(({ count }) => count));
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

  leadsAmong(receipts: readonly string[]): boolean {
    return receipts.some((receipt) => {
      const held = this.held.get(receipt);
      return held !== undefined && leads(held.message);
    });
  }

  private openOf({ pop, urls }: TaskMessage): number {
    return urls.filter(({ url }) => !this.written.has(`${pop}#${url}`)).length;
  }

  private take(output: unknown): void {
    for (const { ReceiptHandle, Body, Attributes } of receivedSchema.parse(output).Messages ?? []) {
      const message = taskMessageSchema.parse(JSON.parse(Body));
      this.held.set(ReceiptHandle, { message, count: Attributes.ApproximateReceiveCount });
    }
  }

  private giveBack(input: unknown): void {
    for (const { ReceiptHandle, VisibilityTimeout } of receiptsSchema.parse(input).Entries) {
      if (VisibilityTimeout === 0) this.held.delete(ReceiptHandle);
    }
  }
}

function receiptsIn(input: unknown): string[] {
  return receiptsSchema.parse(input).Entries.map(({ ReceiptHandle }) => ReceiptHandle);
}

function leads({ followers }: TaskMessage): boolean {
  return followers !== undefined && followers.length > 0;
}

function resultsIn(input: unknown): string[] {
  const { success, data } = writtenSchema.safeParse(input);
  return success
    ? Object.values(data.RequestItems).flatMap((all) => all.map((it) => it.PutRequest.Item.pop_url.S))
    : [];
}

function sendsFollowers(input: unknown): boolean {
  const { success, data } = sentSchema.safeParse(input);
  if (!success) return false;
  return data.Entries.some(
    ({ MessageBody }) => taskMessageSchema.safeParse(JSON.parse(MessageBody)).data?.follows === true,
  );
}
