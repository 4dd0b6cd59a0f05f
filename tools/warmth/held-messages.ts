import * as z from "zod";
import { type TaskMessage, taskMessageSchema } from "../../domain/plan/task-message.ts";
import type { SeenCall } from "./agent-proxy.ts";

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
  note({ operation, input, output }: SeenCall): void {
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

export function receiptsIn(input: unknown): string[] {
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
