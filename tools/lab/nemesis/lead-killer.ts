import * as z from "zod";
import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { Step } from "../engine/scenario.ts";
import type { AwsCall } from "../world/aws-proxy.ts";
import { killAgent } from "./agents.ts";
import { whileIntercepting } from "./calls.ts";

/** Where an agent dies: at the calls that write a lead's last result, queue its followers, and delete its message. */
export const KILL_POINTS = [
  "after BatchWriteItem",
  "before SendMessageBatch",
  "after SendMessageBatch",
  "before DeleteMessageBatch",
  "after DeleteMessageBatch",
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** A message goes to the dead letters once it was delivered five times. Who has received it more often than this is left alone for a while. */
const MAX_DELIVERIES = 3;
const SPARED_MS = 20_000;
/** More in one request would bring its messages to the dead letters. */
const MAX_KILLS = 20;
/** So many times an agent passes its point before it dies there, at most. */
const MAX_PASSES = 4;
/** After its results stand, an agent goes on for so many milliseconds, at most. */
const MAX_DELAY_MS = 40;

/**
 * Kills agents between the results of a lead and the messages of its followers. The point, and how often an agent passes it before, are
 * drawn for each instance, by its number. The world must pass the agents' calls through its proxy.
 */
export function killLeads(points: readonly KillPoint[], count: number): Step {
  return async (run) => {
    const leads = new Leads();
    const sparedUntil = new Map<string, number>();
    const mayKill = (caller: string) => {
      const { kills, requests } = run.observed;
      const since = [...requests.values()].at(-1)?.startedAt ?? 0;
      const isSpared = (sparedUntil.get(caller) ?? 0) > Date.now();
      return !isSpared && kills.length < count && kills.filter(({ at }) => at >= since).length < MAX_KILLS;
    };
    const newPlan = (caller: string) => {
      const name = `agent ${run.world.numbers.get(caller)}`;
      return {
        point: points[Math.floor(run.seed.draw(`${name}: point`) * points.length)],
        passes: Math.floor(run.seed.draw(`${name}: passes`) * MAX_PASSES),
        delayMs: run.seed.draw(`${name}: delay`) * MAX_DELAY_MS,
      };
    };
    const plans = new Map<string, ReturnType<typeof newPlan>>();
    // Without what stood then, each repeat would seem explained: if it cannot be read, the scenario has failed.
    const notes: Promise<void>[] = [];
    const kill = (caller: string, point: KillPoint) => {
      const note = mayKill(caller) ? killAgent(run, caller, point) : undefined;
      if (note === undefined) return false;
      // It is thrown at the end.
      note.catch(() => undefined);
      notes.push(note);
      plans.delete(caller);
      return true;
    };
    /** @returns whether the caller dies with this call */
    const diesAt = (when: "before" | "after", { caller, operation }: AwsCall) => {
      const plan = plans.get(caller) ?? newPlan(caller);
      plans.set(caller, plan);
      const { point, delayMs } = plan;
      if (point !== `${when} ${operation}` || !mayKill(caller) || plan.passes-- > 0) return false;
      if (operation !== "BatchWriteItem") return kill(caller, point);
      setTimeout(() => kill(caller, point), delayMs);
      return false;
    };
    await whileIntercepting(run, {
      before: (call) => (leads.isOf(call) && diesAt("before", call) ? { kind: "drop" } : undefined),
      after: (call, output) => {
        if (leads.note(call, output) > MAX_DELIVERIES) sparedUntil.set(call.caller, Date.now() + SPARED_MS);
        return leads.isOf(call) && diesAt("after", call);
      },
    });
    await Promise.all(notes);
  };
}

const receivedSchema = z.object({
  Messages: z
    .array(
      z.object({
        ReceiptHandle: z.string(),
        Body: z.string().transform((body) => taskMessageSchema.parse(JSON.parse(body))),
        Attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
      }),
    )
    .default([]),
});
/** Of calls with a batch of messages. */
const entriesSchema = z.object({
  Entries: z.array(z.object({ ReceiptHandle: z.string().default(""), MessageBody: z.string().default("") })),
});
/** Of a call that writes results; other tables have other keys. */
const resultSchema = z.object({ PutRequest: z.object({ Item: z.object({ pop_url: z.object({ S: z.string() }) }) }) });
const writtenSchema = z.object({ RequestItems: z.record(z.string(), z.array(resultSchema)) });
type SeenCall = Pick<AwsCall, "operation" | "input">;

/** The messages with followers that agents were given. */
export class Leads {
  /** The keys of their results, by the receipts. */
  private readonly byReceipt = new Map<string, readonly string[]>();
  private readonly written = new Set<string>();

  /** @param call one that was carried out @returns how often the message was delivered that was delivered most */
  note({ operation, input }: SeenCall, output: unknown): number {
    for (const key of keysOf(input)) this.written.add(key);
    if (operation !== "ReceiveMessage") return 0;
    const { Messages } = receivedSchema.parse(output);
    for (const { ReceiptHandle, Body } of Messages) {
      const keys = Body.urls.map(({ url }) => `${Body.pop}#${url}`);
      if ((Body.followers ?? []).length > 0) this.byReceipt.set(ReceiptHandle, keys);
    }
    return Math.max(0, ...Messages.map(({ Attributes }) => Attributes.ApproximateReceiveCount));
  }

  /** Whether a call queues the followers of a lead, deletes a lead's message, or has written the last of a lead's results. */
  isOf({ operation, input }: SeenCall): boolean {
    const { Entries = [] } = entriesSchema.safeParse(input).data ?? {};
    if (operation === "SendMessageBatch")
      return Entries.some(({ MessageBody }) => MessageBody.includes('"follows":true'));
    if (operation === "DeleteMessageBatch")
      return Entries.some(({ ReceiptHandle }) => this.byReceipt.has(ReceiptHandle));
    const keys = keysOf(input);
    return [...this.byReceipt.values()].some(
      (its) => its.some((key) => keys.includes(key)) && its.every((key) => this.written.has(key)),
    );
  }
}

function keysOf(input: unknown): string[] {
  const results = Object.values(writtenSchema.safeParse(input).data?.RequestItems ?? {}).flat();
  return results.map(({ PutRequest }) => PutRequest.Item.pop_url.S);
}
