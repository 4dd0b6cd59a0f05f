import { expect, test } from "vitest";
import { named, ownerOf } from "../../../domain/origin/owner.ts";

const FIRST = 76_500_000_000;
const turns = Array.from({ length: 6_000 }, (_, n) => FIRST + n);
const names = (count: number) => Array.from({ length: count }, (_, n) => named(`i-0abc${n}#${n % 2}`));
const owners = (count: number) => turns.map((turn) => ownerOf(turn, names(count)));

test.each([1, 2, 3, 7, 40])("%i processes own about as many turns each", (count) => {
  const owned = new Map<string | undefined, number>();
  for (const owner of owners(count)) owned.set(owner, (owned.get(owner) ?? 0) + 1);
  expect(owned.size).toBe(count);
  const fair = turns.length / count;
  for (const own of owned.values()) expect(Math.abs(own - fair)).toBeLessThan(5 * Math.sqrt(fair));
});

test("who comes takes turns, and moves none between the others; so the other way round for who goes", () => {
  const [before, after] = [owners(5), owners(6)];
  const newcomer = names(6)[5]?.name;
  expect(after.filter((owner, n) => owner !== before[n] && owner !== newcomer)).toEqual([]);
});

test("nobody owns a turn that nobody shares", () => {
  expect(ownerOf(FIRST, [])).toBeUndefined();
});
