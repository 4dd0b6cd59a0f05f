// The whole pipeline in one process and in virtual time: the deployed bundles, the AWS APIs in memory, a caching edge over TLS.

import { EventEmitter } from "node:events";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { marshall } from "@aws-sdk/util-dynamodb";
import { MAX_RECEIVES } from "../../domain/limits.ts";
import type { DailyUse } from "../../domain/request/daily-use.ts";
import { type Edge, edgeEnvironment, startEdge } from "../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../tools/edge/edge-options.ts";
import { mulberry32 } from "../../tools/lab/engine/seed.ts";
import type { CloudFrontAccount } from "../../tools/memory-aws/cloudfront-account.ts";
import { edgeDistributions } from "../../tools/memory-aws/edge-of-account.ts";
import type { Item } from "../../tools/memory-aws/expressions.ts";
import { MemoryAws } from "../../tools/memory-aws/memory-aws.ts";
import type { StreamRecord } from "../../tools/memory-aws/memory-dynamodb.ts";
import type { Schedule } from "../../tools/memory-aws/memory-services.ts";
import { nameInArn } from "../../tools/release/stack-template.ts";
import { installVirtualClock, type VirtualClock } from "../virtual-clock.ts";
import { type DeployedFunction, type Deployment, type EventSource, readDeployment } from "./deployment.ts";
import { Authorizer } from "./iam/authorizer.ts";
import { type IsolatedProcess, IsolatedProcesses } from "./isolated-process.ts";

export const HOST = "www.example.com";
const OTHER_HOST = "img.example.com";
/** The distribution whose alias is {@link HOST}. */
export const DOMAIN = "d111111abcdef8.cloudfront.net";
/** With which tests call the API. */
export const API_KEY = "key-of-the-pipeline";
/** The account's distributions. */
export const DOMAINS = [
  { id: "E1PREWARM", domain: DOMAIN, aliases: [HOST] },
  { id: "E2PREWARM", domain: "d222222abcdef8.cloudfront.net", aliases: [OTHER_HOST] },
] as const;

/** POPs of four RECs of the catalogue; the last does not resolve. */
export const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
export const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1"];
export const SINGAPORE = ["SIN2-C1"];
export const SYDNEY = ["SYD1-C1", "SYD62-P2"];
export const DEAD_POP = "ICN51-C1";

/** The edge, if a test says nothing else. */
export const EDGE: EdgeOptions = {
  distributions: DOMAINS.map(({ domain, aliases }) => ({ domain, aliases })),
  pops: Object.entries({ tokyo: TOKYO, frankfurt: FRANKFURT, singapore: SINGAPORE, sydney: SYDNEY }).flatMap(
    ([rec, pops]) => pops.map((pop) => ({ pop, rec })),
  ),
  deadPops: [DEAD_POP],
  site: {},
};

const ACCOUNT = { partition: "aws", region: "us-east-1", id: "123456789012" };
const HOUR_MS = 3_600_000;
/** Between the launch of an instance and its agent, and between a crash and the next start. */
const BOOT_MS = 5_000;
/** After which Lambda calls a function again whose batch failed. */
const RETRY_MS = 1_000;
/** How often a test checks whether what it waits for has come. */
const POLL_MS = 5_000;
/** How often EventBridge calls Watch. */
const WATCH_MS = 60_000;
/** How long an event waits in Lambda's queue at the least. A caller that goes on meanwhile does so first, in each run. */
const QUEUED_MS = 20;
/** After which Lambda calls a function again whose asynchronous invocation failed; it gives up after the last of these. */
const ASYNC_RETRIES_MS = [60_000, 120_000];

export interface PipelineOptions {
  /** @default one object for each path that a test adds */
  readonly edge?: Partial<EdgeOptions>;
  /** What the account has in CloudFront. @default {@link DOMAINS} */
  readonly account?: CloudFrontAccount | undefined;
  /** Parameters of the stack. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How long an invalidation is in progress. @default 0 */
  readonly invalidationMs?: number;
  /** @default PrewarmStack */
  readonly stack?: string;
  /** Of all pseudo-random numbers. @default 1 */
  readonly seed?: number;
  /** How much later each instance boots than the one that was launched before it. @default 0 */
  readonly bootsApartMs?: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A loaded function: Lambda calls it for one event at a time. */
interface Container {
  readonly caller: string;
  readonly handler: (event: unknown, context: object) => Promise<unknown>;
  isBusy: boolean;
  readonly died: Promise<never>;
  kill(): void;
}

interface RunningAgent {
  readonly caller: string;
  readonly process: Pick<IsolatedProcess, "signal">;
}

/** Never used again: a process that was killed may still call with its own. */
let callers = 0;

/** A process died, by injection or by its timeout. */
class ProcessDiedError extends Error {
  override readonly name = "ProcessDiedError";
}

export class Pipeline {
  readonly aws: MemoryAws;
  readonly deployment: Deployment;
  /** Has checked every call. */
  readonly authorizer: Authorizer;
  /** Which function or agent each caller is: `Task`, `agent`. */
  readonly roles = new Map<string, string>();
  /** Errors that functions threw, in order. */
  readonly failures: { readonly role: string; readonly error: unknown }[] = [];

  private readonly processes = new IsolatedProcesses();
  private readonly containers = new Map<string, Container[]>();
  private readonly agents = new Map<string, RunningAgent>();
  private readonly pending = new Map<EventSource, StreamRecord[]>();
  private readonly pumping = new Set<EventSource>();
  private readonly deaths = new EventEmitter();
  private endpoint = "";
  private isClosed = false;
  private readonly bootsApartMs: number;
  private closers: (() => unknown)[] = [];

  /** @param startedAt milliseconds since the epoch */
  private constructor(
    readonly startedAt: number,
    readonly clock: VirtualClock,
    readonly edge: Edge,
    options: PipelineOptions,
  ) {
    this.deployment = readDeployment(process.env["PREWARM_PUBLISHED"] ?? "", options.parameters, options.stack);
    this.deaths.setMaxListeners(0);
    this.bootsApartMs = options.bootsApartMs ?? 0;
    this.aws = new MemoryAws({
      tables: this.deployment.tables,
      queues: this.deployment.queues,
      group: { name: this.deployment.groupName, maxSize: this.deployment.maxInstances },
      ...(options.account ?? { distributions: DOMAINS }),
      invalidationMs: options.invalidationMs ?? 0,
      onRecord: (table, record) => this.onRecord(table, record),
      onInstances: (instances) => this.onInstances(instances),
      onInvocation: (fn, event) => void this.invokeLater(fn, event),
      onSchedule: (schedule) => void this.onSchedule(schedule),
      invalidate: (domain, paths) => this.edge.invalidate(paths, domain),
    });
    this.authorizer = new Authorizer(this.deployment.policies, { ...ACCOUNT, ...this.deployment });
    this.aws.authorize = (call) => this.authorizer.authorize(this.iamRole(call.caller), call);
    this.aws.onDeath = (caller) => this.onDeath(caller);
  }

  static async start(options: PipelineOptions = {}): Promise<Pipeline> {
    const closers: (() => unknown)[] = [];
    // On the hour: in which minute of the test something happens does not depend on when the test runs.
    const startedAt = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    const clock = installVirtualClock({ now: startedAt, idleMs: 2 });
    closers.push(() => clock.uninstall());
    closers.push(seedRandom(options.seed ?? 1));
    try {
      const edge = await startEdge({
        ...EDGE,
        distributions: edgeDistributions(options.account ?? { distributions: DOMAINS }),
        ...options.edge,
      });
      closers.push(() => edge.close());
      closers.push(trust(edge.caPem));
      const pipeline = new Pipeline(startedAt, clock, edge, options);
      pipeline.endpoint = await pipeline.aws.listen();
      closers.push(() => pipeline.aws.close());
      const watch = setInterval(() => void pipeline.invokeLater("Watch", {}), WATCH_MS);
      closers.push(() => clearInterval(watch));
      closers.push(() => pipeline.processes.close());
      pipeline.closers = closers;
      return pipeline;
    } catch (error) {
      await closeAll(closers);
      throw error;
    }
  }

  /** @throws Error if a call was made that AWS would deny */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const caller of this.roles.keys()) {
      this.aws.kill(caller);
      this.processes.kill(caller);
    }
    await closeAll(this.closers);
    const { denied } = this.authorizer;
    if (denied.length > 0) throw new Error(`AWS would deny these calls:\n${[...new Set(denied)].join("\n")}`);
  }

  /** Calls the API as API Gateway does. @param path such as `prewarm?req_id=x` */
  api(method: "GET" | "POST", path: string, body?: unknown): Promise<ApiAnswer> {
    return this.apiWithText(method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  /** The same with the text of a body, which need not be JSON. */
  async apiWithText(method: "GET" | "POST", path: string, text?: string): Promise<ApiAnswer> {
    const url = new URL(path, "http://api/");
    const event = {
      httpMethod: method,
      resource: url.pathname,
      path: url.pathname,
      queryStringParameters: url.search === "" ? null : Object.fromEntries(url.searchParams),
      headers: { "x-api-key": API_KEY },
      body: text ?? null,
      isBase64Encoded: false,
      requestContext: { requestId: "api-request", identity: { apiKeyId: null, sourceIp: "192.0.2.1" } },
    };
    const answer = (await this.invoke("Api", event)) as { statusCode: number; body: string };
    return { status: answer.statusCode, json: JSON.parse(answer.body) };
  }

  /** Calls the API. @returns its answer @throws Error unless that is 200 */
  async call(method: "GET" | "POST", path: string, body?: object): Promise<ApiAnswer["json"]> {
    const { status, json } = await this.api(method, path, body);
    if (status === 200) return json;
    throw new Error(`${method} /${path} ${JSON.stringify(body)}: ${status} ${JSON.stringify(json)}`);
  }

  /** Instances whose agents boot, run or stop. */
  get agentCount(): number {
    return this.agents.size;
  }

  /** What functions and agents printed. */
  log(): string {
    return this.processes.log();
  }

  /** Waits, in virtual time, until the request is closed: it has ended and everything is wound down. */
  async untilClosed(reqId: string, timeoutMs = 3 * HOUR_MS): Promise<void> {
    await this.until(() => this.request(reqId)?.["closed"]?.["BOOL"] === true, `request ${reqId} closed`, timeoutMs);
    // The group was reduced: its agents go.
    await this.until(() => this.agents.size === 0, "the last agent has gone", HOUR_MS);
  }

  async until(isDone: () => boolean, what: string, timeoutMs = HOUR_MS): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!isDone()) {
      if (Date.now() > deadline)
        throw new Error(`not within ${timeoutMs} ms: ${what}\n${this.log().split("\n").slice(-20).join("\n")}`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until all tasks of the request are queued. */
  untilInProgress(reqId: string): Promise<void> {
    return this.until(() => this.request(reqId)?.["status"]?.["S"] === "IN_PROGRESS", `${reqId} in progress`);
  }

  /** Receives the messages of a queue again and again and deletes none: in the end they are dead letters. */
  async abandonMessages(construct: string): Promise<void> {
    for (let receives = 0; receives <= MAX_RECEIVES; receives++) {
      this.aws.sqs.take(this.deployment.name(`Prewarm${construct}`), 10);
      await sleep(31_000);
    }
  }

  /** Changes an item as nobody does. @param changes undefined: the attribute is removed */
  change(construct: string, key: Readonly<Record<string, string>>, changes: Readonly<Record<string, unknown>>): void {
    const TableName = this.deployment.name(`Prewarm${construct}`);
    const Key = marshall(key);
    const { Item: before } = this.aws.dynamoDb.call("GetItem", { TableName, Key }) as { readonly Item?: Item };
    const kept = Object.entries({ ...Key, ...before }).filter(([name]) => !(name in changes));
    const Item = { ...Object.fromEntries(kept), ...marshall(changes, { removeUndefinedValues: true }) };
    this.aws.dynamoDb.call("PutItem", { TableName, Item });
  }

  /** Deletes the messages of a queue that are visible. */
  loseMessages(construct: string): void {
    const queue = this.deployment.name(`Prewarm${construct}`);
    for (const { receiptHandle } of this.aws.sqs.take(queue, Number.POSITIVE_INFINITY))
      this.aws.sqs.delete(queue, receiptHandle);
  }

  /** The request's item, with DynamoDB's types. */
  request(reqId: string) {
    return this.items("StorageRequest").find((item) => item["req_id"]?.["S"] === reqId);
  }

  /** Items of a table by its construct's name: `StorageRequestTask`. */
  items(construct: string) {
    const items = this.aws.dynamoDb.items(this.deployment.name(`Prewarm${construct}`));
    // Some items of the Request table are no requests: the permits to be active, and what the requests of a day use.
    return construct === "StorageRequest" ? items.filter(({ status }) => status !== undefined) : items;
  }

  /** What counts for the daily limits, of each day. */
  daysOfUse(): DailyUse[] {
    const items = this.aws.dynamoDb.items(this.deployment.name("PrewarmStorageRequest"));
    const days = items.filter(({ req_id }) => String(req_id?.["S"]).startsWith("day "));
    return days.map(({ total_count, transferred_bytes }) => ({
      total_count: Number(total_count?.["N"]),
      transferred_bytes: Number(transferred_bytes?.["N"]),
    }));
  }

  /** What one of the queues holds: `TaskQueueTasks`, `PipelineFailedBatches`. */
  messages(construct: string) {
    return this.aws.sqs.messages(this.deployment.name(`Prewarm${construct}`));
  }

  /** Calls a function; of several calls at once each has a container of its own. @throws what it throws; ProcessDiedError */
  async invoke(name: string, event: unknown): Promise<unknown> {
    const fn = this.deployment.functions.get(name);
    if (fn === undefined) throw new Error(`there is no function ${name}`);
    const container = this.containers.get(name)?.find(({ isBusy }) => !isBusy) ?? (await this.loadOrFail(fn));
    container.isBusy = true;
    const deadline = Date.now() + fn.timeoutSeconds * 1_000;
    const timeout = setTimeout(() => container.kill(), fn.timeoutSeconds * 1_000);
    try {
      const context = {
        getRemainingTimeInMillis: () => deadline - Date.now(),
        awsRequestId: "lambda-request",
        invokedFunctionArn: fn.arn,
      };
      return await Promise.race([container.handler(event, context), container.died]);
    } catch (error) {
      this.failures.push({ role: name, error });
      throw error;
    } finally {
      clearTimeout(timeout);
      container.isBusy = false;
    }
  }

  private succeeds(name: string, event: unknown): Promise<boolean> {
    return this.invoke(name, event).then(
      () => true,
      () => false,
    );
  }

  private loadOrFail(fn: DeployedFunction): Promise<Container> {
    return this.clock
      .frozen(() => this.load(fn))
      .catch((error: unknown) => {
        this.failures.push({ role: fn.name, error });
        throw error;
      });
  }

  private async load(fn: DeployedFunction): Promise<Container> {
    const caller = this.newCaller(fn.name);
    const { loaded } = this.processes.start(caller, fn.code, {
      ...fn.env,
      ...this.environment(caller),
      AWS_LAMBDA_FUNCTION_NAME: fn.arn,
    });
    const { handler } = (await loaded) as unknown as Pick<Container, "handler">;
    const died = new Promise<never>((_, reject) => {
      this.deaths.once(caller, () => {
        this.containers.set(
          fn.name,
          (this.containers.get(fn.name) ?? []).filter((one) => one !== container),
        );
        reject(new ProcessDiedError(`${fn.name} died`));
      });
    });
    died.catch(() => undefined);
    const kill = () => {
      this.aws.kill(caller);
      this.onDeath(caller);
    };
    const container: Container = { caller, handler, isBusy: false, died, kill };
    this.containers.set(fn.name, [...(this.containers.get(fn.name) ?? []), container]);
    return container;
  }

  private onDeath(caller: string): void {
    this.processes.kill(caller);
    this.deaths.emit(caller);
  }

  /** Logical id of the role that a caller has. */
  private iamRole(caller: string): string | undefined {
    const name = this.roles.get(caller) ?? "";
    return name === "agent" ? this.deployment.agent.role : this.deployment.functions.get(name)?.role;
  }

  private newCaller(role: string): string {
    const caller = `${role.toUpperCase()}${++callers}`;
    this.roles.set(caller, role);
    return caller;
  }

  private environment(caller: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: caller,
      AWS_SECRET_ACCESS_KEY: "memory",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      // Nothing listens there.
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
      ...edgeEnvironment(this.edge),
    };
  }

  private onRecord(table: string, record: StreamRecord): void {
    for (const source of this.deployment.eventSources) {
      if (source.source !== table) continue;
      if (source.patterns.length > 0 && !source.patterns.some((pattern) => matches(pattern, record))) continue;
      this.pending.set(source, [...(this.pending.get(source) ?? []), record]);
      void this.pumpStream(source);
    }
  }

  /** Hands a stream's records over, batch by batch; a batch that fails comes again. */
  private async pumpStream(source: EventSource): Promise<void> {
    if (this.pumping.has(source)) return;
    this.pumping.add(source);
    for (;;) {
      await sleep(source.windowSeconds * 1_000);
      const Records = (this.pending.get(source) ?? []).slice(0, source.batchSize);
      if (Records.length === 0) break;
      // The same records each time, as Lambda does.
      while (!this.isClosed && !(await this.succeeds(source.functionName, { Records }))) await sleep(RETRY_MS);
      if (this.isClosed) break;
      this.pending.set(source, (this.pending.get(source) ?? []).slice(Records.length));
    }
    this.pumping.delete(source);
  }

  private async onSchedule({ functionArn, roleArn, input }: Schedule): Promise<void> {
    this.authorizer.require({
      role: nameInArn(roleArn),
      action: "lambda:InvokeFunction",
      resource: functionArn,
      context: {},
    });
    await this.invokeLater(functionArn, input);
  }

  /**
   * Carries out an asynchronous invocation: one that fails is repeated, and goes to the function's on-failure destination in the end.
   * @param function its name or its ARN
   */
  private async invokeLater(nameOrArn: string, event: unknown): Promise<void> {
    const fn = [...this.deployment.functions.values()].find(({ name, arn }) => [name, arn].includes(nameOrArn));
    if (fn === undefined) throw new Error(`there is no function ${nameOrArn}`);
    await sleep(QUEUED_MS);
    for (const retryMs of [...ASYNC_RETRIES_MS, undefined]) {
      if (this.isClosed || (await this.succeeds(fn.name, event))) return;
      if (retryMs !== undefined) await sleep(retryMs);
    }
    if (fn.onFailure === undefined) return;
    const requestContext = { functionArn: fn.arn, condition: "RetriesExhausted", approximateInvokeCount: 3 };
    this.aws.sqs.send(fn.onFailure, JSON.stringify({ version: "1.0", requestContext, requestPayload: event }));
  }

  private onInstances(instances: readonly string[]): void {
    for (const [id, { process }] of this.agents) if (!instances.includes(id)) process.signal("SIGTERM");
    const launched = instances.filter((id) => !this.agents.has(id));
    for (const [n, id] of launched.entries()) void this.boot(id, BOOT_MS + n * this.bootsApartMs);
  }

  /** Runs an instance's agent, and starts it again when it has crashed, as systemd does. */
  private async boot(id: string, bootMs: number): Promise<void> {
    const isWanted = () => this.aws.autoScaling.instances.includes(id) && !this.isClosed;
    const caller = this.newCaller("agent");
    const env = {
      ...this.deployment.agent.env,
      ...this.environment(caller),
      PREWARM_INSTANCE_ID: id,
      PREWARM_WORKERS: "1",
    };
    const placeholder: RunningAgent = {
      caller,
      process: { signal: () => undefined },
    };
    this.agents.set(id, placeholder);
    await sleep(bootMs);
    if (!isWanted()) return void this.agents.delete(id);
    const process = this.processes.start(caller, this.deployment.agent.code, env);
    process.loaded.catch((error: unknown) => {
      this.failures.push({ role: "agent", error });
    });
    this.agents.set(id, { caller, process });
    const crashed = new Promise<void>((resolve) => void this.deaths.once(caller, () => resolve()));
    await Promise.race([process.exited, crashed]);
    // Its timers go with it.
    this.processes.kill(caller);
    this.agents.delete(id);
    if (isWanted()) await this.boot(id, BOOT_MS);
  }
}

/** Ends what was started, the newest first. */
async function closeAll(closers: (() => unknown)[]): Promise<void> {
  for (const closer of closers.splice(0).reverse()) await closer();
}

/** Whether a record matches an event filter, as far as the template's filters go. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((one) =>
      typeof one === "object" && one !== null && "exists" in one ? (value !== undefined) === one.exists : one === value,
    );
  }
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(pattern as object).every(([key, inner]) => matches(inner, Reflect.get(value, key)));
}

/** Has all clients of this process trust an authority. @returns what ends that */
export function trust(caPem: string): () => void {
  const tls = createRequire(import.meta.url)("node:tls") as { createSecureContext: (...args: never[]) => unknown };
  const before = tls.createSecureContext;
  tls.createSecureContext = (...args) => {
    const secure = before(...args) as { context: { addCACert(pem: string): void } };
    secure.context.addCACert(caPem);
    return secure;
  };
  syncBuiltinESMExports();
  return () => {
    tls.createSecureContext = before;
    syncBuiltinESMExports();
  };
}

/** @returns what brings the real numbers back */
function seedRandom(seed: number): () => void {
  const before = Math.random;
  Math.random = mulberry32(seed);
  return () => {
    Math.random = before;
  };
}
