import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { deferred } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { resultOf } from "./agent-world.ts";
import { MemoryLane, memoryAgent, startAgent } from "./fleet-world.ts";

useVirtualClock();

const MB = 2 ** 20;
const LINK = 150 * MB;

/** Four agents, each a little after the one before, work through the messages. */
async function fleetOfFour(messages: readonly TaskMessage[], apartMs: number) {
  const lanes = { main: new MemoryLane(messages), express: new MemoryLane() };
  const tasks = messages.reduce((sum, { urls }) => sum + urls.length, 0);
  const started = performance.now();
  const agents: ReturnType<typeof startAgent>[] = [];
  for (let n = 0; n < 4; n++) {
    agents.push(startAgent(lanes, LINK));
    await sleep(apartMs);
  }
  await eventually(() => agents.reduce((sum, { done }) => sum + done.tasks, 0), { timeoutMs: 60_000 }).toBe(tasks);
  const seconds = (Math.max(...agents.map(({ done }) => done.endedAt)) - started) / 1_000;
  for (const { stop } of agents) stop();
  await Promise.all(agents.map(({ ended }) => ended));
  const bytes = agents.map(({ done }) => done.bytes);
  const total = bytes.reduce((a, b) => a + b, 0);
  return { seconds, ideal: total / (4 * LINK), share: Math.max(...bytes) / (total / 4), bytes };
}

test("four agents that start one after the other share 60 large files", { timeout: 90_000 }, async () => {
  const messages = Array.from({ length: 60 }, (_, i) =>
    taskMessage({ pop: `P${i}`, urls: [{ url: `u${i}`, bytes: (20 + (i % 4) * 20) * MB }] }),
  );
  const { seconds, ideal, share, bytes } = await fleetOfFour(messages, 300);
  expect(share, `${bytes}`).toBeLessThanOrEqual(1.5);
  // The last one starts 0.9 s after the first.
  expect(seconds).toBeLessThanOrEqual(1.25 * ideal + 0.9);
});

test("a small request does not wait for a huge one", { timeout: 60_000 }, async () => {
  const huge = (i: number) => taskMessage({ req_id: "huge", urls: [{ url: `h${i}`, bytes: 1_000 * MB }] });
  const lanes = { main: new MemoryLane(Array.from({ length: 20 }, (_, i) => huge(i))), express: new MemoryLane() };
  const agent = startAgent(lanes, LINK);
  await sleep(300);
  const urls = Array.from({ length: 50 }, (_, i) => ({ url: `s${i}`, bytes: 1_000 }));
  const began = performance.now();
  await lanes.express.send([taskMessage({ req_id: "small", urls })]);
  await eventually(() => agent.done.tasks).toBe(50);
  expect(performance.now() - began).toBeLessThan(2_000);
  // Two that run; those that wait are for others.
  expect(lanes.main.waiting.length).toBeGreaterThanOrEqual(16);
});

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
