import { Agent, type AgentDeps } from "../../../agent/receive/agent.ts";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { result } from "../../lambdas/items.ts";
import { fakeDeadLetters, fakeHeartbeats, fakeOrigins, fakeStore, logger } from "../fake-deps.ts";
import { MemoryQueue } from "../memory-queue.ts";
import { taskMessage } from "../task-messages.ts";

/** A download that is good at once. */
export const resultOf: AgentDeps["download"] = async ({ req_id, pop }, { url }) => result(pop, url, { req_id });

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
      for (const { url } of results) onStored(url);
      return [];
    },
  });
  const agent = new Agent({
    queue: { queues: { main, express } },
    download: resultOf,
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
  return taskMessage({ urls: urls.map((url) => ({ url, bytes: 1_013 })) });
}

/** So many messages of one URL each: u0, u1, … */
export function numbered(count: number): TaskMessage[] {
  return Array.from({ length: count }, (_, n) => messageOf(`u${n}`));
}
