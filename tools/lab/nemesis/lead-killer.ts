import * as z from "zod";
import { type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { Step } from "../engine/scenario.ts";
import { pause } from "../load/requests.ts";
import type { AwsCall } from "../world/aws-proxy.ts";
import { killNow, noteFinished } from "./agents.ts";

/** Where an agent dies: between a lead's results and the deletion of its message. */
export const KILL_POINTS = [
  "results written",
  "followers not sent",
  "followers sent",
  "lead not deleted",
  "lead deleted",
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

type Points = Readonly<Partial<Record<string, KillPoint>>>;
/** The points that a call of a lead is, before it is carried out and after that. */
const BEFORE: Points = { SendMessageBatch: "followers not sent", DeleteMessageBatch: "lead not deleted" };
const AFTER: Points = {
  BatchWriteItem: "results written",
  SendMessageBatch: "followers sent",
  DeleteMessageBatch: "lead deleted",
};

/** A message goes to the dead letters once it was delivered five times. Who has received it more often than this is left alone for a while. */
const MOST_DELIVERIES = 3;
const SPARED_MS = 20_000;
/** So many times an agent passes its point before it dies there, at most. */
const MOST_PASSES = 4;
/** After its results stand, an agent goes on for so many milliseconds, at most. */
const LONGEST_DELAY_MS = 40;

export interface LeadKills {
  readonly count: number;
  /** More in one request would bring its messages to the dead letters. */
  readonly perRequest: number;
  readonly points: readonly KillPoint[];
}

/**
 * Kills agents between the results of a lead and the messages of its followers. The point, and how often an agent passes it before, are
 * drawn for each instance, by its number. The world must pass the agents' calls through its proxy.
 */
export function killLeads({ count, perRequest, points }: LeadKills): Step {
  return async (run) => {
    const { numbers, proxy } = run.world;
    const leads = new Leads();
    const sparedUntil = new Map<string, number>();
    const mayKill = (caller: string) => {
      const { kills, requests } = run.seen;
      const since = [...requests.values()].at(-1)?.startedAt ?? 0;
      const isSpared = (sparedUntil.get(caller) ?? 0) > Date.now();
      return !isSpared && kills.length < count && kills.filter(({ at }) => at >= since).length < perRequest;
    };
    const newPlan = (caller: string) => {
      const name = `agent ${numbers.get(caller)}`;
      return {
        point: run.seed.pick(`${name}: point`, points),
        passes: Math.floor(run.seed.draw(`${name}: passes`) * MOST_PASSES),
        delayMs: run.seed.draw(`${name}: delay`) * LONGEST_DELAY_MS,
      };
    };
    // Without what stood then, each repeat would seem explained: if it cannot be read, the scenario has failed.
    const notes: Promise<void>[] = [];
    const plans = new Map<string, ReturnType<typeof newPlan>>();
    const kill = (caller: string, point: KillPoint) => {
      const killed = mayKill(caller) ? killNow(run, caller, point) : undefined;
      if (killed === undefined) return false;
      const note = noteFinished(run, killed);
      // It is thrown at the end.
      note.catch(() => undefined);
      notes.push(note);
      plans.delete(caller);
      return true;
    };
    /** @returns whether the caller dies with this call */
    const diesAt = (caller: string, point: KillPoint | undefined) => {
      const plan = plans.get(caller) ?? newPlan(caller);
      plans.set(caller, plan);
      if (point === undefined || point !== plan.point || !mayKill(caller) || plan.passes-- > 0) return false;
      if (point !== "results written") return kill(caller, point);
      setTimeout(() => kill(caller, point), plan.delayMs);
      return false;
    };
    const interceptor = {
      before: (call: AwsCall) =>
        leads.isOf(call) && diesAt(call.caller, BEFORE[call.operation]) ? ({ kind: "drop" } as const) : undefined,
      after: (call: AwsCall, output: unknown) => {
        if (leads.note(call, output) > MOST_DELIVERIES) sparedUntil.set(call.caller, Date.now() + SPARED_MS);
        return leads.isOf(call) && diesAt(call.caller, AFTER[call.operation]);
      },
    };
    proxy.interceptors.add(interceptor);
    await pause(run);
    proxy.interceptors.delete(interceptor);
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
const resultsSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: z.object({ Item: z.object({ pop_url: z.object({ S: z.string() }) }) }) })),
  ),
});
type SeenCall = Pick<AwsCall, "operation" | "input">;

/** The messages with followers that agents were given. */
export class Leads {
  private readonly byReceipt = new Map<string, TaskMessage>();
  private readonly written = new Set<string>();

  /** @param call one that was carried out @returns how often the message was delivered that was delivered most */
  note({ operation, input }: SeenCall, output: unknown): number {
    for (const key of keysOf(input)) this.written.add(key);
    if (operation !== "ReceiveMessage") return 0;
    const { Messages } = receivedSchema.parse(output);
    for (const { ReceiptHandle, Body } of Messages)
      if ((Body.followers ?? []).length > 0) this.byReceipt.set(ReceiptHandle, Body);
    return Math.max(0, ...Messages.map(({ Attributes }) => Attributes.ApproximateReceiveCount));
  }

  /** Whether a call queues the followers of a lead, deletes a lead's message, or has written the last of a lead's results. */
  isOf({ operation, input }: SeenCall): boolean {
    const { Entries = [] } = entriesSchema.safeParse(input).data ?? {};
    if (operation === "SendMessageBatch")
      return Entries.some(({ MessageBody }) => MessageBody.includes('"follows":true'));
    if (operation === "DeleteMessageBatch")
      return Entries.some(({ ReceiptHandle }) => this.byReceipt.has(ReceiptHandle));
    const keys = new Set(keysOf(input));
    return [...this.byReceipt.values()].some(({ pop, urls }) => {
      const its = urls.map(({ url }) => `${pop}#${url}`);
      return its.some((key) => keys.has(key)) && its.every((key) => this.written.has(key));
    });
  }
}

function keysOf(input: unknown): string[] {
  const results = Object.values(resultsSchema.safeParse(input).data?.RequestItems ?? {}).flat();
  return results.map(({ PutRequest }) => PutRequest.Item.pop_url.S);
}
