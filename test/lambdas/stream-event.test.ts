import { describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { forEachKey } from "../../lambdas/runtime.ts";
import { keysEvent } from "./items.ts";

describe("a batch of a stream", () => {
  it("gives its keys, each once, in order", async () => {
    const event = keysEvent(
      { req_id: "r2" },
      { req_id: "r1", target: "SIN2-P1#d1" },
      { req_id: "r2" },
      { req_id: "r1" },
    );
    const keys: unknown[] = [];
    await forEachKey(event, async (key) => void keys.push(key));
    expect(keys).toEqual([{ req_id: "r2" }, { req_id: "r1", target: "SIN2-P1#d1" }, { req_id: "r1" }]);
  });

  it("gives no key of an item that is removed", async () => {
    const [put, removed] = keysEvent({ req_id: "r1" }, { req_id: "r2" }).Records;
    const Records = [
      { ...put, eventName: "INSERT" },
      { ...removed, eventName: "REMOVE" },
    ];
    const keys: unknown[] = [];
    await forEachKey({ Records }, async (key) => void keys.push(key));
    expect(keys).toEqual([{ req_id: "r1" }]);
  });

  it("has a step run for each of them, whatever becomes of another", async () => {
    const event = keysEvent({ req_id: "r1" }, { req_id: "bad" }, { req_id: "r2" });
    const run: (string | undefined)[] = [];
    const step = (...bad: string[]) =>
      forEachKey(event, async ({ req_id = "" }) => {
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
    async (event) => {
      await expect(forEachKey(event, async () => undefined)).rejects.toThrow(ZodError);
    },
  );
});
