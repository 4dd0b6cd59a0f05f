import { describe, expect, test } from "vitest";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { deferred, turn } from "../deferred.ts";
import { bad, bodyOf, done, fail, good, type Plan, run, start } from "./work-world.ts";

describe("a message is given back at once, and not deleted, when", () => {
  const cases: readonly [name: string, plan: Plan][] = [
    ["a result cannot be written", { write: fail("no table") }],
    ["a bad result cannot be written", { download: bad, write: fail("no table") }],
    ["the request cannot be looked up", { active: fail("no table") }],
    ["the download itself throws", { download: fail("the agent has stopped") }],
  ];

  test.each(cases)("%s", async (_name, plan) => {
    const { did, unplanned } = await run(bodyOf("a"), { ...plan, hold: done });
    expect(did.at(-1)).toBe("hold r 20");
    expect(did).not.toContain("delete r");
    expect(unplanned).toEqual([]);
  });

  test("but not before the rest of it has ended and is written", async () => {
    const slow = deferred<object>();
    const download = (url: string) => (url === "slow" ? slow.promise : good());
    const write = (url: string) => (url === "lost" ? Promise.reject(new Error("no table")) : done());
    const { did, ended } = start(bodyOf("lost", "slow"), { download, write, hold: done });
    await turn();
    expect(did.at(-1)).toBe("write lost");
    slow.resolve({});
    await ended;
    expect(did.slice(-2)).toEqual(["write slow", "hold r 20"]);
  });
});

describe("when the agent stops, what has not begun goes back into the queue anew", () => {
  test("a whole message; only then is it deleted", async () => {
    const slots = new ConcurrencyLimiter(1);
    await slots.acquire();
    const sent = deferred();
    const { did, ended, stop } = start(bodyOf("a", "b"), { send: () => sent.promise }, slots);
    stop();
    slots.release();
    await turn();
    expect(did).toEqual(["active? q", "send it anew"]);
    sent.resolve();
    await ended;
    expect(did).toEqual(["active? q", "send it anew", "delete r"]);
  });

  test("but not of a request that was stopped, and its instances with it", async () => {
    const running = deferred();
    let active = true;
    const plan = { active: async () => active, download: () => running.promise.then(bad) };
    const { did, ended, stop, unplanned } = start(bodyOf("a", "b"), plan);
    await turn();
    stop();
    active = false;
    running.resolve();
    await ended;
    expect(did.slice(4)).toEqual(["active? q", "delete r"]);
    expect(unplanned).toEqual([]);
  });

  test("it is not deleted when it could not be sent", async () => {
    const { did, ended, stop } = start(bodyOf("a"), { download: bad, send: fail("no queue") });
    stop();
    await expect(ended).rejects.toThrow("no queue");
    expect(did).not.toContain("delete r");
  });

  test.each<[string, () => Promise<Partial<TaskResult>>, string[]]>([
    ["a good result counts", good, ["write a", "delete r"]],
    ["a bad one may be the stop's own fault", bad, ["active? q", "send it anew", "delete r"]],
  ])("of one that runs: %s", async (_, download, expected) => {
    const running = deferred();
    const plan = { download: () => running.promise.then(download), send: done };
    const { did, ended, stop } = start(bodyOf("a"), plan);
    await turn();
    stop();
    running.resolve();
    await ended;
    expect(did.slice(2)).toEqual(expected);
  });

  test("of one that is begun: what runs is finished and stored, then the rest goes back", async () => {
    const slots = new ConcurrencyLimiter(1);
    const running = deferred<object>();
    const plan = { download: () => running.promise, send: done };
    const { did, ended, stop } = start(bodyOf("a", "b", "c"), plan, slots);
    await turn();
    stop();
    slots.limit = Number.POSITIVE_INFINITY;
    await turn();
    running.resolve({});
    await ended;
    expect(did).toEqual(["active? q", "download a", "write a", "active? q", "send b c", "delete r"]);
  });
});
