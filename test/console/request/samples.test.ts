import type { Progress } from "../../../client/answers.ts";
import { niceTop, pathOf, placeOf, pointsWith, warmShare, withPoint } from "../../../console/request/samples.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { distinctRequest } from "../distinct-request.ts";

const MINUTE = 60_000;
const time = (minutes: number) => formatTimestamp(minutes * MINUTE);
const point = (at: number) => ({ at, rate: at, warm: 0.5 });

/** An answer of minute 10 of a request with ten tasks. */
function answer(change: Partial<Progress> = {}, minutes = 10): Progress {
  const times = { created_at: time(0), last_update_time: time(0), timeout_at: time(99), timestamp: time(minutes) };
  return distinctRequest({ ...times, total_count: 10, warm_count: 4, hit_count: 1, bytes_per_second: 70, ...change });
}

it("pointsWith adds what each answer says", () => {
  const points = pointsWith(pointsWith([], answer()), answer({ bytes_per_second: 71, warm_count: 7 }, 10.1));
  expect(points).toEqual([
    { at: 10 * MINUTE, rate: 70, warm: 0.5 },
    { at: 10.1 * MINUTE, rate: 71, warm: 0.8 },
  ]);
});

it("pointsWith: of one that has ended ends there, with nothing under way, however often it is asked", () => {
  const ended = { status: "FINISHED", last_update_time: time(10), bytes_per_second: 0 } as const;
  const points = pointsWith([], answer(ended, 30));
  expect(points.at(-1)).toEqual({ at: 10 * MINUTE, rate: 0, warm: 0.5 });
  expect(pointsWith(points, answer(ended, 31))).toEqual(points);
});

it("pointsWith: an end that is told later than it was ends the line all the same", () => {
  const running = pointsWith([point(0)], answer({}, 10));
  const ended = answer({ status: "STOPPED", last_update_time: time(9.9), warm_count: 9, bytes_per_second: 0 }, 10.1);
  expect(pointsWith(running, ended).slice(1)).toEqual([{ at: 10 * MINUTE, rate: 0, warm: 1 }]);
});

it("withPoint: an answer that is seen twice counts once", () =>
  expect(withPoint([point(1)], point(1))).toHaveLength(1));

it("withPoint thins the whole time, not its beginning", () => {
  let points: readonly ReturnType<typeof point>[] = [];
  for (let at = 0; at < 5_000; at++) points = withPoint(points, point(at));
  expect(points.length).toBeLessThanOrEqual(600);
  expect(points[0]?.at).toBe(0);
  expect(points.at(-1)?.at).toBe(4_999);
});

describe("a path", () => {
  const box = { width: 100, height: 50, from: 0, to: 10 };
  it("fills its box", () => {
    const line = [
      { at: 0, share: 0 },
      { at: 10, share: 1 },
    ];
    expect(pathOf(line, ({ share }) => share, box)).toBe("M0.0 50.0L100.0 0.0");
    expect(placeOf(5, box)).toBe(50);
  });

  it.each([
    [0, 1],
    [3.41e9, 5e9],
    [5, 5],
    [11, 20],
  ])("the top of %f is %f", (value, top) => expect(niceTop(value)).toBe(top));
});

it("a share is within all, and nothing of nothing", () => {
  expect(warmShare({ warm_count: 8, hit_count: 4 }, 10)).toBe(1);
  expect(warmShare({ warm_count: 0, hit_count: 0 }, 0)).toBe(0);
});
