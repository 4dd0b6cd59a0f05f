// A request with limits for its origin beside another one, in one agent.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AgentDeps } from "../../../agent/receive/agent.ts";
import { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { taskMessage } from "../task-messages.ts";
import { resultOf } from "./agent-world.ts";
import { MemoryLane, memoryAgent } from "./fleet-world.ts";

useVirtualClock();

const URLS = 20;

function messages(count: number, different: Partial<TaskMessage>): TaskMessage[] {
  const urls = (n: number) =>
    Array.from({ length: URLS }, (_, i) => ({ url: `https://www.example.com/${n}/${i}`, bytes: 1 }));
  return Array.from({ length: count }, (_, n) => taskMessage({ ...different, urls: urls(n) }));
}

const LIMITED = messages(300, { req_id: "limited", origin: { requests_per_second: 20 } });
const FREE = messages(200, { req_id: "free", host: "other.example" });

/** Runs an agent until all of the free request is done. @returns the seconds, and when each of the limited one was asked for */
async function run(waiting: readonly TaskMessage[]) {
  const origins = new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now });
  const asked: number[] = [];
  let free = 0;
  const download: AgentDeps["download"] = async (message, url, { throughput }) => {
    if (message.req_id === "limited") asked.push(Date.now());
    await sleep(20);
    throughput.addTask(false);
    if (message.req_id === "free") free++;
    return resultOf(message, url);
  };
  const lanes = { main: new MemoryLane(waiting), express: new MemoryLane() };
  const agent = memoryAgent({ lanes, download, origins });
  const since = performance.now();
  const ended = agent.serve();
  while (free < FREE.length * URLS) await sleep(10);
  const seconds = (performance.now() - since) / 1_000;
  agent.stop();
  await ended;
  return { seconds, asked };
}

test("messages that wait for their turns keep another request's out of no slot", async () => {
  const alone = await run(FREE);
  // Half of the limited ones come first, the others between.
  const [first, second] = [LIMITED.slice(0, 100), LIMITED.slice(100)];
  const mixed = [...first, ...FREE.flatMap((message, n) => [message, ...second.slice(n, n + 1)])];
  const beside = await run(mixed);
  expect(beside.seconds).toBeLessThan(1.2 * alone.seconds + 1);
});
