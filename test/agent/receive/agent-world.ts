import { Agent, type AgentDeps } from "../../../agent/receive/agent.ts";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { fakeDeadLetters, fakeHeartbeats, fakeOrigins, fakeStore, logger } from "../fake-deps.ts";
import { MemoryQueue } from "../memory-queue.ts";
import { taskMessage } from "../task-messages.ts";
import { nameOf, urlOf } from "./work-world.ts";

/** An exchange that is good at once. */
export const goodAnswer: AgentDeps["fetch"] = async ({ expectedBytes }) => {
  const now = performance.now();
  const bytes = expectedBytes ?? 1_013;
  const answer = { bytes, contentLength: bytes, httpStatus: 200, xCache: "Miss from cloudfront" };
  return { answer, startedAt: now, endedAt: now };
};

interface Options extends Partial<AgentDeps> {
  /** @default no messages */
  readonly main?: MemoryQueue;
  readonly express?: MemoryQueue;
  /** Called with the URL of each result that is stored. */
  readonly onStored?: (url: string) => void;
}

/** An agent before queues in memory, of requests that go on, without limits of origins. */
export function startAgent(options: Options) {
  const { main = new MemoryQueue(), express = new MemoryQueue(), onStored = () => undefined, ...deps } = options;
  const store = fakeStore({
    putGood: async (results) => {
      for (const { url } of results) onStored(nameOf(url));
      return [];
    },
  });
  const agent = new Agent({
    queue: { queues: { main, express } },
    fetch: goodAnswer,
    instanceId: "i",
    errorCachingMs: 11_000,
    store,
    results: new ResultWriter(deps.store ?? store, logger),
    origins: fakeOrigins(),
    deadLetters: fakeDeadLetters,
    heartbeats: fakeHeartbeats(),
    isActive: async () => true,
    visibilitySeconds: 120,
    isMemoryTight: () => false,
    logger,
    ...deps,
  });
  return { stop: () => agent.stop(), ended: agent.serve() };
}

/** A message of these URLs. */
export function messageOf(...urls: string[]): TaskMessage {
  const all = urls.map((url) => ({ url: urlOf(url), bytes: 1_013 }));
  return taskMessage({ verify: "off", downloads: 1, urls: all });
}

/** So many messages of one URL each: u0, u1, … */
export function numbered(count: number): TaskMessage[] {
  return Array.from({ length: count }, (_, n) => messageOf(`u${n}`));
}
