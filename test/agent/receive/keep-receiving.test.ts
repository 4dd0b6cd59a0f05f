import { test, vi } from "vitest";
import { Prefetcher } from "../../../agent/receive/prefetcher.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { world } from "./agent-world.ts";

vi.mock("../../../agent/receive/return-to-queue.ts", async (original) => ({
  ...(await original<object>()),
  returnUnstarted: () => new Promise(() => undefined),
}));
useVirtualClock({ idleMs: 2 });

test("paused receivers go on while the depth of the queue cannot be read", async () => {
  const { start } = await world([]);
  const update = vi.spyOn(Prefetcher.prototype, "update");
  const { stop } = start();
  // Two queues, each second.
  await eventually(() => update.mock.calls.length).toBeGreaterThan(6);
  stop();
});
