import {
  addCount,
  addResult,
  type Count,
  type Counted,
  isNothing,
  minus,
  NO_COUNT,
} from "../../../domain/result/count.ts";
import { count } from "../../lambdas/items.ts";

const WARM: Counted = { ok: true, bytes: 7, outcome: "warm" };
const HIT: Counted = { ok: true, bytes: 7, outcome: "hit" };
const FAILED: Counted = { ok: false, bytes: 7, outcome: "failed" };

it.each<[string, Counted, Count]>([
  ["is warm", WARM, count(1, 7, 0, { warm_count: 1 })],
  ["is a hit", HIT, count(1, 7, 0, { hit_count: 1, no_tier_count: 1 })],
  [
    "is in the REC, as the tier says",
    { ...HIT, outcome: "regional", tier: "REC" },
    count(1, 7, 0, { regional_count: 1 }),
  ],
  ["is in the REC", { ...HIT, outcome: "regional" }, count(1, 7, 0, { regional_count: 1, no_tier_count: 1 })],
  [
    "was downloaded twice",
    { ...WARM, transferred_bytes: 15 },
    count(1, 7, 0, { warm_count: 1, transferred_bytes: 15 }),
  ],
  ["has failed at the second download", { ...FAILED, transferred_bytes: 9 }, count(1, 0, 1, { transferred_bytes: 9 })],
  ["is not kept", { ...FAILED, outcome: "not_kept" }, count(1, 0, 1, { not_kept_count: 1 })],
  ["is done", { ...WARM, outcome: "done" }, count(1, 7, 0)],
  ["has failed", FAILED, count(1, 0, 1)],
  ["is good, and has no outcome", { ok: true, bytes: 7 }, count(1, 7, 0)],
  ["is bad, and has no outcome", { ok: false, bytes: 7 }, count(1, 0, 1)],
  ["came uncompressed", { ...WARM, uncompressed: true }, count(1, 7, 0, { warm_count: 1, uncompressed_count: 1 })],
  ["came compressed", { ...WARM, uncompressed: false }, count(1, 7, 0, { warm_count: 1 })],
  ["is a hit of a known tier", { ...HIT, tier: "EDGE" }, count(1, 7, 0, { hit_count: 1 })],
  [
    "has another size than was probed",
    { ...WARM, size_changed: true },
    count(1, 7, 0, { warm_count: 1, size_changed_count: 1 }),
  ],
  ["has no Age", { ...HIT, warning: "no_age" }, count(1, 7, 0, { hit_count: 1, no_age_count: 1 })],
  ["has one Age", { ...HIT, warning: "age_constant" }, count(1, 7, 0, { hit_count: 1, age_constant_count: 1 })],
  ["has the origin's Age", { ...HIT, warning: "origin_age" }, count(1, 7, 0, { hit_count: 1, origin_age_count: 1 })],
  ["has failed with a warning", { ...FAILED, warning: "no_age" }, count(1, 0, 1)],
])("a result that %s adds to what it is, and can be taken back", (_, result, expected) => {
  const sum = { ...NO_COUNT };
  addResult(sum, result);
  expect(sum).toEqual(expected);
  addResult(sum, result, -1);
  expect(sum).toEqual(NO_COUNT);
});

it("counts add up and are taken apart, field by field", () => {
  const fields = Object.keys(NO_COUNT);
  const times = (factor: number): Count => ({
    ...NO_COUNT,
    ...Object.fromEntries(fields.map((field, i) => [field, factor * (i + 1)])),
  });
  const sum = times(2);
  addCount(sum, times(3));
  expect(sum).toEqual(times(5));
  expect(minus(sum, times(3))).toEqual(times(2));
  expect(isNothing(NO_COUNT)).toBe(true);
  for (const field of fields) expect(isNothing({ ...NO_COUNT, [field]: 1 }), field).toBe(false);
});
