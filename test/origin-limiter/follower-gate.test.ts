import { expect, test } from "vitest";
import { FollowerGate } from "../../agent/origin/follower-gate.ts";

/** Enters three followers at once. @returns which of them have entered, and the first */
async function three(gate: FollowerGate, pop = "SIN2-P1") {
  const entered: { readonly needsPermit: boolean; leave(isFromCache: boolean | undefined): void }[] = [];
  for (let n = 0; n < 3; n++) void gate.enter("r1", pop).then((follower) => entered.push(follower));
  await settled();
  return entered;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("the first follower at a POP runs alone, with a permit; once the REC has served it, the others follow without permits", async () => {
  const gate = new FollowerGate();
  const entered = await three(gate);
  expect(entered.map(({ needsPermit }) => needsPermit)).toEqual([true]);
  entered[0]?.leave(true);
  await settled();
  expect(entered.map(({ needsPermit }) => needsPermit)).toEqual([true, false, false]);
});

test("if the origin served the first follower, each other one needs a permit", async () => {
  const gate = new FollowerGate();
  const entered = await three(gate);
  entered[0]?.leave(false);
  await settled();
  expect(entered.map(({ needsPermit }) => needsPermit)).toEqual([true, true, true]);
});

test("a first follower that fails shows nothing: the next one runs alone", async () => {
  const gate = new FollowerGate();
  const entered = await three(gate);
  entered[0]?.leave(undefined);
  await settled();
  expect(entered.map(({ needsPermit }) => needsPermit)).toEqual([true, true]);
  entered[1]?.leave(true);
  await settled();
  expect(entered.map(({ needsPermit }) => needsPermit)).toEqual([true, true, false]);
});

test("POPs and requests are confirmed one by one, and forgotten with their request", async () => {
  const gate = new FollowerGate();
  (await gate.enter("r1", "SIN2-P1")).leave(true);
  expect((await gate.enter("r1", "SIN2-P1")).needsPermit).toBe(false);
  expect((await gate.enter("r1", "SIN52-C2")).needsPermit).toBe(true);
  expect((await gate.enter("r2", "SIN2-P1")).needsPermit).toBe(true);
  gate.delete("r1");
  expect((await gate.enter("r1", "SIN2-P1")).needsPermit).toBe(true);
});
