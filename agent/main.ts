import { availableParallelism } from "node:os";
import { setInterval } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { readEnvironment } from "../domain/environment.ts";
import { PopPools } from "./download/pop-pools.ts";
import { runTask } from "./download/run-task.ts";
import { envSchema } from "./env.ts";
import { InstanceMetadata, identify, retire } from "./instance/instance.ts";
import { createLogger } from "./instance/log.ts";
import { memoryShare } from "./instance/memory.ts";
import { isSibling, Siblings } from "./instance/siblings.ts";
import { Agent } from "./queue/agent.ts";
import { MessageQueue } from "./queue/message-queue.ts";
import { ActiveRequests } from "./work/active-requests.ts";
import { Results } from "./work/results.ts";

/** A Spot notice comes two minutes before the end, and should be looked for every five seconds. */
const SPOT_LOOK_MS = 5_000;
/** What still runs so long after the stop is cut off and given back: it fits into a Spot notice's two minutes. */
const GRACE_MS = 60_000;

const env = readEnvironment(envSchema);
const logger = createLogger();
const metadata = new InstanceMetadata(env.AWS_EC2_METADATA_SERVICE_ENDPOINT);
const sibling = isSibling(process.argv);
const processes = env.PREWARM_WORKERS ?? availableParallelism();
const instanceId = env.PREWARM_INSTANCE_ID ?? (await identify(metadata));

/** A call that nobody answers fails, and is tried again: else it would hold a slot, or the end, for a quarter of an hour. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
const db = new DynamoDBClient({ maxAttempts: 8, requestHandler });
// The bodies are parsed and checked; a digest of each on top costs more than it finds. The endpoint is the one that all
// other calls go to.
const sqs = new SQSClient({ maxAttempts: 5, md5: false, useQueueUrlAsEndpoint: false, requestHandler });
const pools = new PopPools({ allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES });
const results = new Results(db, env.REQUEST_TASK_TABLE, logger);
const agent = new Agent({
  queue: new MessageQueue(sqs, env.QUEUE_URL, env.DEAD_LETTER_QUEUE_URL),
  results,
  requests: new ActiveRequests(db, env.REQUEST_TABLE),
  run: (message, url, meter, cancellation) =>
    runTask(
      {
        pools,
        ports: { https: env.PREWARM_HTTPS_PORT, http: env.PREWARM_HTTP_PORT },
        agent: instanceId,
        onBytes: (bytes) => meter.addBytes(bytes),
      },
      message,
      url,
      cancellation,
    ),
  // Asked again: at the start, nobody may have known.
  retire: async () => retire(new AutoScalingClient({}), env.PREWARM_INSTANCE_ID ?? (await identify(metadata))),
  visibilitySeconds: env.VISIBILITY_SECONDS,
  idleMs: env.PREWARM_IDLE_MINUTES * 60_000,
  stallMs: env.PREWARM_STALL_SECONDS * 1_000,
  memoryBytes: memoryShare(processes),
  // One process of an instance does it for all.
  watches: !sibling,
  logger,
});
const siblings = new Siblings(process.argv[1] ?? "", { ...process.env, PREWARM_INSTANCE_ID: instanceId }, (code) =>
  logger.warn({ code }, "another process of this instance has ended, it is started again"),
);

let stopping = false;
function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  agent.stop();
  siblings.stop();
  setTimeout(() => {
    results.giveUp();
    void pools.destroy();
  }, GRACE_MS).unref();
}

async function watchForSpotNotice(): Promise<void> {
  for await (const _ of setInterval(SPOT_LOOK_MS, undefined, { ref: false })) {
    // No metadata service, no Spot: an agent outside EC2 is stopped by signals alone.
    const action = await metadata.spotAction().catch(() => undefined);
    if (action !== undefined) return stop(`spot ${action}`);
  }
}

// Not once: a service manager tells every process of ours, and the first one tells the others again.
process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
if (sibling) {
  process.once("disconnect", () => stop("the first process has ended"));
} else {
  void watchForSpotNotice();
  siblings.start(processes - 1);
}
logger.info({ instance: instanceId }, "started");
await agent.run();
// It may have left by itself, with nothing to do.
siblings.stop();
await siblings.ended();
await pools.destroy();
logger.info("stopped");
process.exit(0);
