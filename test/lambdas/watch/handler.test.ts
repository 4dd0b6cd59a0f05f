import { expect, test } from "vitest";
import type { RequestItem } from "../../../contracts/request-item.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";

test.each([
  { what: "nothing runs", active: 0, wanted: 0, instances: 0, inService: 0, orphans: 0, missing: 0 },
  { what: "instances work", active: 2, wanted: 3, instances: 3, inService: 3, orphans: 0, missing: 0 },
  { what: "instances are left over", active: 0, wanted: 3, instances: 3, inService: 3, orphans: 3, missing: 0 },
  { what: "Spot has too few", active: 1, wanted: 5, instances: 3, inService: 2, orphans: 0, missing: 3 },
])("$what", async ({ active, wanted, instances, inService, orphans, missing }) => {
  const lines: unknown[] = [];
  await createHandler({
    requests: { active: async () => Array.from({ length: active }, () => ({}) as RequestItem) },
    fleet: { state: async () => ({ wanted, instances, inService }) },
    logger: { info: (...line) => void lines.push(line) },
  })();
  expect(lines).toEqual([["Fleet and work", { active, wanted, instances, missing, orphans }]]);
});
