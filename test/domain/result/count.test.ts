import { describe, expect, it } from "vitest";
import { addCount, addResult, isNothing, minus, NO_COUNT } from "../../../domain/result/count.ts";
import { count } from "../../lambdas/items.ts";

describe("a result", () => {
  it.each([
    ["warm", true, count(1, 7, 0, { warm_count: 1 })],
    ["hit", true, count(1, 7, 0, { hit_count: 1 })],
    ["not_kept", false, count(1, 0, 1, { not_kept_count: 1 })],
    ["done", true, count(1, 7, 0)],
    ["failed", false, count(1, 0, 1)],
    [undefined, true, count(1, 7, 0)],
    [undefined, false, count(1, 0, 1)],
  ] as const)("that is %s (good: %s) adds to what it is, and can be taken back", (outcome, ok, expected) => {
    const sum = { ...NO_COUNT };
    addResult(sum, { ok, bytes: 7, outcome });
    expect(sum).toEqual(expected);
    addResult(sum, { ok, bytes: 7, outcome }, -1);
    expect(isNothing(sum)).toBe(true);
  });
});

it("a result that came uncompressed, or from the origin past its REC, adds to that too, and can be taken back", () => {
  const sum = { ...NO_COUNT };
  const seen = { ok: true, bytes: 7, outcome: "warm", uncompressed: true, rec_miss: true } as const;
  addResult(sum, seen);
  expect(sum).toEqual(count(1, 7, 0, { warm_count: 1, uncompressed_count: 1, rec_miss_count: 1 }));
  addResult(sum, seen, -1);
  expect(isNothing(sum)).toBe(true);
  addResult(sum, { ...seen, uncompressed: false, rec_miss: false });
  expect(sum).toEqual(count(1, 7, 0, { warm_count: 1 }));
});

it.each(["no_age", "age_constant", "origin_age"] as const)(
  "a hit with the warning %s adds to its count, too",
  (warning) => {
    const sum = { ...NO_COUNT };
    const hit = { ok: true, bytes: 7, outcome: "hit", warning } as const;
    addResult(sum, hit);
    expect(sum).toEqual(count(1, 7, 0, { hit_count: 1, [`${warning}_count`]: 1 }));
    addResult(sum, hit, -1);
    expect(isNothing(sum)).toBe(true);
    addResult(sum, { ...hit, ok: false, outcome: "failed" });
    expect(sum).toEqual(count(1, 0, 1));
  },
);

it("counts add up and are taken apart, field by field", () => {
  const [one, other] = [
    count(9, 90, 3, { warm_count: 4, hit_count: 2, not_kept_count: 1, uncompressed_count: 2, rec_miss_count: 3 }),
    count(1, 2, 3, { warm_count: 3, hit_count: 5, not_kept_count: 7, uncompressed_count: 4, rec_miss_count: 5 }),
  ];
  const outcomes = { warm_count: 7, hit_count: 7, not_kept_count: 8 };
  const seen = { uncompressed_count: 6, rec_miss_count: 8 };
  const both = { ...one };
  addCount(both, other);
  expect(both).toEqual(count(10, 92, 6, { ...outcomes, ...seen }));
  expect(minus(both, other)).toEqual(one);
  expect([isNothing(one), isNothing(minus(one, one))]).toEqual([false, true]);
  for (const field of [
    "download_count",
    "hit_count",
    "not_kept_count",
    "uncompressed_count",
    "rec_miss_count",
  ] as const)
    expect(isNothing({ ...NO_COUNT, [field]: 1 })).toBe(false);
});
