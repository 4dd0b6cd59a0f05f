import { expect, it } from "vitest";
import { isAsWanted } from "../../../tools/warmth/hard.ts";
import { HARD_CASES } from "../../../tools/warmth/hard-cases.ts";

const notKept = { outcome: "not_kept", reason: "not_kept", says: /no-store/ } as const;

it("a failure must be of that kind, and say why", () => {
  const result = { ok: false, outcome: "not_kept", reason: "not_kept", error: "Cache-Control: no-store" } as const;
  expect(isAsWanted(result, notKept)).toBe(true);
  expect(isAsWanted({ ...result, error: "who knows" }, notKept)).toBe(false);
  expect(isAsWanted({ ...result, outcome: "warm" }, notKept)).toBe(false);
});

it("what is kept must have that very outcome", () => {
  expect(isAsWanted({ ok: true, outcome: "hit", reason: undefined }, { outcome: "hit" })).toBe(true);
  expect(isAsWanted({ ok: true, outcome: "warm", reason: undefined }, { outcome: "hit" })).toBe(false);
});

it("each case has a file of its own", () => {
  expect(new Set(HARD_CASES.map(({ file }) => file)).size).toBe(HARD_CASES.length);
});
