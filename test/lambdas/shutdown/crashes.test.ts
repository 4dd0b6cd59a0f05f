// The whole function: what its steps come to when a run ends half way.

import { describe, expect, it } from "vitest";
import { MAX_REQUEUES } from "../../../domain/request/lifecycle.ts";
import { A, ONE_MISSING, PAST, STILL, world } from "./world.ts";

type World = ReturnType<typeof world>;

describe("whatever happens", () => {
  const given = {
    FINISHED: {},
    TIMEOUT: { results: ONE_MISSING, item: { timeout_at: PAST, download_count: 3 } },
    "FINISHED, with a task given up": { results: ONE_MISSING, item: { ...STILL, requeues: MAX_REQUEUES } },
    STOPPED: { item: { status: "STOPPED", active: undefined, closing: "y" } },
  } as const;

  /** Calls the handler for the check and for the one that the end requests, each time again if it failed. */
  async function run(w: World) {
    for (let i = 0; i < 2; i++) await w.handle().catch(() => w.handle());
    return w;
  }

  it.each(Object.entries(given))("%s: a crash at any call comes to the same once it is run again", async (_, how) => {
    const end = ({ requests, report, timer, fleet, queue }: World) => ({
      item: requests.the(),
      report: report(),
      rest: [timer.schedules.size, fleet.capacity, queue.messages.length],
    });
    const smooth = await run(world(how));
    expect(smooth.requests.the()).toMatchObject({ closed: true, announced: true });
    expect(smooth.said).toHaveLength(1);
    expect(smooth.calls.length).toBeGreaterThan(7);
    for (const [n, call] of smooth.calls.entries()) {
      for (const when of ["before", "after"] as const) {
        const crashed = await run(world({ ...how, fault: (_, i) => (i === n ? when : undefined) }));
        const where = `${when} ${call} (${n})`;
        expect(end(crashed), where).toEqual(end(smooth));
        // Once, unless nobody can tell whether it was said before: then once more, with the same words.
        expect(crashed.said.length + crashed.buried.length, where).toBeGreaterThan(0);
        expect(new Set(crashed.said.map(({ req_id, status }) => `${req_id} ${status}`)).size).toBeLessThan(2);
      }
    }
  });

  it("a requeue that crashes queues what is missing all the same, then or the next time", async () => {
    const how = { results: ONE_MISSING, item: STILL };
    const { calls } = await run(world(how));
    for (const n of calls.keys()) {
      const crashed = await run(world({ ...how, fault: (_, i) => (i === n ? "after" : undefined) }));
      // Who has taken the right to it and dies before it is sent has used it up: the next one comes after the same wait.
      for (let i = 0; crashed.queue.messages.length === 0 && i < 3; i++) {
        crashed.later(20 * 60_000);
        await crashed.handle();
      }
      expect(crashed.queue.messages.map(({ pop, urls }) => [pop, urls[0]?.url])).toEqual([["SIN2-P1", A]]);
      expect(crashed.requests.the().status).toBe("IN_PROGRESS");
    }
  });
});
