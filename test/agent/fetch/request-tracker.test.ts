import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { objectKey, RequestTracker } from "../../../agent/fetch/request-tracker.ts";
import { taskMessage } from "../task-messages.ts";

const HOST = "www.example.com";
const at = (pop: string, path = "/a", host = HOST) => objectKey(taskMessage({ pop, host }), path);
const A = at("SIN2-P1");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("requests in progress", () => {
  test("are those for the same object under the same REC", () => {
    const tracker = new RequestTracker();
    const end = tracker.begin(at("SIN2-P1", "/a?b=1"));
    const keys = ["SIN2-P1", "SIN2-P2", "FRA56-P4"].map((pop) => at(pop, "/a?b=1"));
    expect(keys.map((key) => tracker.isInProgress(key))).toEqual([true, true, false]);
    expect(tracker.isInProgress(at("SIN2-P1", "/a?b=1", "img.example.com"))).toBe(false);
    expect(tracker.isInProgress(A)).toBe(false);
    end();
    expect(tracker.isInProgress(at("SIN2-P1", "/a?b=1"))).toBe(false);
  });

  test("at a POP whose REC is unknown are its own", () => {
    const tracker = new RequestTracker();
    tracker.begin(at("QQQ1-P1"));
    expect(["QQQ1-P1", "QQQ1-P2"].map((pop) => tracker.isInProgress(at(pop)))).toEqual([true, false]);
  });

  test("whoever waits goes on when the last of them has ended", async () => {
    const tracker = new RequestTracker();
    const ends = [tracker.begin(A), tracker.begin(at("SIN2-P2"))];
    const waited = vi.fn();
    void tracker.untilAlone(A, 10_000).then(waited);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(waited).not.toHaveBeenCalled();
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(waited).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    await expect(tracker.untilAlone(A, 10_000)).resolves.toBeUndefined();
  });

  test("whoever waits goes on after its time", async () => {
    const tracker = new RequestTracker();
    tracker.begin(A);
    const waited = vi.fn();
    void tracker.untilAlone(A, 10_000).then(waited);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(waited).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(waited).toHaveBeenCalledOnce();
  });
});

describe("whether the origin of a host sends an Age", () => {
  const miss = (more: Partial<HttpResult> = {}): HttpResult => ({
    bytes: 1,
    httpStatus: 200,
    xCache: "Miss from cloudfront",
    ...more,
  });

  test.each<[string, HttpResult[], boolean]>([
    ["a Miss with an Age, between others without", [miss(), miss({ age: "7" }), miss()], true],
    ["a Miss with an Age that is none", [miss({ age: "soon" })], false],
    ["an Age of a hit", [miss(), miss({ xCache: "Hit from cloudfront", age: "7" })], false],
    ["an Age of an error", [miss({ httpStatus: 404, age: "7" })], false],
  ])("%s", (_, seen, sends) => {
    const tracker = new RequestTracker();
    for (const it of seen) tracker.recordResponse(HOST, it);
    expect(tracker.originSendsAge(HOST)).toBe(sends);
    expect(tracker.originSendsAge("img.example.com")).toBe(false);
  });
});
