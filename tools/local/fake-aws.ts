import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { addressOf } from "./ports.ts";

/** A call's body. */
export type Input = Readonly<Record<string, unknown>>;

/** What a table answers. A table that is not there, or lacks one of these, takes each write and has no item. */
export interface FakeTable {
  readonly get?: (input: Input) => Readonly<Record<string, unknown>> | undefined;
  readonly query?: (key: string, input: Input) => object;
  readonly update?: (update: Input, inTransaction: boolean) => void;
}

export interface FakeAwsOptions {
  readonly tables: Readonly<Record<string, FakeTable>>;
  /** Of the queue whose URL ends so. All others are empty. */
  readonly queue: { readonly url: string; readonly messages: FakeQueue };
  readonly objects: FakeObjects;
  /** Each call takes so long, as over a network. @default 0 */
  readonly latencyMs?: number;
}

/**
 * DynamoDB, SQS and S3 as far as one function or agent needs them: fast, and in memory. Another process calls it, so that what is
 * measured there is not its work. Other services get an empty answer. How often each operation was called: `calls`.
 */
export class FakeAws {
  readonly calls: Record<string, number> = {};
  /** How many items batches have put into tables. */
  written = 0;

  constructor(private readonly options: FakeAwsOptions) {}

  /** @returns its port, and what ends it */
  async listen(): Promise<{ readonly port: number; readonly close: () => void }> {
    const server = createServer((from, to) => {
      this.handle(from, to).catch((error: unknown) => {
        console.error(error);
        to.destroy();
      });
    });
    server.keepAliveTimeout = 60_000;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { port: addressOf(server).port, close };
  }

  private async handle(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from);
    const { latencyMs = 0, objects } = this.options;
    if (latencyMs > 0) await sleep(latencyMs);
    const operation = String(from.headers["x-amz-target"] ?? "").split(".")[1];
    const counted = operation ?? from.method ?? "";
    this.calls[counted] = (this.calls[counted] ?? 0) + 1;
    if (operation === undefined) return void objects.answer(from, body, to);
    const answer = await this.answer(operation, JSON.parse(body.toString("utf8")));
    const text = JSON.stringify(answer ?? { __type: `com.amazonaws#Unplanned${operation}` });
    to.writeHead(answer === undefined ? 400 : 200, {
      "content-type": "application/x-amz-json-1.0",
      "content-length": Buffer.byteLength(text),
    }).end(text);
  }

  private answer(operation: string, input: Input): object | Promise<object> | undefined {
    const { tables, queue } = this.options;
    const table = tables[String(input["TableName"])];
    const isQueue = String(input["QueueUrl"]).endsWith(queue.url);
    switch (operation) {
      case "GetItem":
        return { Item: table?.get?.(input) };
      case "Query":
        return table?.query?.(keyOf(input), input) ?? { Items: [], Count: 0 };
      case "UpdateItem":
        table?.update?.(input, false);
        return {};
      case "TransactWriteItems":
        for (const { Update } of input["TransactItems"] as readonly { readonly Update?: Input }[])
          if (Update !== undefined) tables[String(Update["TableName"])]?.update?.(Update, true);
        return {};
      case "PutItem":
      case "DeleteItem":
        return {};
      case "BatchWriteItem":
        this.written += Object.values(Object(input["RequestItems"])).flat().length;
        return { UnprocessedItems: {} };
      case "ReceiveMessage":
        return isQueue ? queue.messages.receive(input) : emptyQueue(input);
      case "DeleteMessageBatch":
        if (isQueue) queue.messages.delete(idsOf(input).length);
        return succeeded(input);
      case "ChangeMessageVisibilityBatch":
      case "SendMessageBatch":
        return succeeded(input);
      case "SendMessage":
        return { MessageId: "m" };
      case "GetQueueAttributes":
        return { Attributes: isQueue ? queue.messages.attributes() : EMPTY };
      default:
        return undefined;
    }
  }
}

const EMPTY = attributesOf(0, 0);

function attributesOf(visible: number, hidden: number) {
  return {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(hidden),
    ApproximateNumberOfMessagesDelayed: "0",
  };
}

/** Long polling: a second is enough for all that wait here. */
async function emptyQueue({ WaitTimeSeconds }: Input): Promise<object> {
  if (Number(WaitTimeSeconds) > 0) await sleep(1_000);
  return {};
}

/** So many messages, each of which is given out once. */
export class FakeQueue {
  private given = 0;
  private deleted = 0;

  /** @param onEvent called when the first message is asked for, and when all are deleted */
  constructor(
    private readonly total: number,
    private readonly bodyOf: (number: number) => string | undefined,
    private readonly onEvent: (event: "first" | "done") => void = () => undefined,
  ) {}

  /** Messages that are not deleted. */
  get left(): number {
    return this.total - this.deleted;
  }

  receive(input: Input): object | Promise<object> {
    if (this.given === 0) this.onEvent("first");
    if (this.given === this.total) return emptyQueue(input);
    const Messages: object[] = [];
    for (
      const most = Number(input["MaxNumberOfMessages"]);
      Messages.length < most && this.given < this.total;
      this.given++
    )
      Messages.push({ MessageId: `m${this.given}`, ReceiptHandle: receipt(this.given), Body: this.bodyOf(this.given) });
    return { Messages };
  }

  delete(count: number): void {
    this.deleted += count;
    if (this.deleted === this.total) this.onEvent("done");
  }

  attributes(): object {
    return attributesOf(this.total - this.given, this.given - this.deleted);
  }
}

/** As long as those of SQS. */
function receipt(n: number): string {
  return `${n}-`.padEnd(400, "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a");
}

function idsOf({ Entries }: Input): string[] {
  return Array.isArray(Entries) ? Entries.map(({ Id }) => String(Id)) : [];
}

function succeeded(input: Input): object {
  return { Successful: idsOf(input).map((Id) => ({ Id, MessageId: Id, MD5OfMessageBody: "" })), Failed: [] };
}

/** What Auto Scaling says of a group without instances; any other of its operations takes it for its own answer. */
const GROUP =
  "<Response><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><DesiredCapacity>0</DesiredCapacity><MaxSize>20</MaxSize>" +
  "</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></Response>";

/** S3 as far as lists need it: objects in memory, whole or in parts. */
export class FakeObjects {
  private readonly objects: Map<string, Buffer>;
  private readonly uploads = new Map<string, Map<number, Buffer>>();

  /** @param other what is found under every other key. @default nothing */
  constructor(
    objects: ReadonlyMap<string, string>,
    private readonly other?: string,
  ) {
    this.objects = new Map([...objects].map(([key, text]) => [key, Buffer.from(text)]));
  }

  /** Bytes of all objects. */
  bytes(): number {
    return [...this.objects.values()].reduce((sum, { length }) => sum + length, 0);
  }

  answer({ method, url = "", headers }: IncomingMessage, body: Buffer, to: ServerResponse): void {
    if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return void xml(to, GROUP);
    const { pathname, searchParams } = new URL(url, "http://s3");
    const key = pathname.split("/").slice(2).join("/");
    const upload = searchParams.get("uploadId");
    if (method === "POST" && searchParams.has("uploads")) {
      this.uploads.set(key, new Map());
      return void xml(to, `<InitiateMultipartUploadResult><UploadId>${key}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (method === "POST" && upload !== null) {
      const parts = [...(this.uploads.get(upload) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
      this.objects.set(key, Buffer.concat(parts));
      return void xml(to, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
    }
    if (method === "GET") return void this.get(key, to);
    if (method === "PUT" && upload !== null)
      this.uploads.get(upload)?.set(Number(searchParams.get("partNumber")), body);
    else if (method === "PUT") this.objects.set(key, body);
    else if (method === "DELETE") this.objects.delete(key);
    to.writeHead(method === "DELETE" ? 204 : 200, { etag: '"e"' }).end();
  }

  private get(key: string, to: ServerResponse): void {
    const object = this.objects.get(key) ?? this.other;
    if (object !== undefined)
      return void to.writeHead(200, { "content-length": Buffer.byteLength(object) }).end(object);
    to.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code></Error>");
  }
}

function xml(to: ServerResponse, text: string): void {
  to.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}

/** The value of a query's key. */
function keyOf({ ExpressionAttributeValues }: Input): string {
  const [value] = Object.values(Object(ExpressionAttributeValues));
  return String(Object(value)["S"] ?? "");
}

/** An item as DynamoDB's own protocol writes it. */
export function inDynamoForm(item: object): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

function attribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return { M: inDynamoForm(Object(value)) };
}
