import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { Origin } from "../../../agent/origin/origin.ts";
import { PutOffError } from "../../../agent/origin/put-off.ts";
import { Cancellation } from "../../../agent/work/cancellation.ts";
import { StoppingError } from "../../../agent/work/stopping.ts";
import { patienceOf } from "../../../domain/request/patience.ts";
import type { Beat } from "../../../domain/request/progress.ts";
import { taskMessage } from "../task-messages.ts";

const START = 1_700_000_000_000;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An origin that this process has for itself. */
function alone() {
  const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
  const beat = (): Beat => ({ instance: "i", worker: "w", at: Date.now(), tasks: 1, sharing: START, ...rates });
  const kept: string[] = [];
  const options = { patience: patienceOf(900), logger: pino({ level: "silent" }), self: "i#w" };
  const progress = { beats: async () => [beat()] };
  const origin = new Origin({ ...options, progress, beats: { keep: (reqId) => void kept.push(reqId) } });
  return { origin, kept };
}

const free = taskMessage();
const limited = taskMessage({ origin: { requests_per_second: 10 } });
const answer = (httpStatus: number, more: Partial<Answer> = {}): Answer => ({ bytes: 0, httpStatus, ...more });
const cancellation = () => new Cancellation();

describe("who waits for a turn", () => {
  test("nobody, as long as there is neither a limit nor a refusal", () => {
    const { origin, kept } = alone();
    expect(origin.lineOf(free)).toBeUndefined();
    expect(origin.lineOf(taskMessage({ origin: {} }))).toBeUndefined();
    expect(kept).toEqual([]);
  });

  test("whoever may reach the origin of a request with limits, and no follower", async () => {
    const { origin, kept } = alone();
    expect(origin.lineOf(limited)).toBeDefined();
    expect(origin.lineOf({ ...limited, follows: true })).toBeUndefined();
    expect(origin.lineOf(free)).toBeUndefined();
    // It joins those who share the limits once it has seen that they are too few.
    expect(kept).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(kept).toEqual([limited.req_id]);
    origin.close();
  });

  test.each([
    ["503", answer(503), true],
    ["429", answer(429), true],
    ["502", answer(502), true],
    ["504", answer(504), true],
    ["500", answer(500), false],
    ["404", answer(404), false],
    ["a 503 that was kept", answer(503, { age: "3" }), false],
    ["a 429 of AWS WAF", answer(429, { wafAction: "challenge" }), false],
  ])("after %s, whoever asks the same host: %s", (_, seen, waits) => {
    const { origin } = alone();
    origin.saw(free, seen, START - 5, true);
    expect(origin.lineOf(free) !== undefined).toBe(waits);
    expect(origin.lineOf({ ...free, host: "other.example" })).toBeUndefined();
    expect(origin.lineOf({ ...free, req_id: "another" }) !== undefined).toBe(waits);
  });

  test("until it is forgotten", async () => {
    const { origin } = alone();
    for (let n = 0; n < 50; n++) origin.saw(free, answer(200), START - 100, true);
    origin.saw(free, answer(503), START - 5, true);
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      origin.lineOf(free);
    }
    expect(origin.lineOf(free)).toBeUndefined();
  });
});

test("turns come one after the other, once it is known who shares the limit", async () => {
  const { origin } = alone();
  const at: number[] = [];
  const ask = async () => {
    const seat = await origin.lineOf(limited)?.turn(cancellation());
    at.push(Date.now());
    seat?.leave();
  };
  void ask();
  void ask();
  void ask();
  await vi.advanceTimersByTimeAsync(13_000);
  expect(at).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  const [first = 0, second = 0, third = 0] = at;
  expect(first - START).toBeGreaterThanOrEqual(13_500);
  expect([second - first, third - second].every((ms) => Math.abs(ms - 111) < 3)).toBe(true);
  origin.close();
});

test("what reached the origin without a turn uses one up", async () => {
  const { origin } = alone();
  const line = origin.lineOf(limited);
  await vi.advanceTimersByTimeAsync(20_000);
  (await turnOf(line))?.leave();
  const before = Date.now();
  const missed = answer(200, { xCache: "Miss from cloudfront", serverTiming: "cdn-cache-miss" });
  for (let n = 0; n < 3; n++) origin.saw({ ...limited, follows: true }, missed, before, false);
  (await turnOf(line))?.leave();
  expect(Date.now() - before).toBeGreaterThan(400);
  origin.close();
});

describe("a check of a request that limits the concurrency to two", () => {
  const two = taskMessage({ origin: { concurrency: 2 } });

  test("has its permit before downloads that wait, and none while others have all", async () => {
    const { origin } = alone();
    const line = origin.lineOf(two);
    const download = await turnOf(line);
    await turnOf(line);
    const order: string[] = [];
    void line?.turn(cancellation()).then((seat) => {
      order.push("download");
      seat?.leave();
    });
    void line?.seat(cancellation()).then((seat) => {
      order.push("check");
      setTimeout(() => seat?.leave(), 1_000);
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(order).toEqual([]);
    download?.leave();
    await vi.advanceTimersByTimeAsync(900);
    expect(order).toEqual(["check"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(order).toEqual(["check", "download"]);
    origin.close();
  });

  test("goes on at once when it is cancelled, and is given back on a stop", async () => {
    const { origin } = alone();
    const cancelled = cancellation();
    const seat = origin.lineOf(two)?.seat(cancelled);
    const stopped = expect(origin.lineOf(two)?.seat(cancellation())).rejects.toBeInstanceOf(StoppingError);
    cancelled.cancel();
    expect(await seat).toBeUndefined();
    origin.close();
    await stopped;
  });
});

test("a check needs no permit where the rate alone is limited", async () => {
  const { origin } = alone();
  expect(await origin.lineOf(limited)?.seat(cancellation())).toBeUndefined();
  origin.close();
});

/** Waits in virtual time. */
async function turnOf(line: ReturnType<Origin["lineOf"]>) {
  const turn = line?.turn(cancellation());
  let over = false;
  void turn?.finally(() => {
    over = true;
  });
  while (!over) await vi.advanceTimersByTimeAsync(1);
  return turn;
}

describe("whoever waits", () => {
  test("is put off if it would wait too long: three seconds of turns may wait", async () => {
    const { origin } = alone();
    origin.lineOf(limited);
    await vi.advanceTimersByTimeAsync(0);
    const ends = await Promise.allSettled(
      Array.from({ length: 40 }, () => {
        const turn = origin.lineOf(limited)?.turn(cancellation());
        return Promise.race([turn, Promise.resolve("waits")]);
      }),
    );
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(27);
    const [putOff] = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    expect(putOff).toBeInstanceOf(PutOffError);
    expect(putOff).toMatchObject({ tries: 0, ms: 5_000, spreadMs: 10_000 });
    origin.close();
  });

  test("is put off when the origin wants to be left alone for long", async () => {
    const { origin } = alone();
    origin.saw(free, answer(503), START - 5, true);
    // Not awaited: a turn that is not put off never comes here.
    let putOff: unknown;
    origin
      .lineOf(free)
      ?.turn(cancellation())
      .catch((error: unknown) => {
        putOff = error;
      });
    const under = expect(origin.lineOf(free)?.again(cancellation())).resolves.toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    await under;
    const more = expect(origin.lineOf(free)?.again(cancellation())).rejects.toBeInstanceOf(PutOffError);
    origin.saw(free, answer(503, { retryAfter: "60" }), Date.now() - 5, true);
    await vi.advanceTimersByTimeAsync(0);
    expect(putOff).toMatchObject({ ms: 65_000 });
    await more;
    await expect(origin.lineOf(free)?.again(cancellation())).rejects.toBeInstanceOf(PutOffError);
  });

  test("goes on at once when it is cancelled, and is given back on a stop", async () => {
    const { origin } = alone();
    const cancelled = cancellation();
    const turn = origin.lineOf(limited)?.turn(cancelled);
    const stopped = expect(origin.lineOf(limited)?.turn(cancellation())).rejects.toBeInstanceOf(StoppingError);
    cancelled.cancel();
    expect(await turn).toBeUndefined();
    origin.close();
    await stopped;
    await expect(origin.lineOf(limited)?.turn(cancellation())).rejects.toBeInstanceOf(StoppingError);
    expect(vi.getTimerCount()).toBe(0);
  });
});

// Fails because a reading counts from when its response came: the turn is taken at 50 s, though what is known is 29 s old.
test.fails("a reading counts from when it was requested: one that came late does not let requests go on for longer", async () => {
  const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
  const beat = (): Beat => ({ instance: "i", worker: "w", at: Date.now(), tasks: 1, sharing: START, ...rates });
  const second = () => (Date.now() - START) / 1_000;
  const requestedAt: number[] = [];
  // Read every ten seconds. The response to the one at 21 s takes 20 s, and to the next one there is none.
  const beats = async () => {
    requestedAt.push(Math.floor(second()));
    const seen = [beat()];
    if (second() >= 41) await new Promise(() => undefined);
    if (second() >= 21) await new Promise((resolve) => setTimeout(resolve, 20_000));
    return seen;
  };
  const options = { patience: patienceOf(900), logger: pino({ level: "silent" }), self: "i#w" };
  const origin = new Origin({ ...options, progress: { beats }, beats: { keep: () => undefined } });
  origin.lineOf(limited);
  await vi.advanceTimersByTimeAsync(50_000);
  expect(requestedAt).toEqual([0, 1, 11, 21, 41]);
  let taken = false;
  const turn = origin.lineOf(limited)?.turn(cancellation());
  const take = () => {
    taken = true;
  };
  turn?.then(take, () => undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  // Without a reading for 22.5 s nobody knows who else asks.
  expect(taken).toBe(false);
  origin.close();
});
