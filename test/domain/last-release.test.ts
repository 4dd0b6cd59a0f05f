/**
 * Items, messages and results outlive a deployment: each version reads those of the version before and after it. The
 * fixtures are what release 0.1.0 wrote. With a new release, add what it writes, and drop what nobody may run any more.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { toAttributes } from "../../aws/dynamodb.ts";
import { targetSchema } from "../../domain/plan/target.ts";
import { messageBody, taskMessageSchema } from "../../domain/plan/task-message.ts";
import { requestItemSchema } from "../../domain/request/request-item.ts";
import { reportedResultSchema } from "../../domain/result/report.ts";
import { taskResultSchema } from "../../domain/result/task-result.ts";
import { progressOfBatch } from "../../lambdas/aggregation/batch.ts";

const written = (kind: string) =>
  z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .parse(JSON.parse(readFileSync(new URL(`../fixtures/release-0.1.0/${kind}.json`, import.meta.url), "utf8")));

/** What a release after this one might add. */
const NEWER = { added_by_a_newer_version: { any: ["thing"] } };

describe.each([
  ["requests", requestItemSchema],
  ["targets", targetSchema],
  ["results", taskResultSchema],
  ["results", reportedResultSchema],
  ["messages", taskMessageSchema],
] as const)("%s", (kind, schema) => {
  it.each(written(kind).map((item, i) => [i, item] as const))("of the last release are read, no. %i", (_, item) => {
    const read = schema.parse(item);
    for (const [name, value] of Object.entries(read)) {
      if (name in item) expect([name, value]).toEqual([name, item[name]]);
    }
    // Only what is read is held against it: defaults of this version stand beside it.
    expect(Object.keys(read).length).toBeGreaterThan(0);
  });

  it("of a newer one are read without what is new in them", () => {
    for (const item of written(kind)) expect(schema.parse({ ...item, ...NEWER })).toEqual(schema.parse(item));
  });
});

it("an agent of the last release reads the messages of this one", () => {
  const schemaOf010 = z.object({
    req_id: z.string().min(1),
    pop: z.string().min(1),
    ips: z.array(z.string().min(1)).min(1),
    cf_domain: z.string().min(1),
    header: z.array(z.string()),
    shards: z.number().int().positive(),
    urls: z.array(z.object({ url: z.string().min(1), bytes: z.number().int().nonnegative().nullable() })).min(1),
  });
  for (const message of written("messages")) {
    const now = taskMessageSchema.parse(message);
    expect(now.host).toBe(message["cf_domain"]);
    expect(schemaOf010.parse(JSON.parse(messageBody(now)))).toEqual(message);
  }
});

it("requests of the last release, which counted no outcomes, have none", () => {
  for (const item of written("requests"))
    expect(requestItemSchema.parse(item)).toMatchObject({ warm_count: 0, hit_count: 0, not_kept_count: 0 });
});

it("results of the last release, which have no reason, are counted", () => {
  const records = written("results").map((result, i) => ({
    eventID: String(i),
    dynamodb: { NewImage: toAttributes(taskResultSchema.parse(result)) },
  }));
  const { progress, invalid } = progressOfBatch(records);
  expect(invalid).toEqual([]);
  expect(progress).toMatchObject([{ total: { download_count: 2, download_size: 100, failed_count: 1 } }]);
  expect(progress).toMatchObject([{ total: { warm_count: 0, hit_count: 0, not_kept_count: 0 } }]);
  expect([...(progress[0]?.failures ?? [])].map(([reason, { tasks }]) => [reason, tasks])).toEqual([["other", 1]]);
});
