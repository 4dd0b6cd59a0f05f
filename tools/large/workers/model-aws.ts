import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ModelQueue } from "../model/model-queue.ts";
import { ModelRequest, readModelOptions } from "../model/model-request.ts";
import { ModelTable } from "../model/model-table.ts";
import { ObjectStore } from "../model/object-store.ts";

/**
 * DynamoDB, SQS and S3 as far as one huge request needs them, in a process of its own: results are made up as they are asked
 * for. Each call takes a while, as over a network.
 */
const LATENCY_MS = 8;
const options = readModelOptions(process.env);
const request = new ModelRequest(options);
const progress = new ModelTable();
const queue = new ModelQueue(options.messages, request.reqId);
const objects = new ObjectStore(request.lists());
const calls: Record<string, number> = {};

type Input = Readonly<Record<string, unknown>>;

const answers: Record<string, (input: Input) => object> = {
  GetItem: () => ({ Item: request.item() }),
  Query: (input) => {
    const key = keyOf(input);
    if (input["TableName"] === "PROGRESS_TABLE") return progress.query(key);
    if (input["TableName"] === "REQUEST_TASK_TABLE") return request.resultPage(key, positionOf(input));
    if (input["TableName"] === "REQUEST_POP_TABLE") return request.targets();
    // Of the request's own table, the indexes: nothing else is active, nothing is closing.
    return { Items: [] };
  },
  TransactWriteItems: (input) => {
    progress.transact(input);
    return {};
  },
  UpdateItem: (input) => {
    if (input["TableName"] === "PROGRESS_TABLE") progress.update(input);
    else request.update(input);
    return {};
  },
  PutItem: () => ({}),
  DeleteItem: () => ({}),
  BatchWriteItem: () => ({ UnprocessedItems: {} }),
  ReceiveMessage: (input) => (isTasks(input) ? queue.receive() : { Messages: [] }),
  DeleteMessageBatch: (input) => queue.delete(input),
  GetQueueAttributes: (input) => queue.attributes(isTasks(input)),
  SendMessage: () => ({ MessageId: "m" }),
  SendMessageBatch: (input) => queue.accept(input),
};

function isTasks({ QueueUrl }: Input): boolean {
  return String(QueueUrl).endsWith("/QUEUE_URL");
}

function keyOf({ ExpressionAttributeValues }: Input): string {
  const [value] = Object.values(ExpressionAttributeValues ?? {});
  return String(value?.S ?? "");
}

function positionOf({ ExclusiveStartKey }: Input): number {
  const key = Object(ExclusiveStartKey)["pop_url"];
  return key === undefined ? 0 : Number(key.S);
}

const server = createServer((from, to) => {
  handle(from, to).catch((error: unknown) => {
    console.error(error);
    to.destroy();
  });
});

async function handle(from: IncomingMessage, to: ServerResponse): Promise<void> {
  const body = await buffer(from);
  if (from.url === "/model") {
    to.end(
      JSON.stringify({ ...request.state(), ...progress.state(), left: queue.left, objects: objects.bytes(), calls }),
    );
    return;
  }
  await sleep(LATENCY_MS);
  const operation = String(from.headers["x-amz-target"] ?? "").split(".")[1];
  calls[operation ?? from.method ?? ""] = (calls[operation ?? from.method ?? ""] ?? 0) + 1;
  // Schedules and groups are asked by other protocols: they are there, and empty.
  if (operation === undefined) return objects.answer(from, body, to);
  const answer = answers[operation]?.(JSON.parse(body.toString("utf8")));
  const text = JSON.stringify(answer ?? { __type: `com.amazonaws#Unplanned${operation}` });
  to.writeHead(answer === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.0" }).end(text);
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once("disconnect", () => process.exit(0));
