import { describe, expect, it } from "vitest";
import { forEachKey, keysOf, streamKeysSchema } from "../../lambdas/runtime.ts";
import { keysEvent } from "./items.ts";

describe("a batch of a stream", () => {
  it("gives its keys, each once, in order", () => {
    const event = keysEvent(
      { req_id: "r2" },
      { req_id: "r1", target: "SIN2-P1#d1" },
      { req_id: "r2" },
      { req_id: "r1" },
    );
    expect(keysOf(streamKeysSchema.parse(event))).toEqual([
      { req_id: "r2" },
      { req_id: "r1", target: "SIN2-P1#d1" },
      { req_id: "r1" },
    ]);
  });

  it("gives no key of an item that is gone", () => {
    const [put, removed] = keysEvent({ req_id: "r1" }, { req_id: "r2" }).Records;
    const event = {
      Records: [
        { ...put, eventName: "INSERT" },
        { ...removed, eventName: "REMOVE" },
      ],
    };
    expect(keysOf(streamKeysSchema.parse(event))).toEqual([{ req_id: "r1" }]);
  });

  it("has a step run for each of them, whatever becomes of another", async () => {
    const event = keysEvent({ req_id: "r1" }, { req_id: "bad" }, { req_id: "r2" });
    const run: (string | undefined)[] = [];
    const step = (...bad: string[]) =>
      forEachKey(streamKeysSchema.parse(event), async ({ req_id = "" }) => {
        run.push(req_id);
        if (bad.includes(req_id)) throw new Error(`${req_id} is spoilt`);
      });
    await expect(step("bad")).rejects.toThrow("bad is spoilt");
    expect(run).toEqual(["r1", "bad", "r2"]);
    await expect(step("bad", "r2")).rejects.toThrow("2 records of a batch failed");
    await step();
  });

  it.each([{}, { Records: [{}] }, { Records: [{ dynamodb: { Keys: { req_id: { N: "1" } } } }] }])(
    "is not %j",
    (event) => {
      expect(streamKeysSchema.safeParse(event).success).toBe(false);
    },
  );
});
