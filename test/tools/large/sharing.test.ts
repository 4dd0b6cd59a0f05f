import { expect, it } from "vitest";
import { evenness, shareOf } from "../../../tools/large/sharing.ts";

const passed = (bytes: number, firstAt?: number, lastAt?: number) => ({ bytes, firstAt, lastAt });

it("is measured from the first byte of any link to the last, and against what all links need", () => {
  const shared = shareOf([passed(60, 1_000, 9_000), passed(40, 3_000, 11_000)], 100, 10);
  expect(shared).toEqual({ bytes: [60, 40], seconds: 10, leastSeconds: 5 });
  expect(evenness(shared)).toEqual({ most: 1.2, late: 2 });
});

it("shows one agent that took all", () => {
  const shared = shareOf([passed(100, 0, 8_000), passed(0)], 100, 10);
  expect(evenness(shared)).toEqual({ most: 2, late: 1.6 });
});
