import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { CarriedProgress } from "../../../agent/admit/message-job.ts";
import { Deferrals } from "../../../agent/receive/return-to-queue.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { deferred, turn } from "../deferred.ts";
import { fakeDeps, fakeOrigins, fakeQueue } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";
import {
  activeFor,
  bad,
  bodyOf,
  bodyWith,
  done,
  fail,
  good,
  moves,
  type Plan,
  run,
  start,
  urlOf,
  yes,
} from "./work-world.ts";

const PLAN: Plan = { send: done, sendLater: done };

/** Defers these URLs as an overloaded origin does, and downloads the others. */
const overloaded =
  (...urls: string[]) =>
  (url: string) =>
    urls.includes(url) ? Promise.resolve({ httpStatus: 503 }) : good();

// Deferrals have no jitter.
beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

/** A limiter that grants so many permits, and defers the rest. @param lost with the lease */
function limited(permits: number, release = () => {}, lost = new AbortController().signal) {
  const acquire = async () => {
    if (permits-- <= 0) throw new DeferredError(10_000);
    return { lost, waitForSendSlot: () => Promise.resolve(100), setSuspended: () => undefined, release };
  };
  return originsOf(() => ({ isBusy: false, acquire }));
}

function originsOf(limiterFor: OriginLimiterRegistry["limiterFor"]): OriginLimiterRegistry {
  return fakeOrigins({ prepare: async () => undefined, limiterFor });
}

const FOLLOWERS = { followers: [{ pop: "P2", ips: ["192.0.2.7"] }] };
const FOLLOWER = { follows: true, led_by: "SIN2-C1" };

test.each<[what: string, body: string, plan: Plan, did: string[]]>([
  [
    "returns as a delayed message with one more attempt, its followers with it; the rest is done",
    bodyWith({ ...FOLLOWERS, tries: 2 }, "a", "b", "c", "d"),
    { download: overloaded("b", "d") },
    ["put off P1 b+d >P2 tries 3, 11 s", "send P2 a+c follows", "delete r"],
  ],
  [
    "stays with its message if it cannot be sent",
    bodyOf("a", "b"),
    { sendLater: fail("no queue"), hold: done },
    ["put off P1 b tries 1, 11 s", "hold r 20"],
  ],
  [
    "of a message that came again says so: it may be in the queue already",
    bodyOf("a", "b"),
    { deliveries: 2, standing: async () => ["a"] },
    ["put off P1 b again tries 1, 11 s", "delete r"],
  ],
  ["of a request that has ended is dropped", bodyOf("b"), { active: activeFor(1) }, ["delete r"]],
  [
    "is another thing than the followers that wait for it: they were not attempted",
    bodyWith({ ...FOLLOWER, origin: { concurrency: 1 } }, "b", "c"),
    {},
    ["put off P1 b follows tries 1, 11 s", "put off P1 c follows, 11 s", "delete r"],
  ],
])("what an origin refused %s", async (_, body, plan, did) => {
  const ran = await run(body, { ...PLAN, download: overloaded("b"), ...plan });
  expect(moves(ran.did).toSorted()).toEqual(did.toSorted());
  expect(ran.did.at(-1)).toBe(did.at(-1));
});

test("what was deferred takes the variants behind it along; each has its own attempts", async () => {
  const urls = [
    ...["br", "gzip", "none"].map((variant) => ({ url: urlOf("a"), bytes: 10, variant })),
    { url: urlOf("b"), bytes: 10, attempts: 2, first_attempt_at: 1_700_000_000_000 },
  ];
  let n = 0;
  const download = () => (n++ === 0 ? good() : Promise.resolve({ httpStatus: 503 }));
  const { later } = await run(bodyWith({ urls, tries: 2 }), { ...PLAN, download });
  expect(later).toMatchObject([
    {
      tries: 3,
      urls: [
        { url: urlOf("b"), attempts: 3, first_attempt_at: 1_700_000_000_000 },
        { url: urlOf("a"), variant: "gzip", attempts: 3, first_attempt_at: expect.any(Number) },
        { url: urlOf("a"), variant: "none", attempts: 2 },
      ],
    },
  ]);
});

test("what was deferred after a failed attempt is in the heartbeats, with its reason and its time", async () => {
  const { heartbeats, told } = await run(bodyOf("a", "b"), { ...PLAN, download: overloaded("b") });
  await heartbeats.stop();
  const example = { url: urlOf("b"), pop: "P1", error: "HTTP 503", http_status: 503 };
  expect(told.at(-1)?.retrying).toMatchObject([{ code: "http_5xx", tasks: 1, example }]);
  const [{ until = 0 } = {}] = told.at(-1)?.retrying ?? [];
  expect(Math.abs(until - Date.now() - 11_000)).toBeLessThan(1_000);
});

test("what would wait too long for its permit returns at once in one message, without an attempt; tasks with a permit go on", async () => {
  const slow = deferred<object>();
  const { did, ended } = start(bodyOf("a", "b", "c"), { ...PLAN, origins: limited(1), download: () => slow.promise });
  await turn();
  await turn();
  expect(did).toEqual(["active? q", "download a", "active? q", "put off P1 b+c, 10 s"]);
  slow.resolve({});
  await ended;
  expect(did.slice(-2)).toEqual(["write a", "delete r"]);
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
  expect(did).toEqual(["active? q", "put off P1 a, 10 s", "delete r"]);
  expect(slots.inUse).toBe(0);
});

test("a download releases its permit, also if it fails or throws", async () => {
  const release = vi.fn();
  const download = (url: string) => (url === "a" ? good() : url === "b" ? bad() : fail("a bug")());
  await run(bodyOf("a", "b", "c"), { ...PLAN, origins: limited(3, release), download, hold: done });
  expect(release).toHaveBeenCalledTimes(3);
});

test("a download that is cut off because this process has lost its permits goes back", async () => {
  const lease = new AbortController();
  const download = () => {
    lease.abort();
    return Promise.resolve({
      httpStatus: undefined,
      bytes: 0,
      failure: { reason: "other" as const, code: "CANCELLED" },
    });
  };
  const { did } = await run(bodyOf("a"), { ...PLAN, origins: limited(9, undefined, lease.signal), download });
  expect(did).toEqual(["active? q", "download a", "cut a", "active? q", "put off P1 a, 10 s", "delete r"]);
});

test("what is deferred goes back in one message for each number of attempts, after the longest delay in it; what was not requested goes at once, in each round anew", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: unknown[] = [];
  const told: string[] = [];
  const sendLater = async ({ urls, tries }: TaskMessage, seconds: number) =>
    void sent.push([urls.map(({ url }) => url).join(), tries, seconds]);
  const deps = fakeDeps({ queue: fakeQueue({ sendLater }), isActive: yes });
  const carried = new Map<TaskUrl, CarriedProgress>();
  const deferrals = new Deferrals(deps, taskMessage({ tries: 4 }), undefined, carried, (urls) => {
    told.push(...urls.map(({ url }) => url));
  });
  const add = (url: string, ms: number, attempts: number) => {
    const task = { url, bytes: 1 };
    if (attempts > 0) carried.set(task, { attempts: 4 + attempts });
    deferrals.add([task], new DeferredError(ms, attempts));
  };
  const sentNow = async () => {
    await vi.advanceTimersByTimeAsync(1);
    return sent.splice(0);
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
  expect(told.toSorted()).toEqual(["a", "b", "c", "d", "e", "f"]);
  await deferrals.end();
  expect(await sentNow()).toEqual([]);
});
