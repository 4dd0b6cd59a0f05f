import { expect, it } from "vitest";
import { TokenBucket } from "../../../tools/lab/world/token-bucket.ts";

it("grants what the rate has brought, and no more", () => {
  const bucket = new TokenBucket(1_000);
  expect(bucket.take(100)).toBe(0);
  bucket.fill(0.02);
  expect(bucket.take(15)).toBe(15);
  expect(bucket.take(15)).toBe(5);
});

it("keeps a moment's worth of what nobody took", () => {
  const bucket = new TokenBucket(1_000);
  bucket.fill(10);
  expect(bucket.take(1_000)).toBe(50);
});

it("may be without a limit", () => {
  const bucket = new TokenBucket(Number.POSITIVE_INFINITY);
  bucket.fill(0.01);
  expect(bucket.take(1e9)).toBe(1e9);
  expect(bucket.take(1e9)).toBe(1e9);
});
