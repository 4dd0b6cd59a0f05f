import { instanceKind } from "../../../domain/cost/prices.ts";
import { secondsToWrite, UNITS as USED, type Work, workTime } from "../../../domain/cost/work-time.ts";
import { keptUnits } from "../../../tools/bench/report.ts";

const INSTANCE = instanceKind(["c7gn.large"]);

const UNITS = { agentCpuMicros: 100, largeMBPerSecond: 1_600 };

const traffic = (tasks: number, requests: number, bytes: number): Work["traffic"] => [
  { pop: "SIN2-P1", tasks, size: bytes, requests, bytes },
];

const WORK: Work = {
  traffic: traffic(100, 100, 1e6),
  instances: 2,
  kind: INSTANCE,
  objects: 10,
  distributions: 1,
  paths: 0,
  fetches: 20,
  originPerSecond: undefined,
  isRaisedLate: false,
};

it.each<[what: string, Partial<Work>, seconds: number, binds: string]>([
  ["a small one: its boot", {}, 80, "the start of instances"],
  ["large objects: the links", { traffic: traffic(100, 300, 1e12) }, 880, "links of 2"],
  ["many instances: the distribution", { traffic: traffic(100, 300, 1e14), instances: 300 }, 5_413, "150 Gbit/s"],
  ["small objects: the tables", { traffic: traffic(1e6, 2e6, 1e6) }, 330, "new tables"],
  ["a slow origin", { fetches: 9_000, originPerSecond: 10 }, 1_080, "origin.requests_per_second"],
  ["many sizes", { objects: 60_000, originPerSecond: 100 }, 620, "the size probes, which come first"],
  [
    "one core",
    { traffic: traffic(1e6, 6e7, 1e6), instances: 1, kind: { ...INSTANCE, vcpus: 1 } },
    6_080,
    "CPU of 1 c7gn.large",
  ],
])("how long a request takes, and what binds: %s", (_, changes, expected, binds) => {
  const time = workTime({ ...WORK, ...changes }, UNITS);
  expect(time.binds).toContain(binds);
  expect(time.seconds).toBeCloseTo(expected, 0);
});

it("how long a request takes, and what binds: instances boot after an invalidation, and are not paid for while it runs", () => {
  const { seconds, instanceSeconds } = workTime({ ...WORK, paths: 6_000, isRaisedLate: true }, UNITS);
  expect(seconds).toBeCloseTo(20 + 180 + 60, 0);
  expect(instanceSeconds).toBeCloseTo(2 * (20 + 60), 0);
});

it("how long a request takes, and what binds: it does not end without an instance", () =>
  expect(workTime({ ...WORK, instances: 0 }, UNITS)).toMatchObject({ seconds: null, instanceSeconds: 0 }));

it.each([
  [4_000, 1],
  [7_200_000, 1_800],
  [7_200_000 + 8_000, 1_801],
  [24_000_000, 1_800 + 1_800 + 150],
])("a new table takes %d writes in %d s", (writes, seconds) => expect(secondsToWrite(writes)).toBeCloseTo(seconds, 6));

const MEASURED = Object.entries(keptUnits());
it.each(
  Object.entries(USED).flatMap(([name, used]) =>
    MEASURED.flatMap(([it, value]) => (it === name ? [[name, used / value] as const] : [])),
  ),
)("%s is near what was measured last", (_, ratio) => {
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.4);
});
