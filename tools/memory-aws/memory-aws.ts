// The AWS APIs in memory, behind one HTTP server on loopback: what AWS_ENDPOINT_URL of Lambdas and agents names.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { end, listen } from "../listen.ts";
import { AwsError, type HttpCall, type HttpReply, readCall, refusal } from "./aws-http.ts";
import { MemoryCloudFront, type MemoryCloudFrontOptions } from "./memory-cloudfront.ts";
import { MemoryDynamoDb, type StreamRecord, type TableSchema } from "./memory-dynamodb.ts";
import { MemoryAutoScaling, MemoryLambda, MemoryS3, MemoryScheduler, type Schedule } from "./memory-services.ts";
import { MemorySqs, type QueueSettings } from "./memory-sqs.ts";
import { partialBatch } from "./partial-batch.ts";

/** A call of an AWS API. */
export interface AwsCall {
  /** Whose access key signed it: the name of a process. */
  readonly caller: string;
  readonly service: string;
  readonly operation: string;
  /** The same for all attempts of the SDK at one call. */
  readonly invocation: string;
  /** Table, queue or key, as far as the call names one. */
  readonly resource: string;
  /** What tells calls of one operation on one resource apart: attributes that are written, a key's kind, a capacity, a delay. */
  readonly detail: string;
  /** Items or entries of a batch; 1 for any other call. */
  readonly entries: number;
  /** Whether it changes anything. */
  readonly isEffect: boolean;
}

/**
 * What becomes of a call: it fails without an effect, its caller dies once it was carried out, it is carried out and answered with
 * an error, so that the caller's SDK repeats it, or one entry of its batch fails.
 */
export type Injection = "fail" | "die" | "lose answer" | "fail one entry" | undefined;

export interface MemoryAwsOptions extends MemoryCloudFrontOptions {
  readonly tables: readonly TableSchema[];
  readonly queues: readonly QueueSettings[];
  readonly group: { readonly name: string; readonly maxSize: number };
  readonly onRecord: (table: string, record: StreamRecord) => void;
  readonly onInstances: (instances: readonly string[]) => void;
  /** Called with each asynchronous invocation. */
  readonly onInvocation: (functionArn: string, event: unknown) => void;
  readonly onSchedule: (schedule: Schedule) => void;
  /** Each call takes so long, as over a network. @default 0 */
  readonly latencyMs?: number;
}

/** A call as its service, resource and entries name it, and what carries it out. */
type Route = Omit<AwsCall, "caller" | "invocation" | "isEffect"> & { carryOut(): HttpReply | Promise<HttpReply> };

const INJECTED = new AwsError("InternalServerError", "injected", {}, 500);
const READS = /^(Get|BatchGet|Query|Receive|List|Describe)/;

export class MemoryAws {
  readonly dynamoDb: MemoryDynamoDb;
  readonly sqs: MemorySqs;
  readonly s3 = new MemoryS3();
  readonly autoScaling: MemoryAutoScaling;
  readonly scheduler: MemoryScheduler;
  readonly events: unknown[] = [];
  readonly calls: AwsCall[] = [];
  /** Decides what becomes of each call; @default all are carried out */
  inject: (call: AwsCall) => Injection = () => undefined;
  /** Decides whether a call is permitted, and else what it is answered. @default all are permitted */
  authorize: (call: AwsCall & HttpCall & { readonly isMissing: boolean }) => AwsError | undefined = () => undefined;
  /** Called with a caller that has died. */
  onDeath: (caller: string) => void = () => undefined;

  private readonly lambda: MemoryLambda;
  private readonly cloudFront: MemoryCloudFront;
  private readonly dead = new Set<string>();
  private readonly server = createServer((from, to) => void this.serve(from, to));

  constructor(private readonly options: MemoryAwsOptions) {
    this.dynamoDb = new MemoryDynamoDb(options.tables, options.onRecord);
    this.sqs = new MemorySqs(options.queues);
    this.autoScaling = new MemoryAutoScaling(options.group.name, options.group.maxSize, options.onInstances);
    this.scheduler = new MemoryScheduler(options.onSchedule);
    this.lambda = new MemoryLambda(options.onInvocation);
    this.cloudFront = new MemoryCloudFront(options);
  }

  async listen(): Promise<string> {
    // Virtual time passes between two calls, and so may real time: a connection that closes itself would be a failed call.
    this.server.keepAliveTimeout = 600_000;
    return listen(this.server);
  }

  close(): Promise<void> {
    return end(this.server);
  }

  /** From now on no call of the caller is carried out or answered. */
  kill(caller: string): void {
    this.dead.add(caller);
  }

  private async serve(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const http = await readCall(from);
    if (this.options.latencyMs !== undefined) await sleep(this.options.latencyMs);
    const route = this.route(http);
    const { carryOut, ...named } = route;
    const call: AwsCall = {
      ...named,
      caller: callerOf(http),
      invocation: String(http.headers["amz-sdk-invocation-id"] ?? ""),
      isEffect: !READS.test(route.operation),
    };
    if (this.dead.has(call.caller)) return;
    const injection = this.inject(call);
    this.calls.push(call);
    let reply: HttpReply;
    try {
      const denial = this.authorize({ ...call, ...http, isMissing: this.s3.isMissing(http) });
      if (denial !== undefined) throw denial;
      if (injection === "fail") throw INJECTED;
      const partial = injection === "fail one entry" ? partialBatch(route.operation, http) : undefined;
      reply = partial ? partial.answer(await this.route(partial.http).carryOut()) : await carryOut();
      if (injection === "lose answer") throw INJECTED;
    } catch (error) {
      if (!(error instanceof AwsError)) this.faults.push(error);
      reply = refusal(route.service, error);
    }
    if (injection === "die") {
      this.kill(call.caller);
      this.onDeath(call.caller);
    }
    if (this.dead.has(call.caller) || to.destroyed) return;
    // Node's own is the real time. The SDK takes a difference for a wrong clock, and repeats what failed.
    const date = new Date().toUTCString();
    to.writeHead(reply.status ?? 200, { "content-type": "application/x-amz-json-1.0", date, ...reply.headers });
    to.end(reply.body);
  }

  /** What these services do not support, and faults of their own: a test must find none. */
  readonly faults: unknown[] = [];

  private route(http: HttpCall): Route {
    return { resource: "", detail: "", entries: 1, ...this.find(http) };
  }

  private find(http: HttpCall): Pick<Route, "service" | "operation" | "carryOut"> & Partial<Route> {
    const { method, url, body } = http;
    const [target, operation = ""] = String(http.headers["x-amz-target"] ?? "").split(".");
    const path = url.pathname;
    if (target?.startsWith("DynamoDB")) {
      const input = JSON.parse(body.toString());
      const carryOut = () => json(this.dynamoDb.call(operation, input));
      return { service: "dynamodb", operation, ...tableOf(input), detail: writtenBy(input), carryOut };
    }
    if (target === "AmazonSQS") {
      const input = JSON.parse(body.toString());
      const resource = String(input.QueueUrl).split("/").at(-1) ?? "";
      const carryOut = async () => json(await this.sqs.call(operation, input));
      const entries = input.Entries ?? [input];
      const detail = entries.some(({ DelaySeconds = 0 }) => DelaySeconds > 0) ? "delayed" : "";
      return { service: "sqs", operation, resource, detail, entries: entries.length, carryOut };
    }
    if (target === "AWSEvents") {
      const { Entries } = JSON.parse(body.toString());
      const carryOut = () => {
        this.events.push(...Entries);
        return json({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: "e" })) });
      };
      return { service: "events", operation, entries: Entries.length, carryOut };
    }
    if (path.startsWith("/2015-03-31/functions/")) {
      const resource = this.lambda.functionOf(http).split(":").at(-1) ?? "";
      return { service: "lambda", operation: "Invoke", resource, carryOut: () => this.lambda.call(http) };
    }
    if (path.startsWith("/schedules/")) {
      const kind = path.endsWith("-check") ? "check" : "timer";
      const carryOut = () => this.scheduler.call(http);
      if (method !== "POST") return { service: "scheduler", operation: "DeleteSchedule", detail: kind, carryOut };
      const detail = `${kind} ${minutesUntil(body.toString())}`;
      return { service: "scheduler", operation: "CreateSchedule", detail, carryOut };
    }
    if (path.startsWith("/restapis/")) {
      const name = path.endsWith("/deployments") ? "CreateDeployment" : `${method} ${path}`;
      return { service: "apigateway", operation: name, carryOut: () => json({ id: "deployed" }) };
    }
    const atCloudFront = this.cloudFront.operation(http);
    if (atCloudFront !== undefined) return { ...atCloudFront, carryOut: () => this.cloudFront.call(http) };
    if (path === "/" && method === "POST") {
      const form = new URLSearchParams(body.toString());
      const action = form.get("Action") ?? "";
      const detail = form.get("DesiredCapacity") ?? "";
      return { service: "autoscaling", operation: action, detail, carryOut: () => this.autoScaling.call(form) };
    }
    const resource = decodeURIComponent(path).split("/").at(-1) ?? "";
    return { service: "s3", operation: this.s3.operation(http), resource, carryOut: () => this.s3.call(http) };
  }
}

/** The access key that signed a call, in its header or in a presigned URL. */
function callerOf({ url, headers }: HttpCall): string {
  const signed = `Credential=${url.searchParams.get("X-Amz-Credential")}/ ${headers["authorization"]}`;
  return [...signed.matchAll(/Credential=([^/]+)\//g)].map(([, key = ""]) => key).find((key) => key !== "null") ?? "";
}

const json = (value: unknown): HttpReply => ({ body: JSON.stringify(value) });

/** Table and number of items of a call of DynamoDB. */
function tableOf(input: Record<string, unknown>): Pick<AwsCall, "resource" | "entries"> {
  const requests = Object.entries((input["RequestItems"] ?? {}) as Record<string, unknown>);
  const transact = input["TransactItems"] as Record<string, { TableName: string }>[] | undefined;
  if (transact !== undefined) {
    const names = transact.flatMap((entry) => Object.values(entry).map(({ TableName }) => TableName));
    return { resource: [...new Set(names)].sort().join("+"), entries: transact.length };
  }
  const [table, items] = requests[0] ?? [];
  if (table === undefined) return { resource: String(input["TableName"]), entries: 1 };
  return { resource: table, entries: Array.isArray(items) ? items.length : 1 };
}

/** The kind of a key such as `count#<id>`, or the attributes that an update writes. */
function writtenBy(input: Record<string, unknown>): string {
  const key = (input["Key"] ?? input["Item"]) as Readonly<Record<string, { readonly S?: string }>> | undefined;
  const kind = /^([a-z]+)#/.exec(key?.["key"]?.S ?? "")?.[1];
  if (kind !== undefined) return kind;
  const names = (input["ExpressionAttributeNames"] ?? {}) as Readonly<Record<string, string>>;
  const expression = String(input["UpdateExpression"] ?? "").replace(/#\w+/g, (name) => names[name] ?? name);
  return expression.replace(/ = :\w+/g, "");
}

/** How long after now a schedule fires. */
function minutesUntil(body: string): string {
  const at = Date.parse(`${/at\(([^)]+)\)/.exec(body)?.[1]}Z`);
  return `in ${Math.round((at - Date.now()) / 60_000)} min`;
}
