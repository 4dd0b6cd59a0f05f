import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { setInterval } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { queueClient, resultClient } from "../aws/clients.ts";
import { DeadLetterQueue } from "../aws/dead-letter-queue.ts";
import { PermitTable } from "../aws/permit-table.ts";
import { ProgressTable } from "../aws/progress-table.ts";
import { RequestReader } from "../aws/request-table.ts";
import { RequestTaskTable } from "../aws/request-task-table.ts";
import { MainAndExpressQueues } from "../aws/task-queue.ts";
import { readEnvironment } from "../domain/environment.ts";
import type { UnparseableItem } from "../domain/log-fields.ts";
import { OriginLimiterRegistry } from "../domain/origin/origin-limiter-registry.ts";
import { timingsOf } from "../domain/request/lifecycle.ts";
import { processOf } from "../domain/request/progress.ts";
import { envSchema } from "./env.ts";
import { createFetchObject } from "./fetch/fetch-object.ts";
import { PooledHttpClient } from "./fetch/http/pooled-client.ts";
import { createLogger } from "./instance/log.ts";
import { InstanceMetadata, identify } from "./instance/metadata.ts";
import { Retirement, retire } from "./instance/retirement.ts";
import { isSibling, memoryIsTight, memoryShare, Siblings } from "./instance/siblings.ts";
import { Agent } from "./receive/agent.ts";
import { Heartbeats } from "./report/heartbeats.ts";
import { ResultWriter } from "./report/result-writer.ts";

/** A Spot notice comes two minutes before the end, and AWS advises to check for it every five seconds. */
const SPOT_CHECK_MS = 5_000;
/** Downloads that still run this long after the stop are cancelled, and their tasks return to the queue. A Spot notice leaves two minutes. */
const GRACE_MS = 60_000;

const env = readEnvironment(envSchema);
const logger = createLogger();
const metadata = new InstanceMetadata(env.AWS_EC2_METADATA_SERVICE_ENDPOINT);
const sibling = isSibling(process.argv);
const processes = env.PREWARM_WORKERS ?? availableParallelism();
const instanceId = env.PREWARM_INSTANCE_ID ?? (await identify(metadata));

/**
 * Connections without a request, of all POPs. Tasks that wait for their check become due in bursts, and without this limit each burst
 * opens connections of its own: 620 to 710 instead of 260 to 480 for 80,000 tasks at 20 POPs.
 */
const MAX_KEPT_CONNECTIONS = 1_024;

/**
 * A call without an answer fails and is tried again. Without this, it would hold a slot, or the stop, for 15 minutes.
 */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
const retrying = { maxAttempts: 8, requestHandler };
const sqs = queueClient({ maxAttempts: 5, requestHandler });
const http = new PooledHttpClient({
  maxKeptConnections: MAX_KEPT_CONNECTIONS,
  allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES,
  firstByteMs: env.PREWARM_FIRST_BYTE_SECONDS * 1_000,
});
const onUnparseable = (item: UnparseableItem) => logger.warn(item, "Skipped unparseable item");
const documents = DynamoDBDocument.from(new DynamoDBClient(retrying));
const stored = new RequestTaskTable(resultClient(retrying), env.REQUEST_TASK_TABLE, onUnparseable);
const results = new ResultWriter(stored, logger);
const requests = new RequestReader(documents, env.REQUEST_TABLE, onUnparseable);
const timings = timingsOf(env.STALL_SECONDS);
const progress = new ProgressTable(documents, env.PROGRESS_TABLE, onUnparseable);
// Not the process's id: after a crash, another process may have the same.
const worker = randomUUID();
const heartbeats = new Heartbeats({
  store: progress,
  instance: instanceId,
  worker,
  heartbeatIntervalMs: timings.heartbeatIntervalMs,
  now: Date.now,
  logger,
});
const permits = new PermitTable(documents, env.PROGRESS_TABLE, processOf({ instance: instanceId, worker }));
const origins = new OriginLimiterRegistry({
  store: permits,
  now: Date.now,
  heartbeatAt: (reqId) => heartbeats.writtenAt(reqId),
  heartbeatTimeoutMs: timings.heartbeatTimeoutMs,
  onError: (err, id) => logger.warn({ err, id }, "Limits of the origin are unavailable; sending fewer requests"),
  onCut: (host, rate) => logger.info({ host, rate }, "Origin is throttling; backing off"),
});
const queue = new MainAndExpressQueues(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL });
const retirement = new Retirement({
  requests,
  // The id is asked for again: at the start, the metadata service may not have known it.
  retire: async () => retire(new AutoScalingClient({}), env.PREWARM_INSTANCE_ID ?? (await identify(metadata))),
  retireMs: env.PREWARM_IDLE_MINUTES * 60_000,
  logger,
});
const memoryBytes = memoryShare(processes);
const agent = new Agent({
  queue,
  deadLetters: new DeadLetterQueue(sqs, env.DEAD_LETTER_QUEUE_URL),
  results,
  store: stored,
  heartbeats,
  isActive: (reqId) => requests.isActive(reqId),
  fetch: createFetchObject(http, { httpsPort: env.PREWARM_HTTPS_PORT, httpPort: env.PREWARM_HTTP_PORT }),
  instanceId,
  errorCachingMs: env.PREWARM_KEPT_ERROR_SECONDS * 1_000,
  origins,
  // One process of an instance does it for all.
  ...(sibling ? {} : { retirement }),
  visibilitySeconds: env.VISIBILITY_SECONDS,
  isMemoryTight: () => memoryIsTight(memoryBytes),
  logger,
});
const siblings = new Siblings(process.argv[1] ?? "", { ...process.env, PREWARM_INSTANCE_ID: instanceId }, (code) =>
  logger.warn({ code }, "Another process of this instance exited; restarting it"),
);

let stopping = false;
function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "Agent stopping");
  agent.stop();
  siblings.stop();
  setTimeout(() => {
    results.giveUp();
    void http.destroy();
  }, GRACE_MS).unref();
}

async function watchSpotNotices(): Promise<void> {
  for await (const _ of setInterval(SPOT_CHECK_MS, undefined, { ref: false })) {
    // No metadata service, no Spot: an agent outside EC2 is stopped by signals alone.
    const action = await metadata.spotAction().catch(() => undefined);
    if (action !== undefined) return stop(`spot ${action}`);
  }
}

// `on`, not `once`: systemd signals every process, and the first process signals the others again.
process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
if (sibling) {
  process.once("disconnect", () => stop("the first process has ended"));
} else {
  void watchSpotNotices();
  siblings.start(processes - 1);
}
logger.info({ instance: instanceId }, "Agent started");
await agent.serve();
// The agent may have stopped by itself, without work.
siblings.stop();
await siblings.ended();
await http.destroy();
logger.info("Agent stopped");
process.exit(0);
