import type { Progress } from "../../../client/answers.ts";
import { detailOf } from "../../../console/request/detail.ts";
import {
  niceTop,
  pathOf,
  placeOf,
  pointsOf,
  pointsWith,
  warmShare,
  withPoint,
} from "../../../console/request/samples.ts";
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
const sample = (minutes: number, received_size: number, warm_count: number) => ({
  at: time(minutes),
  received_size,
  warm_count,
  hit_count: 0,
});
const HISTORY = [sample(0, 0, 0), sample(4, 240 * 50, 2), sample(10, 240 * 50 + 360 * 60, 4)];

it("pointsWith begins with the request, ends with what the answer says, and does not jump where its own points follow", () => {
  const points = pointsWith([], answer({ samples: HISTORY }));
  expect(points.map(({ at, rate, warm }) => [at / MINUTE, rate, warm])).toEqual([
    [0, 0, 0],
    [2, 50, 0.1],
    [7, 60, expect.closeTo(0.3)],
    [10, 70, 0.5],
  ]);
  const next = pointsWith(points, answer({ bytes_per_second: 71 }, 10.1));
  expect(next.slice(0, -1)).toEqual(points);
  expect(next.at(-1)).toEqual({ at: 10.1 * MINUTE, rate: 71, warm: 0.5 });
});

it("pointsWith after a gap tells all of the time anew, once", () => {
  const before = pointsWith(pointsWith([], answer({ samples: HISTORY.slice(0, 2) }, 4)), answer({}, 4.5));
  const points = pointsWith(before, answer({ samples: HISTORY }));
  expect(points).toEqual(pointsWith([], answer({ samples: HISTORY })));
});

it("pointsWith goes on with its own where the API has no samples", () => {
  const own = pointsWith([], answer({}, 9));
  expect(pointsWith(own, answer({ samples: [] })).map(({ at }) => at / MINUTE)).toEqual([9, 10]);
});

it("pointsWith: of one that has ended ends there, with nothing under way, however often it is asked", () => {
  const ended = { status: "FINISHED", last_update_time: time(10), bytes_per_second: 0 } as const;
  const points = pointsWith([], answer({ samples: HISTORY, ...ended }, 30));
  expect(points.at(-1)).toEqual({ at: 10 * MINUTE, rate: 0, warm: 0.5 });
  expect(pointsWith(points, answer(ended, 31))).toEqual(points);
});

it("pointsWith: an end that is told later than it was ends the line all the same", () => {
  const running = pointsWith([point(0)], answer({}, 10));
  const ended = answer({ status: "STOPPED", last_update_time: time(9.9), warm_count: 9, bytes_per_second: 0 }, 10.1);
  expect(pointsWith(running, ended).slice(1)).toEqual([{ at: 10 * MINUTE, rate: 0, warm: 1 }]);
});

describe("detailOf", () => {
  const last = { id: "r1", at: 100_000 };
  it.each([
    ["the first answer", undefined, "r1", 100_000, true],
    ["the next one", last, "r1", 102_000, false],
    ["another request's first", last, "r2", 102_000, true],
    ["one after a gap", last, "r1", 160_000, true],
  ])("%s is asked for with samples: %o", (_, before, id, now, asks) =>
    expect(detailOf(before, id, now).includes("samples")).toBe(asks),
  );
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

const sampleAt = (seconds: number, received: number, warm_count: number, hit_count = 0) => ({
  at: seconds * 1_000,
  received,
  count: { warm_count, hit_count },
});

it("nothing that came is a rate of zero, and less than before is no negative one", () => {
  const rates = pointsOf([sampleAt(0, 0, 0), sampleAt(60, 600, 0), sampleAt(120, 600, 0), sampleAt(180, 500, 0)], 10);
  expect(rates.map(({ rate }) => rate)).toEqual([0, 10, 0, 0, 0]);
});

it("samples of one moment make no infinite rate, and none make no point", () => {
  expect(pointsOf([sampleAt(0, 0, 0), sampleAt(0, 700, 0)], 10)[1]?.rate).toBe(700);
  expect(pointsOf([], 10)).toEqual([]);
});

it("a share is within all, and nothing of nothing", () => {
  expect(warmShare({ warm_count: 8, hit_count: 4 }, 10)).toBe(1);
  expect(warmShare({ warm_count: 0, hit_count: 0 }, 0)).toBe(0);
});
