import { type AdmittedFollower, FollowerGate } from "../../../agent/admit/follower-gate.ts";
import { turn } from "../deferred.ts";

const TASK = { reqId: "r1", pop: "BRU50-C1", lead: "ATH50-C1", url: "https://www.example.com/1" };

/** Followers that come at once. @returns those that have entered, in their order */
async function enter(gate: FollowerGate, ...tasks: Partial<typeof TASK>[]) {
  const entered: AdmittedFollower[] = [];
  for (const task of tasks) void gate.enter({ ...TASK, ...task }).then((follower) => entered.push(follower));
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
    const follower = await gate.enter({ ...TASK, pop: "BUD50-C1", url });
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
});

test("a hit shows nothing while a follower with a permit, for which nobody waits, may fill the same cache", async () => {
  const gate = new FollowerGate();
  (await gate.enter({ ...TASK, url: "1" })).served("origin");
  const filling = await gate.enter({ ...TASK, url: "2" });
  // Another POP of the REC that the first one is under, which is not the lead's.
  const other = await gate.enter({ ...TASK, pop: "BUD50-C1", url: "2" });
  other.served("cache");
  filling.served("origin");
  expect((await gate.enter({ ...TASK, pop: "BUD50-C1", url: "3" })).needsPermit).toBe(true);
});

test("requests are known one by one", async () => {
  const gate = new FollowerGate();
  (await gate.enter(TASK)).served("cache");
  expect((await gate.enter(TASK)).needsPermit).toBe(false);
  expect((await gate.enter({ ...TASK, reqId: "r2" })).needsPermit).toBe(true);
});

test("those that wait for a follower that is deferred are deferred with it, and those that come later are not", async () => {
  const gate = new FollowerGate();
  const first = await gate.enter(TASK);
  const waiting = gate.enter({ ...TASK, url: "2" });
  const error = new Error("deferred");
  first.leave(error);
  await expect(waiting).rejects.toBe(error);
  await expect(gate.enter({ ...TASK, url: "3" })).resolves.toMatchObject({ needsPermit: true });
});

test("nobody waits when the process stops", async () => {
  const gate = new FollowerGate();
  await gate.enter(TASK);
  const waiting = gate.enter({ ...TASK, url: "2" });
  const error = new Error("stopped");
  gate.close(error);
  await expect(waiting).rejects.toBe(error);
  await expect(gate.enter({ ...TASK, url: "3" })).rejects.toBe(error);
});
