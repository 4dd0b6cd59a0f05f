import { instanceKind } from "../../../domain/cost/prices.ts";
import { UNITS as USED, type Work, workTime } from "../../../domain/cost/work-time.ts";
import { measuredUnits } from "../../../tools/bench/scaling.ts";

const INSTANCE = instanceKind(["c7gn.large"]);

const UNITS = {
  agentCpuMicros: 100,
  fanOutTasksPerSecond: 100_000,
  aggregationCpuMicros: 10,
  getSizeUrlsPerSecond: 10_000,
  largeMBPerSecond: 1_600,
};

const WORK: Work = {
  tasks: 100,
  pops: ["SIN2-P1"],
  bytesPerPop: 1e6,
  requestsPerTask: 2,
  instances: 2,
  kind: INSTANCE,
  urlVariants: 10,
  distributions: 1,
  paths: 0,
  fetches: 20,
  originPerSecond: undefined,
  isRaisedLate: false,
};

it.each<[what: string, Partial<Work>, seconds: number, binds: string]>([
  ["a small one: its boot", {}, 75, "the start of instances"],
  ["large objects: the links", { bytesPerPop: 1e12 }, 875, "links of 2"],
  ["many instances: the distribution", { bytesPerPop: 1e14, instances: 300 }, 5_408, "150 Gbit/s"],
  ["small objects: the tables", { tasks: 1e6 }, 325, "new tables"],
  ["a slow origin", { fetches: 9_000, originPerSecond: 10 }, 1_075, "origin.requests_per_second"],
  ["many sizes", { urlVariants: 60_000, originPerSecond: 100 }, 615, "the size probes, which come first"],
  [
    "one core",
    { tasks: 1e6, instances: 1, kind: { ...INSTANCE, vcpus: 1 }, requestsPerTask: 60 },
    6_075,
    "CPU of 1 c7gn.large",
  ],
])("how long a request takes, and what binds: %s", (_, changes, expected, binds) => {
  const time = workTime({ ...WORK, ...changes }, UNITS);
  expect(time.binds).toContain(binds);
  expect(time.seconds).toBeCloseTo(expected, 0);
});

it("how long a request takes, and what binds: instances boot after an invalidation, and are not paid for while it runs", () => {
  const { seconds, instanceSeconds } = workTime({ ...WORK, paths: 6_000, isRaisedLate: true }, UNITS);
  expect(seconds).toBeCloseTo(15 + 180 + 60, 0);
  expect(instanceSeconds).toBeCloseTo(2 * (15 + 60), 0);
});

it("how long a request takes, and what binds: it does not end without an instance", () =>
  expect(workTime({ ...WORK, instances: 0 }, UNITS)).toMatchObject({ seconds: null, instanceSeconds: 0 }));

it.each(Object.entries(measuredUnits()))("%s is near what was measured last", (name, measured) => {
  const used = Object.entries(USED).find(([key]) => key === name)?.[1] ?? 0;
  expect(used / measured).toBeGreaterThan(0.7);
  expect(used / measured).toBeLessThan(1.4);
});
