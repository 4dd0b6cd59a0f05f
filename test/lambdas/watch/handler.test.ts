import { expect, test } from "vitest";
import { patienceOf } from "../../../domain/request/patience.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { request } from "../items.ts";

test.each([
  { what: "nothing runs", active: 0, wanted: 0, instances: 0, inService: 0, orphans: 0, missing: 0, measured: false },
  { what: "instances work", active: 2, wanted: 3, instances: 3, inService: 3, orphans: 0, missing: 0, measured: true },
  { what: "none has come", active: 1, wanted: 3, instances: 0, inService: 0, orphans: 0, missing: 3, measured: true },
  {
    what: "one is left over",
    active: 0,
    wanted: 0,
    instances: 1,
    inService: 0,
    orphans: 1,
    missing: 0,
    measured: true,
  },
  { what: "some are wanted", active: 0, wanted: 3, instances: 0, inService: 0, orphans: 0, missing: 3, measured: true },
  { what: "no instances", active: 1, wanted: 0, instances: 0, inService: 0, orphans: 0, missing: 0, measured: true },
  {
    what: "Spot has too few",
    active: 1,
    wanted: 5,
    instances: 3,
    inService: 2,
    orphans: 0,
    missing: 3,
    measured: true,
  },
])("$what", async ({ active, wanted, instances, inService, orphans, missing, measured }) => {
  const lines: unknown[][] = [];
  await createHandler({
    requests: { active: async () => Array.from({ length: active }, (_, i) => request({ req_id: `r${i}` })) },
    progress: new FakeProgress(),
    fleet: { state: async () => ({ wanted, instances, inService }) },
    safetyNet: { lookAtForgotten: async () => [], lookAtUnclosed: async () => [], callStepsAgain: async () => [] },
    patience: patienceOf(),
    logger: { info: (...line) => void lines.push(line) },
    namespace: "Prewarm/test",
  })();
  expect(lines).toEqual([
    [
      "Fleet and work",
      {
        ...{ ActiveRequests: active, Instances: instances, WantedInstances: wanted },
        // The requests are old, and nothing has ever come of them.
        ...{ MissingInstances: missing, OrphanInstances: orphans, StuckRequests: inService > 0 ? active : 0 },
        ...(measured ? { _aws: expect.anything() } : {}),
      },
    ],
  ]);
});

test("requests that were forgotten are caught, after the fleet is told of, and named", async () => {
  const lines: unknown[][] = [];
  const active = [request({ req_id: "r1" }), request({ req_id: "r2" })];
  const progress = new FakeProgress();
  progress.set("r1", { movedAt: 7 });
  await createHandler({
    requests: { active: async () => active },
    progress,
    fleet: { state: async () => ({ wanted: 0, instances: 0, inService: 0 }) },
    safetyNet: {
      lookAtForgotten: async (items, all, now) => {
        expect(items).toBe(active);
        expect([...all].map(([id, { movedAt }]) => [id, movedAt])).toEqual([
          ["r1", 7],
          ["r2", undefined],
        ]);
        expect(Date.now() - now.getTime()).toBeLessThan(10_000);
        expect(lines).toHaveLength(1);
        return ["r2"];
      },
      lookAtUnclosed: async () => ["r3"],
      callStepsAgain: async () => [["r1", "CREATED: its step is called again"]],
    },
    patience: patienceOf(),
    logger: { info: (...line) => void lines.push(line) },
    namespace: "Prewarm/test",
  })();
  expect(lines.slice(1)).toEqual([
    ["Request was forgotten, a look is asked for", { req_id: "r2" }],
    ["A step came to no end", { req_id: "r1", what: "CREATED: its step is called again" }],
    ["Request has ended and was not closed, a look is asked for", { req_id: "r3" }],
  ]);
});
