import fc from "fast-check";
import {
  blockCount,
  counterShardCount,
  counterShardOf,
  inBlocks,
  popPlace,
} from "../../../domain/plan/counter-shards.ts";
import { times } from "../../collect.ts";

it.each([
  [0, 1],
  [1, 1],
  [10_000, 1],
  [10_001, 2],
  [600_000, 60],
  [640_001, 64],
  [24_000_000, 64],
])("the shards of counters: of a request with %i tasks: %i", (tasks, shards) =>
  expect(counterShardCount(tasks)).toBe(shards),
);

it("the shards of counters are all used, about equally, and a batch that is tried again goes to the same one", () => {
  const tokens = times(6_400, (i) => `token ${i}`);
  const used = new Map<number, number>();
  for (const token of tokens) {
    const shard = counterShardOf(token, 24_000_000);
    expect(counterShardOf(token, 24_000_000)).toBe(shard);
    used.set(shard, (used.get(shard) ?? 0) + 1);
  }
  expect([...used.keys()].sort((a, b) => a - b)).toEqual(times(64, (i) => i));
  expect(Math.max(...used.values())).toBeLessThan(200);
  expect(counterShardOf("any", 10_000)).toBe(0);
});

it.each([
  [0, 0, 0],
  [23, 0, 23],
  [24, 1, 0],
  [599, 24, 23],
])("blocks of POPs: the POP %i stands in block %i at place %i", (n, block, place) =>
  expect(popPlace(n)).toEqual({ block, place }),
);

it("blocks of POPs are as many as the POPs need", () =>
  expect([0, 1, 24, 25, 600, 1_000].map(blockCount)).toEqual([0, 1, 1, 2, 25, 42]));

it("blocks of POPs hold every change at a POP of the request, once, where it is looked for", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(700), { maxLength: 50 }), (numbers) => {
      const pops = times(600, (n) => `POP${n}`);
      const numberOf = new Map(pops.map((pop, n) => [pop, n]));
      const blocks = inBlocks(new Map(numbers.map((n) => [`POP${n}`, n])), numberOf);
      const found = [...blocks.values()].reduce((sum, places) => sum + places.size, 0);
      expect(found).toBe(numbers.filter((n) => n < 600).length);
      for (const n of numbers.filter((it) => it < 600)) {
        const { block, place } = popPlace(n);
        expect(blocks.get(block)?.get(place)).toBe(n);
      }
    }),
  );
});
