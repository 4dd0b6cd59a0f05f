// What is kept between two calls: the second batch, page or call depends on its own items alone.
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { queryItems } from "../../aws/dynamodb.ts";
import { SqsTaskQueue } from "../../aws/task-queue.ts";
import { Batcher } from "../../domain/batcher.ts";
import { taskMessage } from "../agent/task-messages.ts";
import { collect } from "../collect.ts";
import { fakeClient } from "./client.ts";

describe("batches of messages", () => {
  const MOST_BYTES = 256_000;
  const MOST_ENTRIES = 10;

  test("each is as full as its own messages allow, whatever the batches before it held", async () => {
    const sizes = fc.array(fc.integer({ min: 1_000, max: 200_000 }), { minLength: 2, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const { client, sent } = fakeClient<SQSClient>(() => ({}));
        const messages = lengths.map((length, i) => taskMessage({ pop: `SIN${i}-P1`, header: ["x".repeat(length)] }));
        await new SqsTaskQueue(client, "https://sqs.example/tasks").send(messages);
        const batches = sent.map(({ input }) =>
          input.Entries.map(({ MessageBody }: { MessageBody: string }) => MessageBody),
        );
        const all: string[] = batches.flat();
        expect(all.map((body) => JSON.parse(body).pop)).toEqual(messages.map(({ pop }) => pop));
        for (const [i, batch] of batches.entries()) {
          const bytes = batch.join("").length;
          expect(bytes <= MOST_BYTES || batch.length === 1).toBe(true);
          const next: string[] | undefined = batches[i + 1];
          if (next === undefined) continue;
          // The first of the next one had no room here.
          expect(batch.length === MOST_ENTRIES || bytes + (next[0]?.length ?? 0) > MOST_BYTES).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("a batcher", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("two items of one key never share a batch, and a key that was sent holds up nothing later", async () => {
    const rounds = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 8 }), {
      minLength: 2,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(rounds, async (keysOfRounds) => {
        const sent: (readonly { readonly key: number; readonly id: string }[])[] = [];
        const batcher = new Batcher<{ readonly key: number; readonly id: string }>({
          size: 5,
          delayMs: 10,
          send: async (items) => {
            sent.push([...items]);
            return [];
          },
          key: ({ key }) => String(key),
        });
        for (const [round, keys] of keysOfRounds.entries()) {
          const first = sent.length;
          const added = keys.map((key, i) => batcher.add({ key, id: `${round} ${i}` }));
          await vi.advanceTimersByTimeAsync(10);
          await Promise.all(added);
          const batches = sent.slice(first);
          expect(batches.flat().map(({ id }) => id)).toEqual(keys.map((_, i) => `${round} ${i}`));
          for (const batch of batches) expect(new Set(batch.map(({ key }) => key)).size).toBe(batch.length);
          // A batch ends because it is full, or because of a key that it holds: not because of one that is long sent.
          for (const [i, batch] of batches.entries()) {
            const next = batches[i + 1]?.[0];
            if (next !== undefined) expect(batch.length === 5 || batch.some(({ key }) => key === next.key)).toBe(true);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("an error of one batch is none of the next", async () => {
    const batcher = new Batcher<string>({
      size: 2,
      delayMs: 10,
      send: async (items) => items.map((it) => (it === "bad" ? new Error("refused") : undefined)),
    });
    const first = Promise.allSettled([batcher.add("bad"), batcher.add("good")]);
    expect((await first).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    const second = Promise.allSettled([batcher.add("also good"), batcher.add("bad")]);
    expect((await second).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});

test("a query asks for each page from where the page before it ended, until none follows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
      const starts: unknown[] = [];
      const { client } = fakeClient<DynamoDBDocument>(({ input }, page) => {
        starts.push(input.ExclusiveStartKey);
        const Items = Array.from({ length: sizes[page] ?? 0 }, (_, i) => ({ id: `${page} ${i}` }));
        return { Items, LastEvaluatedKey: page + 1 < sizes.length ? { end: page } : undefined };
      });
      const items = await collect(queryItems(client, { TableName: "table" }));
      expect(items).toEqual(
        sizes.flatMap((size, page) => Array.from({ length: size }, (_, i) => ({ id: `${page} ${i}` }))),
      );
      expect(starts).toEqual(sizes.map((_, page) => (page === 0 ? undefined : { end: page - 1 })));
    }),
  );
});
