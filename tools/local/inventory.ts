import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { MainAndExpressQueues, SqsTaskQueue } from "../../aws/task-queue.ts";
import type { LocalPrewarm } from "./local-prewarm.ts";

/** What a stack holds, in numbers. */
export interface StackInventory {
  readonly requests: number;
  /** Messages in both queues of tasks, in flight or not. */
  readonly messages: number;
  readonly deadLetters: number;
  /** In its bucket. */
  readonly objects: number;
  readonly timers: number;
  /** Those that stop, too. */
  readonly instances: number;
}

/** Queues by the start of their logical ids: what is to be done. */
export const TASK_QUEUES = ["PrewarmTaskQueueTasks", "PrewarmTaskQueueExpress"];

/** What a stack holds now. */
export async function inventoryOf({ clients, deployed, fleet }: LocalPrewarm): Promise<StackInventory> {
  const urls = [...TASK_QUEUES, "PrewarmTaskQueueDeadLetters"].map((name) =>
    deployed.resource(name, "AWS::SQS::Queue"),
  );
  const [main = "", express = "", dead = ""] = urls;
  const { available, inFlight } = await new SqsTaskQueue(clients.sqs, dead).depth();
  const requests = new ScanCommand({
    TableName: deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table"),
    Select: "COUNT",
    // Some items are no requests: the permits to be active, and what the requests of a day use.
    FilterExpression: "attribute_exists(created_at)",
  });
  const Bucket = deployed.resource("PrewarmStorageLists", "AWS::S3::Bucket");
  return {
    requests: (await clients.db.send(requests)).Count ?? 0,
    messages: await new MainAndExpressQueues(clients.sqs, { main, express }).messageCount(),
    deadLetters: available + inFlight,
    objects: (await clients.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount ?? 0,
    timers: (await clients.scheduler.send(new ListSchedulesCommand({}))).Schedules?.length ?? 0,
    instances: fleet.size + fleet.stopping,
  };
}
