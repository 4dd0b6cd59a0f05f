import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { Deferrals } from "../../../agent/receive/return-to-queue.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { deferred, turn } from "../deferred.ts";
import { fakeDeps, fakeOrigins, fakeQueue } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";
import { bad, bodyOf, done, fail, good, type Plan, run, start, yes } from "./work-world.ts";

/** Defers these URLs as an overloaded origin does, and downloads the others. */
const overloaded =
  (...urls: string[]) =>
  (url: string) =>
    urls.includes(url) ? Promise.reject(new DeferredError(11_000, 1)) : good();

/** A limiter that grants so many permits, and defers the rest. */
function limited(permits: number, release: () => void = () => undefined): NonNullable<Plan["origins"]> {
  let left = permits;
  const permit = { lost: new AbortController().signal, waitForSendSlot: () => Promise.resolve(100), release };
  const acquire = async () => {
    if (left-- <= 0) throw new DeferredError(10_000);
    return permit;
  };
  return originsOf(() => ({ acquire }));
}

function originsOf(limiterFor: OriginLimiterRegistry["limiterFor"]): NonNullable<Plan["origins"]> {
  return fakeOrigins({ prepare: async () => undefined, limiterFor });
}

const PLAN: Plan = { send: done, sendLater: done };

const lead = (urls: TaskUrl[], more: Partial<TaskMessage> = {}) =>
  JSON.stringify(
    taskMessage({
      req_id: "q",
      urls,
      followers: [{ pop: "SIN52-P1", ips: ["192.0.2.7"] }],
      origin_failures: 1,
      ...more,
    }),
  );
const named = (...urls: string[]) => urls.map((url) => ({ url, bytes: 1 }));

test("a download releases its permit, also if it fails or throws", async () => {
  let left = 0;
  const origins = limited(3, () => {
    left++;
  });
  const download = (url: string) => (url === "a" ? good() : url === "b" ? bad() : fail("a bug")());
  await run(bodyOf("a", "b", "c"), { ...PLAN, origins, download, hold: done });
  expect(left).toBe(3);
});

describe("what an origin refused", () => {
  test("returns as a delayed message with `tries` + 1; the old message is deleted after its other URLs are done", async () => {
    const { did, unplanned, later } = await run(lead(named("a", "b", "c", "d"), { tries: 2 }), {
      ...PLAN,
      download: overloaded("b", "d"),
    });
    // What is done is handed over to those that wait for it, and nothing else.
    expect(did.slice(-5)).toEqual(["active? q", "put off b d 11", "active? q", "send a c", "delete r"]);
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write c"]);
    // All else of the message stays with it.
    expect(later).toMatchObject([
      { tries: 3, origin_failures: 1, followers: [{ pop: "SIN52-P1" }], urls: named("b", "d") },
    ]);
    expect(later[0]).not.toHaveProperty("again");
    expect(unplanned).toEqual([]);
  });

  test("stays with its message if it cannot be sent", async () => {
    const sendLater = fail("SQS is busy");
    const { did, unplanned } = await run(bodyOf("a", "b"), {
      ...PLAN,
      download: overloaded("b"),
      sendLater,
      hold: done,
    });
    expect(did.slice(-2)).toEqual(["put off b 11", "hold r 20"]);
    expect(unplanned).toEqual([]);
  });

  test("takes the variants behind it along: their order stays", async () => {
    const urls = ["br", "gzip", "none"].map((variant) => ({ url: "a", bytes: 1, variant }));
    let n = 0;
    const download = () => (n++ === 1 ? overloaded("a")("a") : good());
    const { later } = await run(lead(urls), { ...PLAN, download });
    expect(later.map(({ urls }) => urls.map(({ variant }) => variant))).toEqual([["gzip", "none"]]);
  });

  test("has its own attempts: a variant that waits for it has none, and another URL keeps its own", async () => {
    const urls: TaskUrl[] = [
      ...["br", "gzip"].map((variant) => ({ url: "a", bytes: 1, variant })),
      { url: "b", bytes: 1, attempts: 2, first_attempt_at: 1_700_000_000_000 },
    ];
    const download = () => Promise.reject(new DeferredError(11_000, 1, 1_700_000_011_000));
    const { later } = await run(lead(urls, { tries: 2 }), { ...PLAN, download });
    expect(later.map(({ urls, tries }) => ({ urls, tries }))).toEqual([
      {
        tries: 3,
        urls: [
          { url: "a", bytes: 1, variant: "br", attempts: 3, first_attempt_at: 1_700_000_011_000 },
          { url: "a", bytes: 1, variant: "gzip", attempts: 2 },
          { url: "b", bytes: 1, attempts: 3, first_attempt_at: 1_700_000_011_000 },
        ],
      },
    ]);
  });

  test("of a message that came again, it says so: it may be in the queue already", async () => {
    const { later } = await run(bodyOf("a", "b"), {
      ...PLAN,
      download: overloaded("b"),
      deliveries: 2,
      standing: async () => ["a"],
    });
    expect(later).toMatchObject([{ again: true, urls: [{ url: "b" }] }]);
  });

  test("of a request that has ended is dropped", async () => {
    let asked = 0;
    const { did } = await run(bodyOf("b"), { ...PLAN, active: async () => asked++ === 0, download: overloaded("b") });
    expect(did.at(-1)).toBe("delete r");
    expect(did.some((what) => what.startsWith("put off"))).toBe(false);
  });
});

describe("what would wait too long for its permit", () => {
  test("returns at once in one message without incrementing `tries`; tasks with a permit continue", async () => {
    const slow = deferred<object>();
    const plan = { ...PLAN, origins: limited(1), download: () => slow.promise };
    const { did, ended, later } = start(bodyOf("a", "b", "c"), plan);
    await turn();
    await turn();
    expect(did).toEqual(["active? q", "download a", "active? q", "put off b c 10"]);
    slow.resolve({});
    await ended;
    expect(did.slice(-2)).toEqual(["write a", "delete r"]);
    expect(later[0]).not.toHaveProperty("tries");
  });
});

test("whoever waited for a slot while the origin began to refuse gives it back, and waits for a permit", async () => {
  const slots = new ConcurrencyLimiter(1);
  await slots.acquire();
  let refuses = false;
  const { limiterFor } = limited(0);
  const origins = originsOf((message) => (refuses ? limiterFor(message) : undefined));
  const { did, ended } = start(bodyOf("a"), { ...PLAN, origins }, slots);
  await turn();
  refuses = true;
  slots.release();
  await ended;
  expect(did).toEqual(["active? q", "put off a 10", "delete r"]);
  expect(slots.inUse).toBe(0);
});

test("what is deferred goes back in one message for each number of attempts, after the longest delay in it; what was not requested goes at once, in each round anew", async () => {
  vi.useFakeTimers();
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  onTestFinished(() => {
    vi.useRealTimers();
    random.mockRestore();
  });
  const sent: { readonly message: TaskMessage; readonly seconds: number }[] = [];
  const told: string[][] = [];
  const deferrals = new Deferrals(
    fakeDeps({
      queue: fakeQueue({ sendLater: async (message, seconds) => void sent.push({ message, seconds }) }),
      isActive: yes,
    }),
    taskMessage({ tries: 4 }),
    undefined,
    (urls) => void told.push(urls.map(({ url }) => url)),
  );
  const add = (url: string, ms: number, tries: number) =>
    deferrals.add([{ url, bytes: 1 }], new DeferredError(ms, tries));
  const sentNow = async () => {
    await vi.advanceTimersByTimeAsync(1);
    return sent
      .splice(0)
      .map(({ message, seconds }) => [message.urls.map(({ url }) => url).join(), message.tries, seconds]);
  };
  add("a", 3_000, 0);
  add("b", 5_000, 0);
  add("c", 7_000, 1);
  expect(await sentNow()).toEqual([["a,b", 4, 5]]);
  add("d", 2_000, 0);
  expect(await sentNow()).toEqual([["d", 4, 2]]);
  add("e", 11_000, 2);
  add("f", 1_000, 0);
  await deferrals.end();
  expect(await sentNow()).toEqual([
    ["c", 5, 7],
    ["e", 6, 11],
    ["f", 4, 1],
  ]);
  expect(told.flat().sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  await deferrals.end();
  expect(await sentNow()).toEqual([]);
});

test("a download that is cut off because this process has lost its permits goes back", async () => {
  const lease = new AbortController();
  const acquire = async () => ({
    lost: lease.signal,
    waitForSendSlot: () => Promise.resolve(100),
    release: () => undefined,
  });
  const download = () => {
    lease.abort();
    return bad();
  };
  const { did, later } = await run(bodyOf("a"), { ...PLAN, origins: originsOf(() => ({ acquire })), download });
  expect(did).toEqual(["active? q", "download a", "cut a", "active? q", "put off a 10", "delete r"]);
  expect(later[0]).not.toHaveProperty("tries");
});

test("followers that wait for one that was refused return to the queue as they came: they were not attempted", async () => {
  const message = taskMessage({
    req_id: "q",
    urls: named("a", "b"),
    follows: true,
    led_by: "SIN2-C1",
    origin: { concurrency: 1 },
  });
  const { later } = await run(JSON.stringify(message), { ...PLAN, download: overloaded("a") });
  const attempts = later.flatMap(({ urls, tries }) => urls.map(({ url }) => [url, tries]));
  expect(attempts.toSorted()).toEqual([
    ["a", 1],
    ["b", undefined],
  ]);
});

test.each([
  ["alone, by the result itself", { only_follower: true }, true],
  ["beside others, by comparison", {}, false],
])("whether a REC is wrong is decided for a follower %s", async (_, more, isWrong) => {
  const message = taskMessage({ req_id: "q", urls: named("a"), follows: true, led_by: "SIN2-C1", ...more });
  const download = () => Promise.resolve({ rec_miss: true });
  const { written } = await run(JSON.stringify(message), { ...PLAN, download });
  expect(written.map(({ rec_miss }) => rec_miss === true)).toEqual([isWrong]);
});
