import { describe as describePlace } from "../../../console/map/describe.ts";
import { linesOf } from "../../../console/map/lines.ts";
import { type Mark, metrosOf, type Placed, recsOf } from "../../../console/map/metros.ts";
import { sectorsOf } from "../../../console/map/sectors.ts";
import { legendOf, markOf } from "../../../console/map/state-marks.ts";
import { stateOfMetros } from "../../../console/map/state-of-metros.ts";
import { readerOf } from "../../../console/session/reader.ts";
import { formReaderOf } from "../../../console/words/form-reader.ts";
import { NO_TASK_STATES } from "../../../domain/readiness/task-states.ts";

const NOW = Date.UTC(2026, 10, 25);
const pop = (code: string, rec: string | null, last_resolved_at: string | null = null): Placed => ({
  code,
  rec,
  last_resolved_at,
});

const POPS = [
  pop("NRT51-P2", "Tokyo", "2026-11-24 03:00:00.000000"),
  pop("NRT57-P3", "Tokyo"),
  pop("KIX50-P2", "Tokyo", "2026-08-01 03:00:00.000000"),
  pop("PVG52-E1", null),
  pop("XXX1-P1", null),
];

test("metros have the POPs of their site, and are asleep if the last of them resolved 30 days ago", () => {
  const metros = metrosOf(POPS, NOW);
  expect(metros.map(({ id, pops, isAsleep }) => [id, pops.length, isAsleep])).toEqual([
    ["NRT", 2, false],
    ["KIX", 1, true],
    // Nobody has asked for it.
    ["PVG", 1, false],
  ]);
});

test("metros: a site without a place on the map has no mark", () =>
  expect(metrosOf([pop("XXX1-P1", null)], NOW)).toEqual([]));

test("a REC has all POPs that it serves; those without one are in none", () =>
  expect(recsOf(POPS).map(({ id, pops }) => [id, pops])).toEqual([["Tokyo", ["NRT51-P2", "NRT57-P3", "KIX50-P2"]]]));

test("a line leads from the REC to each metro with a chosen POP", () => {
  const lines = linesOf(metrosOf(POPS, NOW), recsOf(POPS), new Set(["KIX50-P2", "PVG52-E1"]));
  expect(lines.map(({ key }) => key)).toEqual(["Tokyo KIX"]);
  expect(linesOf(metrosOf(POPS, NOW), recsOf(POPS), new Set())).toEqual([]);
});

test("a metro's states are the sum of its POPs'; a POP without a place is told apart", () => {
  const { metros, unplaced } = stateOfMetros([
    { pop: "NRT51-P2", outcomes: { ...NO_TASK_STATES, warm: 5, failed: 1 } },
    { pop: "NRT57-P3", outcomes: { ...NO_TASK_STATES, warm: 2, waiting: 4 } },
    { pop: "XXX1-P1", outcomes: NO_TASK_STATES },
  ]);
  expect(metros).toHaveLength(1);
  expect(metros[0]?.outcomes).toEqual({ ...NO_TASK_STATES, warm: 7, failed: 1, waiting: 4 });
  expect(unplaced).toEqual(["XXX1-P1"]);
});

test("a metro's mark is a disc, at the end the shape of what is bad there, and both while it is under way", () => {
  expect(markOf({ ...NO_TASK_STATES, warm: 3 })).toEqual({ disc: true, bad: undefined });
  expect(markOf({ ...NO_TASK_STATES, warm: 3, failed: 1, not_kept: 1 })).toEqual({ disc: false, bad: "failed" });
  expect(markOf({ ...NO_TASK_STATES, warm: 3, not_kept: 1, waiting: 2 })).toEqual({ disc: true, bad: "not_kept" });
});

test("a metro's mark is in the legend with the same shape, and nothing else is", () => {
  const order = ["warm", "not_kept", "failed", "waiting"] as const;
  const fine = { ...NO_TASK_STATES, warm: 3 };
  const failed = { ...NO_TASK_STATES, hit: 3, failed: 1, not_kept: 1 };
  expect(legendOf([fine, failed], order)).toEqual(["warm", "failed"]);
  expect(legendOf([{ ...failed, waiting: 1 }], order)).toEqual(["not_kept", "failed", "waiting"]);
});

test("a disc's parts stand in the order of the bars", () =>
  expect(sectorsOf({ ...NO_TASK_STATES, waiting: 1, warm: 1, failed: 1 }).map(({ outcome }) => outcome)).toEqual([
    ...["warm", "failed", "waiting"],
  ]));

test("a disc's parts: one state is a whole disc, no task is none", () => {
  expect(sectorsOf({ ...NO_TASK_STATES, warm: 3 })).toHaveLength(1);
  expect(sectorsOf(NO_TASK_STATES)).toEqual([]);
});

test("a disc's parts: a single failure of many is seen", () => {
  const failed = sectorsOf({ ...NO_TASK_STATES, warm: 100_000, failed: 1 }).at(-1)?.path ?? "";
  expect(failed).toMatch(/^M0 0L-0\.6/);
});

const reader = formReaderOf(readerOf({ language: "en", theme: "auto", shortcuts: false }, "UTC"));
const mark = (changes: Partial<Mark>): Mark => ({
  kind: "metro",
  id: "SIN",
  x: 1,
  y: 2,
  radius: 3,
  rec: "Singapore",
  pops: ["SIN2-P1", "SIN2-P2", "SIN52-C2"],
  isAsleep: false,
  ...changes,
});

test.each([
  [{}, { title: "Singapore", code: "SIN", says: "1 of 3 POPs, regional edge cache Singapore" }],
  [
    { isAsleep: true, rec: undefined },
    { title: "Singapore", code: "SIN", says: `1 of 3 POPs, REC unknown, ${reader.say("notLately")}` },
  ],
  [{ id: "QQQ" }, { title: "QQQ", code: "QQQ", says: "1 of 3 POPs, regional edge cache Singapore" }],
  [
    { kind: "rec", id: "Mumbai" },
    { title: "Mumbai", code: "REC", says: "1 of 3 POPs" },
  ],
] as const)("what is said of a place: %o", (changes, said) =>
  expect(describePlace(mark(changes), new Set(["SIN2-P2"]), reader)).toEqual(said),
);
