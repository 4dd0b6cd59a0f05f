import { type AdmittedFollower, FollowerGate } from "../../../agent/admit/follower-gate.ts";
import { turn } from "../deferred.ts";

const TASK = { reqId: "r1", pop: "BRU50-C1", lead: "ATH50-C1", url: "https://www.example.com/1" };

/** Followers that come at once. @returns those that have entered, in their order */
async function enter(gate: FollowerGate, ...tasks: Partial<typeof TASK>[]) {
  const entered: AdmittedFollower[] = [];
  for (const task of tasks) void gate.enter({ ...TASK, ...task }, true).then((follower) => entered.push(follower));
  await turn();
  return entered;
}

const needs = (entered: readonly AdmittedFollower[]) => entered.map(({ needsPermit }) => needsPermit);
const THREE_OBJECTS = [{ url: "1" }, { url: "2" }, { url: "3" }];
const THREE_POPS = [{ pop: "BRU50-C1" }, { pop: "BUD50-C1" }, { pop: "CAI50-P1" }];

test.each([
  ["a cache served it, the others follow without permits", "cache", false],
  ["nothing shows who served it, the catalogue is believed", undefined, false],
  ["the origin served it, each other one needs a permit", "origin", true],
] as const)("the first follower of a lead at a POP runs alone, with a permit; once %s", async (_, by, needed) => {
  const entered = await enter(new FollowerGate(), ...THREE_OBJECTS);
  expect(needs(entered)).toEqual([true]);
  entered[0]?.served(by);
  await turn();
  expect(needs(entered)).toEqual([true, needed, needed]);
});

test("a first follower that fails shows nothing: the next one runs alone", async () => {
  const entered = await enter(new FollowerGate(), ...THREE_OBJECTS);
  entered[0]?.leave();
  await turn();
  expect(needs(entered)).toEqual([true, true]);
  entered[1]?.served("cache");
  await turn();
  expect(needs(entered)).toEqual([true, true, false]);
});

test("the followers of an object at several POPs run one after the other, until their RECs are known", async () => {
  const gate = new FollowerGate();
  const entered = await enter(gate, ...THREE_POPS);
  expect(needs(entered)).toEqual([true]);
  // The lead has another REC. From now on, the object in the cache of the followers says nothing of the lead's.
  entered[0]?.served("origin");
  await turn();
  entered[1]?.served("cache");
  await turn();
  entered[2]?.served("cache");
  expect(needs(await enter(gate, ...THREE_POPS.map((task) => ({ ...task, url: "another" }))))).toEqual([true, true]);
});

test("after three objects whose hits show nothing, the followers of a wrong lead run at once, with permits", async () => {
  const gate = new FollowerGate();
  // The lead's REC is another one than the catalogue says, and this POP fetches each object first.
  const fetch = async (url: string) => {
    const follower = await gate.enter({ ...TASK, pop: "BUD50-C1", url }, true);
    follower.served("origin");
  };
  for (const url of ["1", "2", "3"]) {
    await fetch(url);
    const entered = await enter(gate, { url }, { url: "another" });
    expect(needs(entered)).toEqual([true]);
    entered[0]?.served("cache");
    await turn();
    // This one shows nothing at all.
    entered[1]?.leave();
  }
  await fetch("4");
  expect(needs(await enter(gate, { url: "4" }, { url: "5" }, { url: "6" }))).toEqual([true, true, true]);
  expect(gate.isMisplaced({ reqId: "r1", pop: TASK.pop, lead: TASK.lead })).toBe(false);
});

test("a hit shows nothing while a follower with a permit, for which nobody waits, may fill the same cache", async () => {
  const gate = new FollowerGate();
  (await gate.enter({ ...TASK, url: "1" }, true)).served("origin");
  const filling = await gate.enter({ ...TASK, url: "2" }, true);
  // Another POP of the REC that the first one is under, which is not the lead's.
  const other = await gate.enter({ ...TASK, pop: "BUD50-C1", url: "2" }, true);
  other.served("cache");
  filling.served("origin");
  expect((await gate.enter({ ...TASK, pop: "BUD50-C1", url: "3" }, true)).needsPermit).toBe(true);
});

test("requests are known one by one, and without limits nobody waits", async () => {
  const gate = new FollowerGate();
  (await gate.enter(TASK, true)).served("cache");
  expect((await gate.enter(TASK, true)).needsPermit).toBe(false);
  expect((await gate.enter({ ...TASK, reqId: "r2" }, true)).needsPermit).toBe(true);
  expect(needs(await Promise.all([1, 2, 3].map(() => gate.enter({ ...TASK, reqId: "r3" }, false))))).toEqual([
    ...[false, false, false],
  ]);
});

test("a POP is misplaced if another one shares the REC of its lead, or if it shares the REC of none of two leads", async () => {
  const gate = new FollowerGate();
  const show = async (lead: string, pop: string, by: "cache" | "origin") =>
    (await gate.enter({ ...TASK, lead, pop, url: `${lead} ${pop}` }, false)).served(by);
  const isMisplaced = (lead: string, pop: string) => gate.isMisplaced({ reqId: "r1", lead, pop });
  await show("A", "X", "origin");
  await show("X", "A", "origin");
  // Either may be.
  expect([isMisplaced("A", "X"), isMisplaced("X", "A")]).toEqual([false, false]);
  await show("A", "B", "cache");
  expect([isMisplaced("A", "X"), isMisplaced("X", "A")]).toEqual([true, false]);
  await show("B", "Y", "origin");
  await show("C", "Y", "origin");
  expect(isMisplaced("C", "Y")).toBe(true);
});

test("those that wait for a follower that is deferred are deferred with it, and those that come later are not", async () => {
  const gate = new FollowerGate();
  const first = await gate.enter(TASK, true);
  const waiting = gate.enter({ ...TASK, url: "2" }, true);
  const error = new Error("deferred");
  first.leave(error);
  await expect(waiting).rejects.toBe(error);
  await expect(gate.enter({ ...TASK, url: "3" }, true)).resolves.toMatchObject({ needsPermit: true });
});

test("nobody waits when the process stops", async () => {
  const gate = new FollowerGate();
  await gate.enter(TASK, true);
  const waiting = gate.enter({ ...TASK, url: "2" }, true);
  const error = new Error("stopped");
  gate.close(error);
  await expect(waiting).rejects.toBe(error);
  await expect(gate.enter({ ...TASK, url: "3" }, true)).rejects.toBe(error);
});
