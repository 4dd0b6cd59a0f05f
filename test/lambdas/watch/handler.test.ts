import { expect, test } from "vitest";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";

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
    requests: { active: async () => Array.from({ length: active }, () => ({}) as RequestItem) },
    fleet: { state: async () => ({ wanted, instances, inService }) },
    safetyNet: { recountForgotten: async () => [] },
    logger: { info: (...line) => void lines.push(line) },
    namespace: "Prewarm/test",
  })();
  expect(lines).toEqual([
    [
      "Fleet and work",
      {
        ...{ ActiveRequests: active, Instances: instances, WantedInstances: wanted },
        ...{ MissingInstances: missing, OrphanInstances: orphans, StuckRequests: 0 },
        ...(measured ? { _aws: expect.anything() } : {}),
      },
    ],
  ]);
});

test("requests that were forgotten are caught, after the fleet is told of, and named", async () => {
  const lines: unknown[][] = [];
  const active = [{ req_id: "r1" }, { req_id: "r2" }] as RequestItem[];
  await createHandler({
    requests: { active: async () => active },
    fleet: { state: async () => ({ wanted: 0, instances: 0, inService: 0 }) },
    safetyNet: {
      recountForgotten: async (items, now) => {
        expect(items).toBe(active);
        expect(Date.now() - now.getTime()).toBeLessThan(10_000);
        expect(lines).toHaveLength(1);
        return ["r2"];
      },
    },
    logger: { info: (...line) => void lines.push(line) },
    namespace: "Prewarm/test",
  })();
  expect(lines.slice(1)).toEqual([["Request was forgotten, a recount is asked for", { req_id: "r2" }]]);
});
