import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { useVirtualClock } from "../../virtual-clock.ts";
import { deferred } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { resultOf } from "./agent-world.ts";
import { MemoryLane, memoryAgent } from "./fleet-world.ts";

useVirtualClock();

test("while the depth of the main queue is being read, more messages are received if nothing starts", async () => {
  const messages = (large: readonly number[]) =>
    Array.from({ length: 200 }, (_, n) =>
      taskMessage({ urls: [{ url: `/${n}`, bytes: large.includes(n) ? 2 ** 30 : 1 }] }),
    );
  const outage = deferred();
  let depthReads = 0;
  const depth = async () => {
    depthReads++;
    await outage.promise;
    return { available: 0, delayed: 0, inFlight: 0 };
  };
  // An adapted limit updates the prefetchers, too. That of large files is not adapted: both slots are in use, so it needs the depth.
  const main = Object.assign(new MemoryLane(messages([1, 2])), { depth });
  const express = new MemoryLane(messages([]));
  const agent = memoryAgent({
    lanes: { main, express },
    download: async (message, url, { throughput }) => {
      // That of small files is not adapted for ten seconds: one has ended, and it waits for more to end.
      if (url.url === "/0") throughput.addTask(false);
      else await outage.promise;
      return resultOf(message, url);
    },
  });
  const ended = agent.serve();
  const waiting = () => ({ main: main.waiting.length, express: express.waiting.length });
  await sleep(4_500);
  expect(depthReads).toBeGreaterThan(0);
  const before = waiting();
  // After five seconds without a start, up to four batches may wait.
  await sleep(4_000);
  expect(waiting()).toEqual({ main: before.main - 30, express: before.express - 30 });
  agent.stop();
  outage.resolve();
  await ended;
});
