// What tasks hold while they wait: in virtual time.
import { setTimeout as sleep } from "node:timers/promises";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { downloadMessage } from "../../../agent/admit/download-message.ts";
import type { FetchObject } from "../../../agent/fetch/fetch-object.ts";
import { Cancellation } from "../../../agent/fetch/http/http-client.ts";
import { HeldTasks } from "../../../agent/report/heartbeats.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { fakeDeps, fakeOrigins } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

useVirtualClock();

const urlOf = (name: string) => `https://www.example.com/${name}`;
const messageOf = (names: readonly string[], different: Partial<TaskMessage>) =>
  taskMessage({ req_id: "q", urls: names.map((name) => ({ url: urlOf(name), bytes: 1 })), ...different });

/** Works through a message. @returns how many slots are in use at its end */
async function run(message: TaskMessage, fetch: FetchObject, large?: ConcurrencyLimiter): Promise<number> {
  const origins = fakeOrigins();
  const slots = new ConcurrencyLimiter(10);
  const deps = fakeDeps({
    fetch,
    write: async () => undefined,
    isActive: async () => true,
    limiters: { small: slots, large: large ?? slots },
    origins,
  });
  const errors = await downloadMessage(deps, {
    message,
    isRedelivered: false,
    left: new Set(message.urls),
    carried: new Map(),
    held: new HeldTasks("q"),
    prefetched: { onDequeued: () => undefined },
    deferrals: { add: () => undefined },
    promoter: undefined,
    cancellation: new Cancellation(),
    stopping: new AbortController().signal,
  });
  origins.close(new Error("the test has ended"));
  expect(errors).toEqual([]);
  return slots.inUse;
}

const answerOf = (xCache: string, age?: string) => ({ bytes: 1, contentLength: 1, httpStatus: 200, xCache, age });

test("of a request with one permit, tasks take turns: one that waits for its second request holds none", async () => {
  const events: string[] = [];
  let inProgress = 0;
  const fetch: FetchObject = async ({ target, kind, permit }) => {
    const startedAt = performance.now();
    events.push(`${target.path} ${kind}`);
    expect(permit).toBeDefined();
    expect(++inProgress).toBe(1);
    await sleep(1_000);
    inProgress--;
    return { answer: answerOf("Miss from cloudfront"), startedAt, endedAt: performance.now() };
  };
  const message = messageOf(["a", "b", "c"], { origin: { concurrency: 1 } });
  expect(await run(message, fetch)).toBe(0);
  // The others begin while the first waits 1.1 s for its second download.
  expect(events.slice(0, 4)).toEqual(["/a download", "/b download", "/c download", "/a download"]);
  expect(events.toSorted()).toEqual(
    ["a", "b", "c"].flatMap((name) => [`/${name} check`, `/${name} download`, `/${name} download`]),
  );
});

test("large tasks that wait for a slot of the agent do not delay small ones, though they have permits", async () => {
  const message = messageOf([], { origin: { requests_per_second: 10 }, verify: "off", downloads: 1 });
  for (let n = 0; n < 10; n++) {
    message.urls.push({ url: urlOf(`large-${n}`), bytes: 1e9 }, { url: urlOf(`small-${n}`), bytes: 1 });
  }
  const before = performance.now();
  const sentMs: { readonly large: number[]; readonly small: number[] } = { large: [], small: [] };
  const fetch: FetchObject = async ({ target, permit, cancellation }) => {
    await permit?.waitForSendSlot(cancellation.signal);
    const startedAt = performance.now();
    const size = target.path.startsWith("/large") ? "large" : "small";
    sentMs[size].push(startedAt - before);
    if (size === "large") await sleep(60_000);
    const bytes = size === "large" ? 1e9 : 1;
    const answer = { ...answerOf("Miss from cloudfront"), bytes, contentLength: bytes };
    return { answer, startedAt, endedAt: performance.now() };
  };
  expect(await run(message, fetch, new ConcurrencyLimiter(1))).toBe(0);
  expect([sentMs.large.length, sentMs.small.length]).toEqual([10, 10]);
  expect(Math.max(...sentMs.small)).toBeLessThan(3_000);
});

describe("a follower of a confirmed REC, under a limit of requests at once", () => {
  const REC = { xCache: "Hit from cloudfront", age: "1", serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="REC"' };
  const FROM_ORIGIN = { ...answerOf("Miss from cloudfront"), serverTiming: 'cdn-upstream-layer;desc="EDGE"' };

  /** @returns the requests for `b`, and whether each had a permit; `a` has confirmed the REC */
  const requestsOf = async (firstOfB: object, b: Partial<TaskMessage["urls"][number]> = {}) => {
    const requests: string[] = [];
    let ofB = 0;
    const fetch: FetchObject = async ({ target, kind, permit }) => {
      const isB = target.path === "/b";
      if (isB) requests.push(`${kind} ${permit !== undefined}`);
      const age = String(Math.floor(performance.now() / 1_000));
      const answer = isB && ofB++ === 0 ? firstOfB : { ...REC, age };
      return { answer: { ...answerOf(""), ...answer }, startedAt: performance.now(), endedAt: performance.now() };
    };
    const message = messageOf(["a", "b"], {
      origin: { concurrency: 1 },
      follows: true,
      led_by: "FRA56-P4",
      downloads: 1,
    });
    Object.assign(message.urls[1] ?? {}, b);
    await run(message, fetch);
    return requests;
  };

  test("needs no permit for what the REC has", async () =>
    expect((await requestsOf(REC)).slice(0, 2)).toEqual(["download false", "check false"]));

  test("needs one for the check of what its POP fetched from the origin", async () =>
    expect((await requestsOf(FROM_ORIGIN)).slice(0, 2)).toEqual(["download false", "check true"]));

  test("needs one for the attempt after one that failed", async () => {
    const broken = { ...answerOf("Miss from cloudfront"), bytes: 0, failure: { reason: "connection", code: "RESET" } };
    expect((await requestsOf(broken)).slice(0, 2)).toEqual(["download false", "download true"]);
  });

  test("needs one for the download that follows such a download in an earlier message", async () =>
    expect((await requestsOf(REC, { attempts: 1, may_reach_origin: true })).slice(0, 1)).toEqual(["download true"]));
});
