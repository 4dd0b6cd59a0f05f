import { expect, test } from "vitest";
import { decideResize } from "../../../lambdas/api/instances.ts";
import { request } from "../items.ts";

interface Case {
  readonly what: string;
  /** Wishes of the requests that go on: `a`, `b`, … */
  readonly wishes: readonly number[];
  readonly asked: number;
  readonly stops?: boolean;
  readonly capacity?: number;
  readonly changes?: Record<string, number>;
  readonly paused?: string[];
  readonly resumed?: string[];
  readonly kept?: string[];
}

test.each<Case>([
  { what: "nothing is active", wishes: [], asked: 3 },
  { what: "up", wishes: [1, 2], asked: 3, changes: { a: 3, b: 3 } },
  { what: "down", wishes: [5, 3], asked: 3, changes: { a: 3 } },
  { what: "a pause", wishes: [5, 3], asked: 0, changes: { a: 0, b: 0 }, paused: ["a", "b"] },
  { what: "a pause, said again", wishes: [0, 0], asked: 0, paused: ["a", "b"] },
  { what: "it goes on", wishes: [0, 0], asked: 2, changes: { a: 2, b: 2 }, resumed: ["a", "b"] },
  { what: "a stop of the last one", wishes: [], asked: 0, stops: true },
  { what: "a stop, and instances that stay", wishes: [], asked: 2, stops: true },
  {
    what: "a stop that would take another one's",
    wishes: [4, 1],
    asked: 0,
    stops: true,
    capacity: 4,
    kept: ["a", "b"],
  },
  { what: "a stop with fewer than another needs", wishes: [4], asked: 2, stops: true, capacity: 4, kept: ["a"] },
  { what: "a stop with as many as another needs", wishes: [2], asked: 2, stops: true },
  { what: "a stop with more", wishes: [1, 2], asked: 3, stops: true, changes: { a: 3, b: 3 } },
  { what: "a stop beside a paused one", wishes: [0], asked: 0, stops: true, paused: ["a"] },
  { what: "a stop that resumes one", wishes: [0], asked: 1, stops: true, changes: { a: 1 }, resumed: ["a"] },
])("$what: $wishes, asked for $asked", ({ wishes, asked, stops = false, ...rest }) => {
  const { capacity = asked, changes = {}, paused = [], resumed = [], kept = [] } = rest;
  const active = wishes.map((instance_count, i) =>
    request({ req_id: "abc"[i] ?? "", status: "IN_PROGRESS", instance_count }),
  );
  const resize = decideResize(active, asked, stops);
  const said = (what: string, ids: readonly string[]) => (ids.length === 0 ? [] : [`${what}: ${ids.join(", ")}`]);
  expect(resize.capacity).toBe(capacity);
  expect(Object.fromEntries(resize.changed.map((it) => [it.req_id, it.instance_count]))).toEqual(changes);
  expect(resize.remarks).toEqual([
    ...said(`not ${asked}, because requests that go on need more`, kept),
    ...said("paused until there are instances again", paused),
    ...said("resumed", resumed),
  ]);
});

test("one that invalidates first needs none yet, and keeps its wish", () => {
  const waits = request({ req_id: "a", status: "CHECK_POP", need_invalidate: true, instance_count: 5 });
  expect(decideResize([waits], 0, true)).toEqual({ capacity: 0, changed: [], remarks: [] });
});
