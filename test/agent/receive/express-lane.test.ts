// Real time passes only until the agent has asked its queues: a few milliseconds.

import { expect, onTestFinished, test, vi } from "vitest";
import { deferred } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { resultOf } from "./agent-world.ts";
import { MemoryLane, memoryAgent } from "./fleet-world.ts";

/** A lane whose long polls end at once: the stop waits for them. */
class QuickLane extends MemoryLane {
  override receive(_waitSeconds: number, most?: number) {
    return super.receive(0, most);
  }
}

const MB = 2 ** 20;
const large = (reqId: string, i: number, bytes: number) =>
  taskMessage({ req_id: reqId, pop: `P${i}`, urls: [{ url: `${reqId}/${i}`, bytes }] });

test("a small request with large files goes on while a huge one takes all slots for large files", async () => {
  const lanes = {
    main: new QuickLane(Array.from({ length: 20 }, (_, i) => large("huge", i, 1_000 * MB))),
    express: new QuickLane(),
  };
  const started: string[] = [];
  const hugeEnds = deferred<void>();
  const agent = memoryAgent({
    lanes,
    download: async (message, url) => {
      started.push(url.url);
      if (message.req_id === "huge") await hugeEnds.promise;
      return resultOf(message, url);
    },
  });
  const ended = agent.serve();
  onTestFinished(() => {
    agent.stop();
    hugeEnds.resolve();
    return ended;
  });
  const begins = (url: string) => vi.waitFor(() => expect(started).toContain(url), { timeout: 4_000, interval: 5 });
  await begins("huge/1");
  for (let i = 0; i < 3; i++) {
    await lanes.express.send([large("small", i, 20 * MB)]);
    await begins(`small/${i}`);
  }
  // Each was received in its lane, so it is deleted there.
  await vi.waitFor(() => expect(lanes.express.deleted).toBe(3), { timeout: 4_000, interval: 5 });
  expect(lanes.main.deleted).toBe(0);
});
