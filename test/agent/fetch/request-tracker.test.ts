import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../../../agent/fetch/http/http-client.ts";
import { RequestTracker } from "../../../agent/fetch/request-tracker.ts";

const SIN = { pop: "SIN2-P1", host: "www.example.com" };
/** Under the same REC. */
const SIN2 = { ...SIN, pop: "SIN2-P2" };
const FRA = { ...SIN, pop: "FRA56-P4" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("requests in progress", () => {
  test("are those for the same object under the same REC", () => {
    const tracker = new RequestTracker();
    const end = tracker.begin(SIN, "/a?b=1");
    expect([SIN, SIN2, FRA, { ...SIN, host: "img.example.com" }].map((it) => tracker.isAlone(it, "/a?b=1"))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(tracker.isAlone(SIN, "/a")).toBe(true);
    end();
    expect(tracker.isAlone(SIN, "/a?b=1")).toBe(true);
  });

  test("at a POP whose REC is unknown are its own", () => {
    const [unknown, other] = ["QQQ1-P1", "QQQ1-P2"].map((pop) => ({ ...SIN, pop }));
    const tracker = new RequestTracker();
    tracker.begin(unknown ?? SIN, "/a");
    expect([unknown, other].map((it) => tracker.isAlone(it ?? SIN, "/a"))).toEqual([false, true]);
  });

  test("whoever waits goes on when the last of them has ended", async () => {
    const tracker = new RequestTracker();
    const ends = [tracker.begin(SIN, "/a"), tracker.begin(SIN2, "/a")];
    const waited = vi.fn();
    void tracker.untilAlone(SIN, "/a", 10_000).then(waited);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(waited).not.toHaveBeenCalled();
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(waited).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    await expect(tracker.untilAlone(SIN, "/a", 10_000)).resolves.toBeUndefined();
  });

  test("whoever waits goes on after its time", async () => {
    const tracker = new RequestTracker();
    tracker.begin(SIN, "/a");
    const waited = vi.fn();
    void tracker.untilAlone(SIN, "/a", 10_000).then(waited);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(waited).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(waited).toHaveBeenCalledOnce();
  });
});

describe("whether the origin of a host sends an Age", () => {
  const [HOST, OTHER] = ["www.example.com", "img.example.com"];
  const miss = (more: Partial<Answer> = {}): Answer => ({
    bytes: 1,
    httpStatus: 200,
    xCache: "Miss from cloudfront",
    ...more,
  });

  test.each<[string, Answer[], boolean]>([
    ["nothing seen", [], false],
    ["a Miss without Age", [miss()], false],
    ["a Miss with an Age, between others without", [miss(), miss({ age: "7" }), miss()], true],
    ["a Miss with an Age of 0", [miss({ age: "0" })], true],
    ["a Miss with an Age that is none", [miss({ age: "soon" })], false],
    ["an Age of a hit", [miss(), miss({ xCache: "Hit from cloudfront", age: "7" })], false],
    ["an Age of an error", [miss({ httpStatus: 404, age: "7" })], false],
  ])("%s", (_, seen, sends) => {
    const tracker = new RequestTracker();
    for (const it of seen) tracker.recordResponse(HOST, it);
    expect(tracker.originSendsAge(HOST)).toBe(sends);
    expect(tracker.originSendsAge(OTHER)).toBe(false);
  });

  test("is remembered of the 10,000 hosts that showed it last", () => {
    const tracker = new RequestTracker();
    for (let n = 0; n <= 10_000; n++) tracker.recordResponse(`${n}.example.com`, miss({ age: "7" }));
    expect(["0", "1", "10000"].map((name) => tracker.originSendsAge(`${name}.example.com`))).toEqual([
      false,
      true,
      true,
    ]);
  });
});
