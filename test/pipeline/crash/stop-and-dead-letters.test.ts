// Every kind of call with an effect of a request that is stopped, and of one whose messages become dead letters.
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_RECEIVES } from "../../../domain/request/limits.ts";
import { FRANKFURT, type Pipeline, SINGAPORE } from "../pipeline.ts";
import { body, failGet, files } from "../scenarios.ts";
import { testCrashPoints } from "./crash-points.ts";

const POPS = [...FRANKFURT, ...SINGAPORE];
const stopped = files("stopped", 2);
const abandoned = files("abandoned", 2);

const untilInProgress = (pipeline: Pipeline, reqId: string) =>
  pipeline.until(() => pipeline.request(reqId)?.["status"]?.["S"] === "IN_PROGRESS", "IN_PROGRESS");

/** Calls the API until it answers: a call that fails, or whose function dies, comes again. */
async function resize(pipeline: Pipeline, body: object): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await pipeline.api("POST", "instances", body).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(10_000);
  }
  throw new Error("POST /instances does not answer");
}

await testCrashPoints(
  {
    name: "a stop while downloads hang",
    site: stopped,
    faults: () => failGet(/0\.bin$/, { kind: "stall", after: 100 }),
    bodies: [body(stopped, { pops: POPS })],
    during: async (pipeline, reqId) => {
      await untilInProgress(pipeline, reqId);
      await sleep(20_000);
      await resize(pipeline, { DesiredCapacity: 0, req_id: reqId, force_stop: true });
    },
  },
  ["Api", "Shutdown", "agent"],
);

await testCrashPoints(
  {
    name: "messages that nobody finishes",
    site: abandoned,
    bodies: [body(abandoned, { pops: POPS, instance_count: 0 })],
    during: async (pipeline, reqId) => {
      await untilInProgress(pipeline, reqId);
      const queue = pipeline.deployment.name("PrewarmTaskQueueExpress");
      // Received and never deleted: in the end they are dead letters.
      for (let receives = 0; receives <= MAX_RECEIVES; receives++) {
        pipeline.aws.sqs.take(queue, 10);
        await sleep(31_000);
      }
      await resize(pipeline, { DesiredCapacity: 1 });
    },
  },
  ["Api", "Watch", "agent"],
);
