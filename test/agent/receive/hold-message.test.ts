import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { deferred } from "../deferred.ts";
import { bodyOf, done, fail, start } from "./work-world.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("while it is worked on", () => {
  test("its visibility is extended in time, as long as it takes, and no longer", async () => {
    const slow = deferred<object>();
    const { did, ended } = start(bodyOf("a"), {
      download: () => slow.promise,
      hold: done,
    });
    const held = () => did.filter((what) => what === "hold r 120").length;
    await vi.advanceTimersByTimeAsync(39_000);
    expect(held()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(held()).toBe(1);
    // Never longer apart than the visibility lasts, whether or not one extension is lost.
    await vi.advanceTimersByTimeAsync(3_600_000 - 41_000);
    expect(held()).toBe(90);
    slow.resolve({});
    await ended;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(held()).toBe(90);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("also while it waits for a slot", async () => {
    const slots = new ConcurrencyLimiter(1);
    await slots.acquire();
    const { did, ended } = start(bodyOf("a"), { hold: done }, slots);
    await vi.advanceTimersByTimeAsync(81_000);
    expect(did).toEqual(["active? q", "hold r 120", "active? q", "hold r 120"]);
    slots.release();
    await ended;
  });

  test("what runs is cut off once its request has ended, nothing of it is written, and the message goes", async () => {
    let active = true;
    const slow = deferred<object>();
    const plan = { active: async () => active, download: () => slow.promise, hold: done };
    const { did, ended } = start(bodyOf("a", "b"), plan, new ConcurrencyLimiter(1));
    await vi.advanceTimersByTimeAsync(1_000);
    active = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(did).toEqual(["active? q", "download a", "active? q", "hold r 120", "cut a"]);
    slow.resolve({ httpStatus: undefined, bytes: 0, failure: { reason: "other", code: "CANCELLED" } });
    await ended;
    expect(did.slice(5)).toEqual(["delete r"]);
  });

  test("an extension that fails is tried again", async () => {
    const slow = deferred<object>();
    const plan = { download: () => slow.promise, hold: fail("no queue") };
    const { did, ended } = start(bodyOf("a"), plan);
    await vi.advanceTimersByTimeAsync(81_000);
    expect(did.filter((what) => what === "hold r 120")).toHaveLength(2);
    slow.resolve({});
    await ended;
    expect(did.at(-1)).toBe("delete r");
  });

  test("no extension follows when it is being given back: it would hide it from the others", async () => {
    const giveBack = deferred();
    const { did, ended } = start(bodyOf("a"), { active: fail("no table"), hold: () => giveBack.promise });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(did).toEqual(["active? q", "hold r 20"]);
    giveBack.resolve();
    await ended;
  });
});
