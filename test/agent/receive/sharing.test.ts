// Requests that share an agent, and agents that share a queue.

import { setTimeout as sleep } from "node:timers/promises";
import type { AgentDeps } from "../../../agent/receive/agent.ts";
import { times } from "../../collect.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
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
