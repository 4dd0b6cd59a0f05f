// Progress of a task that returns to the queue: the message that is sent carries it, and the next agent continues from there.
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { deferred } from "../deferred.ts";
import { bodyWith, done, good, type Plan, run, start, urlOf } from "./work-world.ts";

const PLAN: Plan = { send: done, sendLater: done };
/** Bytes of an object: each whole download transfers as many. */
const SIZE = 10;
const urlsOf = (...names: string[]) => names.map((name) => ({ url: urlOf(name), bytes: SIZE }));
/** A message whose objects are downloaded twice, and not checked. */
const twice = (...names: string[]) => bodyWith({ downloads: 2, urls: urlsOf(...names) });
const throttled = (bytes: number) => Promise.resolve({ httpStatus: 503, bytes, contentLength: bytes });

/** Answers the requests for a URL in their order; other URLs, and later requests, are good. */
function answers(url: string, ...planned: (() => Promise<object>)[]): NonNullable<Plan["download"]> {
  return (requested) => (requested === url ? (planned.shift() ?? good)() : good());
}

/** Processes a message as the next agent receives it. */
const next = (message: TaskMessage | undefined, plan: Plan = PLAN) => run(JSON.stringify(message), plan);
const requests = (did: readonly string[]) => did.filter((what) => /^(download|check) /.test(what));

test("a task deferred at its second download carries the first and all bytes; the next agent downloads once", async () => {
  const download = answers("a", good, () => throttled(3));
  const { later, written } = await run(twice("a", "b"), { ...PLAN, download });
  expect(written.map(({ url, rounds, transferred_bytes: all }) => [url, rounds, all])).toEqual([
    [urlOf("b"), 2, 2 * SIZE],
  ]);
  expect(later.map(({ urls }) => urls)).toEqual([
    [
      {
        url: urlOf("a"),
        bytes: SIZE,
        attempts: 1,
        first_attempt_at: expect.any(Number),
        downloads_done: 1,
        transferred_bytes: SIZE + 3,
      },
    ],
  ]);
  const continued = await next(later[0]);
  expect(requests(continued.did)).toEqual(["download a"]);
  expect(continued.written).toMatchObject([
    { ok: true, url: urlOf("a"), rounds: 2, bytes: SIZE, transferred_bytes: 2 * SIZE + 3 },
  ]);
});

test("bytes and attempts of several deferrals add up, and a download is counted once", async () => {
  const first = await run(twice("a"), { ...PLAN, download: answers("a", good, () => throttled(3)) });
  const second = await next(first.later[0], { ...PLAN, download: answers("a", () => throttled(4)) });
  expect(second.later[0]?.urls).toMatchObject([{ attempts: 2, downloads_done: 1, transferred_bytes: SIZE + 7 }]);
  const { written } = await next(second.later[0]);
  expect(written).toMatchObject([{ rounds: 2, transferred_bytes: 2 * SIZE + 7 }]);
});

describe("when the agent stops", () => {
  test("a second download that it cuts off counts with its bytes alone, and is no attempt", async () => {
    const [begun, cut] = [deferred(), deferred<object>()];
    const download = answers("a", good, () => {
      begun.resolve();
      return cut.promise;
    });
    const { sent, ended, stop } = start(twice("a"), { ...PLAN, download });
    await begun.promise;
    stop();
    cut.resolve({ bytes: 4, failure: { reason: "connection", code: "ECONNRESET" } });
    await ended;
    expect(sent[0]?.tries).toBeUndefined();
    expect(sent[0]?.urls).toMatchObject([{ downloads_done: 1, transferred_bytes: SIZE + 4 }]);
    const { written } = await next(sent[0]);
    expect(written).toMatchObject([{ ok: true, attempts: 1, rounds: 2, transferred_bytes: 2 * SIZE + 4 }]);
  });
});
