// The whole function: what its steps come to when a run ends half way.

import { run, TASKS, world } from "./world.ts";

const item = { need_invalidate: true };
const settled = ({ requests, states, fleet, distributions }: ReturnType<typeof world>) => ({
  // These times differ from run to run.
  item: { ...requests.the(), sent_at: undefined, last_update_time: undefined },
  states: states(),
  capacity: fleet.capacity,
  invalidations: [...distributions.invalidations.keys()],
});

it("whatever happens a crash at any call, before or after its work, comes to the same once it is run again", async () => {
  const smooth = await run(world({ item }));
  expect(smooth.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
  expect(smooth.calls.length).toBeGreaterThan(20);
  for (const [n, call] of smooth.calls.entries()) {
    // A failed look-up is an answer: that POP does not resolve.
    if (call === "dns.addresses") continue;
    for (const when of ["before", "after"] as const) {
      const crashed = await run(world({ item, fault: (_, i) => (i === n ? when : undefined) }));
      const where = `${when} ${call} (${n})`;
      expect(settled(crashed), where).toEqual(settled(smooth));
      expect(new Set(crashed.tasks()), where).toEqual(new Set(TASKS));
    }
  }
});

it("whatever happens a step whose answer is lost is made, though the client's second try says that it was refused", async () => {
  const w = world();
  const advance = w.requests.advance.bind(w.requests);
  w.requests.advance = (...args) => advance(...args).then(() => false);
  await run(w);
  expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
  expect(w.tasks().toSorted()).toEqual(TASKS.toSorted());
});

it("whatever happens a stop at any call stands", async () => {
  const { calls } = await run(world({ item }));
  for (const [n, call] of calls.entries()) {
    const w = world({ item });
    w.before[call] = () => w.calls.length === n + 1 && w.requests.end("r1", "STOP");
    await run(w);
    expect([w.requests.the().status, w.requests.the().active]).toEqual(["STOPPED", undefined]);
  }
});
