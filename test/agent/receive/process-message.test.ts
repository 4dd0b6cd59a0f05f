import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { deferred, turn } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { bad, bodyOf, done, fail, good, run, start } from "./work-world.ts";

describe("a message that is a task", () => {
  test("results stand before it is deleted", async () => {
    const written = deferred();
    const { did, ended, unplanned } = start(bodyOf("a"), {
      write: () => written.promise,
    });
    await turn();
    expect(did).toEqual(["active? q", "download a", "write a"]);
    written.resolve();
    await ended;
    expect(did.slice(3)).toEqual(["delete r"]);
    expect(unplanned).toEqual([]);
  });

  test.each([
    ["deleted", good],
    ["given back", fail("a bug")],
  ])("is not held any longer once it is %s", async (_, download) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { ended } = start(bodyOf("a"), { download, hold: done });
    expect(vi.getTimerCount()).toBe(1);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("all of its URLs are worked on, also when one is bad, and it is deleted once", async () => {
    const download = (url: string) => (url === "b" ? bad() : good());
    const { did } = await run(bodyOf("a", "b", "c"), { download });
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write b", "write c"]);
    expect(did.filter((what) => what.startsWith("delete"))).toEqual(["delete r"]);
    expect(did.at(-1)).toBe("delete r");
  });

  test("a download that waits holds no slot, and takes one again before it goes on", async () => {
    const [waited, other] = [deferred(), deferred<object>()];
    const download = async (url: string, admission: DownloadHooks) => {
      if (url === "b") return other.promise;
      await admission.waitWithoutSlotAndPermit(async () => undefined);
      waited.resolve();
      return {};
    };
    const slots = new ConcurrencyLimiter(1);
    const { did, ended } = start(bodyOf("a", "b"), { download }, slots);
    while (!did.includes("download b")) await turn();
    expect(slots.inUse).toBe(1);
    other.resolve({});
    await waited.promise;
    await ended;
    expect([slots.inUse, did.filter((what) => what.startsWith("write")).length]).toEqual([0, 2]);
  });

  test("a check of a large object takes a small slot, and a second download of it a large one", async () => {
    const [small, large] = [new ConcurrencyLimiter(1), new ConcurrencyLimiter(1)];
    const held: number[][] = [];
    const note = () => held.push([small.inUse, large.inUse]);
    const download = async (_: string, admission: DownloadHooks) => {
      note();
      await admission.waitWithoutSlotAndPermit(async () => note());
      note();
      await admission.waitWithoutSlotAndPermit(async () => note());
      note();
      await admission.reacquire();
      note();
      return {};
    };
    const body = JSON.stringify(taskMessage({ req_id: "q", urls: [{ url: "a", bytes: 2 ** 30 }] }));
    await start(body, { download }, small, large).ended;
    const [none, aSmall, aLarge] = [
      [0, 0],
      [1, 0],
      [0, 1],
    ];
    expect(held).toEqual([aLarge, none, aSmall, none, aSmall, aLarge]);
    expect([small.inUse, large.inUse]).toEqual([0, 0]);
  });

  test("of a request that is not active, it is deleted without a download", async () => {
    const { did } = await run(bodyOf("a", "b"), { active: () => Promise.resolve(false) });
    expect(did).toEqual(["active? q", "active? q", "delete r"]);
  });

  test("a download that fails or throws gives its slot back", async () => {
    for (const download of [fail("the agent has stopped"), thrown]) {
      const slots = new ConcurrencyLimiter(1);
      const { ended } = start(bodyOf("a", "b"), { download, hold: done }, slots);
      // It does not end while one waits for a slot, and needs fewer turns than these.
      await Promise.race([ended, turns(100)]);
      expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
      await ended;
    }
  });
});

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

function thrown(): never {
  throw new Error("at once");
}

describe("a message is left to its timeout when", () => {
  test("it cannot be deleted: its results stand, so that doing it again does no harm", async () => {
    const { did, ended } = start(bodyOf("a"), { delete: fail("expired") });
    await expect(ended).rejects.toThrow("expired");
    expect(did.slice(-2)).toEqual(["write a", "delete r"]);
  });

  test("it cannot be given back", async () => {
    const { ended } = start(bodyOf("a"), { active: fail("no table"), hold: fail("no queue") });
    await expect(ended).rejects.toThrow("no queue");
  });
});

describe("a message that comes again", () => {
  const plan = { deliveries: 2 };

  test("downloads only the URLs without a stored result", async () => {
    const { did } = await run(bodyOf("a", "b", "c"), { ...plan, standing: async () => ["a", "c"] });
    expect(did).toEqual(["standing? 3", "active? q", "download b", "write b", "delete r"]);
  });

  test("is deleted, if all of them stand", async () => {
    const { did, told } = await run(bodyOf("a", "b"), { ...plan, standing: async () => ["a", "b"] });
    expect(did).toEqual(["standing? 2", "delete r"]);
    expect(told).toEqual([]);
  });

  test("downloads all URLs if the stored results cannot be read", async () => {
    const { did } = await run(bodyOf("a", "b"), { ...plan, standing: fail("no table") });
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write b"]);
  });
});

test("of one that comes for the first time, nobody asks what stands", async () => {
  const { did } = await run(bodyOf("a"));
  expect(did[0]).toBe("active? q");
});

describe("a heartbeat tells of a message", () => {
  test("all of its URLs that have no result, and the bytes of those that are under way", async () => {
    const slow = deferred<object>();
    const { ended, heartbeats, told } = start(bodyOf("a", "b", "c"), {
      bytes: 10,
      download: (url) => (url === "a" ? good() : slow.promise),
    });
    await turn();
    heartbeats.sendAll();
    await turn();
    slow.resolve({});
    await ended;
    heartbeats.sendAll();
    await turn();
    expect(told).toMatchObject([
      { tasks: 3, bytes: 0 },
      { tasks: 2, bytes: 20 },
      { tasks: 0, bytes: 0 },
    ]);
  });
});
