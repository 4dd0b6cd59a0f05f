// Requests that share an agent, and agents that share a queue.

import { setTimeout as sleep } from "node:timers/promises";
import type { AgentDeps } from "../../../agent/receive/agent.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { times } from "../../collect.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { deferred } from "../deferred.ts";
import { MemoryQueue } from "../memory-queue.ts";
import { taskMessage } from "../task-messages.ts";
import { goodAnswer, startAgent } from "./agent-world.ts";
import { urlOf } from "./work-world.ts";

useVirtualClock();

/** Each object is requested once. */
const ONCE = { verify: "off", downloads: 1 } as const;
const MB = 2 ** 20;
const LINK = 150 * MB;

/** An agent behind a link of its own, which its downloads share evenly. */
function startLinked(queues: { readonly main: MemoryQueue; readonly express?: MemoryQueue }) {
  const done = { bytes: 0, tasks: 0, endedAt: 0 };
  let running = 0;
  const fetch: AgentDeps["fetch"] = async (request) => {
    const { expectedBytes, cancellation, throughput } = request;
    running++;
    let before = performance.now();
    for (let left = expectedBytes ?? 0; left > 0 && !cancellation.cancelled; ) {
      await sleep(10);
      const now = performance.now();
      const came = Math.min(left, (LINK / running) * ((now - before) / 1_000));
      before = now;
      left -= came;
      throughput.addBytes(came);
    }
    running--;
    done.bytes += expectedBytes ?? 0;
    done.tasks++;
    done.endedAt = performance.now();
    return goodAnswer(request);
  };
  return { done, ...startAgent({ ...queues, fetch }) };
}

test("four agents that start one after the other share 60 large files", { timeout: 90_000 }, async () => {
  const messages = times(60, (n) =>
    taskMessage({ ...ONCE, pop: `P${n}`, urls: [{ url: urlOf(`u${n}`), bytes: (20 + (n % 4) * 20) * MB }] }),
  );
  const main = new MemoryQueue(messages);
  const started = performance.now();
  const agents: ReturnType<typeof startLinked>[] = [];
  for (let n = 0; n < 4; n++) {
    agents.push(startLinked({ main }));
    await sleep(300);
  }
  const sum = (of: "tasks" | "bytes") => agents.reduce((total, { done }) => total + done[of], 0);
  await eventually(() => sum("tasks"), { timeoutMs: 60_000 }).toBe(60);
  for (const { stop } of agents) stop();
  await Promise.all(agents.map(({ ended }) => ended));
  const bytes = agents.map(({ done }) => done.bytes);
  expect(Math.max(...bytes), `${bytes}`).toBeLessThanOrEqual((1.5 * sum("bytes")) / 4);
  // The last one starts 0.9 s after the first.
  const seconds = (Math.max(...agents.map(({ done }) => done.endedAt)) - started) / 1_000;
  expect(seconds).toBeLessThanOrEqual((1.25 * sum("bytes")) / (4 * LINK) + 0.9);
});

test("a small request does not wait for a huge one", { timeout: 60_000 }, async () => {
  const huge = (n: number) =>
    taskMessage({ ...ONCE, req_id: "huge", urls: [{ url: urlOf(`h${n}`), bytes: 1_000 * MB }] });
  const main = new MemoryQueue(times(20, (n) => huge(n)));
  const express = new MemoryQueue();
  const { done } = startLinked({ main, express });
  await sleep(300);
  const urls = times(50, (n) => ({ url: urlOf(`s${n}`), bytes: 1_000 }));
  await express.send([taskMessage({ ...ONCE, req_id: "small", urls })]);
  await eventually(() => done.tasks, { timeoutMs: 2_000 }).toBe(50);
  // Two that run; those that wait are for others.
  expect(main.waiting.length).toBeGreaterThanOrEqual(16);
});

test("while the depth of the main queue is being read, more messages are received if nothing starts", async () => {
  const messages = (large: readonly number[]) =>
    times(200, (n) =>
      taskMessage({ ...ONCE, urls: [{ url: urlOf(String(n)), bytes: large.includes(n) ? 2 ** 30 : 1 }] }),
    );
  const outage = deferred();
  let depthReads = 0;
  const depth = async () => {
    depthReads++;
    await outage.promise;
    return { available: 0, delayed: 0, inFlight: 0 };
  };
  // An adapted limit updates the prefetchers, too. That of large files is not adapted: both slots are in use, so it needs the depth.
  const main = Object.assign(new MemoryQueue(messages([1, 2])), { depth });
  const express = new MemoryQueue(messages([]));
  const { stop, ended } = startAgent({
    main,
    express,
    fetch: async (request) => {
      // That of small files is not adapted for ten seconds: one has ended, and it waits for more to end.
      if (request.target.href !== urlOf("0")) await outage.promise;
      return goodAnswer(request);
    },
  });
  await sleep(4_500);
  expect(depthReads).toBeGreaterThan(0);
  const [inMain, inExpress] = [main.received, express.received];
  // After five seconds without a start, up to four batches may wait. In the main queue, half a batch waits: less than ten had been missing.
  await sleep(4_000);
  expect([main.received, express.received]).toEqual([inMain + 35, inExpress + 30]);
  stop();
  outage.resolve();
  await ended;
});

/** Seconds until an agent has done all of 200 messages without limits for their origin, among these. */
async function secondsFor(messages: readonly TaskMessage[]): Promise<number> {
  let free = 0;
  const fetch: AgentDeps["fetch"] = async (request) => {
    await sleep(20);
    if (request.message.req_id === "free") free++;
    return goodAnswer(request);
  };
  const since = performance.now();
  const { stop, ended } = startAgent({ main: new MemoryQueue(messages), fetch });
  while (free < 4_000) await sleep(10);
  const seconds = (performance.now() - since) / 1_000;
  stop();
  await ended;
  return seconds;
}

test("messages that wait for their turns at an origin keep another request's out of no slot", async () => {
  const messages = (count: number, different: Partial<TaskMessage>) =>
    times(count, (n) => {
      const urls = times(20, (i) => ({ url: `https://www.example.com/${n}/${i}`, bytes: 1 }));
      return taskMessage({ ...ONCE, ...different, urls });
    });
  const limited = messages(300, { req_id: "limited", origin: { requests_per_second: 20 } });
  const free = messages(200, { req_id: "free", host: "other.example" });
  // Half of the limited ones come first, the others between.
  const mixed = free.flatMap((message, n) => [message, ...limited.slice(100 + n, 101 + n)]);
  const alone = await secondsFor(free);
  expect(await secondsFor([...limited.slice(0, 100), ...mixed])).toBeLessThan(1.2 * alone + 1);
});
