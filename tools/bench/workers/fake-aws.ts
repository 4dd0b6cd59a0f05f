import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * SQS, DynamoDB and S3 as far as one measurement needs them. They have a process of their own, so their CPU is not
 * measured. It tells its parent where it listens, when the first message is asked for, and when all are deleted.
 */
interface Data {
  readonly messages: readonly string[];
  readonly copies: number;
  readonly items: Readonly<Record<string, object>>;
  readonly object: string;
}

const { messages: bodies, copies, items, object } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Data;

const total = bodies.length * copies;
let received = 0;
let deleted = 0;
let written = 0;
const calls: Record<string, number> = {};

interface Input {
  readonly QueueUrl: string;
  readonly MaxNumberOfMessages: number;
  readonly TableName: string;
  readonly Entries: readonly { readonly Id: string }[];
  readonly RequestItems: Readonly<Record<string, readonly unknown[]>>;
}

const answers: Record<string, (input: Input) => object | Promise<object>> = {
  ReceiveMessage: async ({ QueueUrl, MaxNumberOfMessages: most }) => {
    // The express queue is empty.
    if (QueueUrl.endsWith("/x")) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return {};
    }
    if (received === 0) process.send?.({ event: "first" });
    if (received === total) await new Promise((resolve) => setTimeout(resolve, 1_000));
    const Messages = [];
    for (let n = 0; n < most && received < total; n++, received++) {
      Messages.push({
        MessageId: `m${received}`,
        ReceiptHandle: receipt(received),
        Body: bodies[received % bodies.length],
      });
    }
    return { Messages };
  },
  DeleteMessageBatch: ({ Entries }) => {
    deleted += Entries.length;
    if (deleted === total) process.send?.({ event: "done", written, calls });
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
  },
  ChangeMessageVisibilityBatch: ({ Entries }) => ({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }),
  SendMessageBatch: ({ Entries }) => ({
    Successful: Entries.map(({ Id }) => ({ Id, MessageId: `m${Id}`, MD5OfMessageBody: "" })),
    Failed: [],
  }),
  GetItem: ({ TableName }) => ({ Item: items[TableName] ?? { active: { S: "y" } } }),
  Query: ({ TableName }) => {
    const found = [items[TableName] ?? []].flat();
    return { Items: found, Count: found.length };
  },
  UpdateItem: () => ({}),
  PutItem: () => ({}),
  GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: String(total - received) } }),
  TransactWriteItems: () => ({}),
  BatchWriteItem: ({ RequestItems }) => {
    for (const requests of Object.values(RequestItems)) written += requests.length;
    return { UnprocessedItems: {} };
  },
};

/** As long as those of SQS. */
function receipt(n: number): string {
  return `${n}-`.padEnd(400, "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a");
}

const server = createServer(async (request, response) => {
  const operation = String(request.headers["x-amz-target"] ?? "").split(".")[1];
  if (operation === undefined) {
    await text(request);
    if (request.method === "GET") response.writeHead(200, { "content-type": "text/csv" }).end(object);
    else response.writeHead(200, { etag: '"e"' }).end();
    return;
  }
  calls[operation] = (calls[operation] ?? 0) + 1;
  const answer = await answers[operation]?.(JSON.parse(await text(request)) as Input);
  const body = JSON.stringify(answer ?? { __type: `com.amazonaws#Unplanned${operation}` });
  response.writeHead(answer === undefined ? 400 : 200, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ event: "listening", port: (server.address() as AddressInfo).port });
});
process.once("disconnect", () => process.exit(0));
