import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { RequestMonitor } from "../../../agent/instance/request-monitor.ts";
import { Agent, type AgentDeps } from "../../../agent/receive/agent.ts";
import { Heartbeats } from "../../../agent/report/heartbeats.ts";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import { DeadLetterQueue } from "../../../aws/dead-letter-queue.ts";
import { ProgressTable } from "../../../aws/progress-table.ts";
import { RequestReader } from "../../../aws/request-table.ts";
import { RequestTaskTable } from "../../../aws/request-task-table.ts";
import { SettlementRequests } from "../../../aws/settlement-requests.ts";
import { MainAndExpressQueues } from "../../../aws/task-queue.ts";
import { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { type Deferred, deferred } from "../deferred.ts";
import { type Answers, fakeAws } from "../fake-aws.ts";
import { logger } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

const QUEUES = "https://sqs.example";
const done = { Successful: [] };

export function resultOf({ req_id, pop }: TaskMessage, { url }: TaskUrl): TaskResult {
  const pop_url = `${pop}#${url}`;
  const [bytes, ms, attempts, expire_at] = [1_009, 37, 2, 1_800_000_333];
  return { task_key: `${req_id}#0`, pop_url, req_id, pop, url, ok: true, bytes, ms, attempts, expire_at };
}

function unreadable({ key }: { readonly key: string }): never {
  throw new Error(`${key} cannot be read`);
}

function urlsIn(body = ""): string {
  const { urls }: TaskMessage = JSON.parse(body);
  return urls.map(({ url }) => url).join();
}

/** An agent before a queue of these messages (each a list of URLs), its table and what happened, in order. */
export async function world(messages: readonly (readonly string[])[], answers: Answers = {}) {
  const waiting = messages.map((urls) =>
    JSON.stringify(taskMessage({ urls: urls.map((url) => ({ url, bytes: 1_013 })) })),
  );
  const log: string[] = [];
  const heartbeats: string[] = [];
  let received = 0;
  const expectQueue = (url: string | undefined, name: string) => {
    if (url !== `${QUEUES}/${name}`) throw new Error(`${url} in place of ${name}`);
  };
  const aws = await fakeAws({
    ReceiveMessage: async ({ QueueUrl, MaxNumberOfMessages }) => {
      const here = QueueUrl?.endsWith("/tasks") ? waiting : [];
      if (here.length === 0) await sleep(100);
      return {
        Messages: here.splice(0, MaxNumberOfMessages).map((Body) => ({ Body, ReceiptHandle: `r${received++}` })),
      };
    },
    UpdateItem: ({ Key = {}, ExpressionAttributeValues: values = {} }) => {
      heartbeats.push(`${Key["key"]?.S} ${values[":tasks"]?.N}`);
      return {};
    },
    GetItem: () => ({ Item: { active: { S: "y" } } }),
    BatchWriteItem: ({ RequestItems = {} }) => {
      for (const { PutRequest } of RequestItems["results"] ?? []) log.push(`stored ${PutRequest?.Item?.["url"]?.S}`);
      return {};
    },
    DeleteMessageBatch: ({ QueueUrl, Entries = [] }) => {
      expectQueue(QueueUrl, "tasks");
      for (const { ReceiptHandle } of Entries) log.push(`deleted ${ReceiptHandle}`);
      return done;
    },
    SendMessageBatch: ({ QueueUrl, Entries = [] }) => {
      expectQueue(QueueUrl, "tasks");
      for (const { MessageBody } of Entries) log.push(`sent ${urlsIn(MessageBody)}`);
      return done;
    },
    SendMessage: ({ QueueUrl, MessageBody }) => {
      expectQueue(QueueUrl, "dead");
      log.push(`buried ${urlsIn(MessageBody)}`);
      return { MessageId: "m" };
    },
    ...answers,
  });
  /** Ids of requests that Shutdown is to check. */
  const checked: string[] = [];
  const start = ({ retire, retireMs = 60_000, stallSeconds = 900, download = instantly }: Options = {}) => {
    const queue = new MainAndExpressQueues(aws.sqs, { main: `${QUEUES}/tasks`, express: `${QUEUES}/express` });
    const documents = DynamoDBDocument.from(aws.db);
    const requests = new RequestReader(documents, "requests", unreadable);
    const store = new RequestTaskTable(aws.db, "results", unreadable);
    const progress = new ProgressTable(documents, "progress", unreadable);
    const unplanned = () => Promise.reject(new Error("unplanned: retire"));
    const monitor = new RequestMonitor({
      requests,
      progress,
      queue,
      retire: retire ?? unplanned,
      retireMs,
      logger,
      timings: { ...timingsOf(stallSeconds), recheckMs: stallSeconds * 67 },
      settlements: new SettlementRequests(documents, "progress", { invoke: async (reqId) => void checked.push(reqId) }),
    });
    const agent = new Agent({
      queue,
      monitor,
      download,
      store,
      logger,
      origins: new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now }),
      deadLetters: new DeadLetterQueue(aws.sqs, `${QUEUES}/dead`),
      isActive: (reqId) => requests.isActive(reqId),
      results: new ResultWriter(store, logger),
      heartbeats: new Heartbeats({
        store: progress,
        instance: "i-1",
        worker: "w",
        heartbeatIntervalMs: 10_000,
        now: Date.now,
        logger,
      }),
      visibilitySeconds: 120,
      isMemoryTight: () => false,
    });
    return { stop: () => agent.stop(), ended: agent.serve() };
  };
  return { aws, log, heartbeats, checked, start, received: () => received };
}

interface Options {
  /** @default not planned */
  readonly retire?: () => Promise<void>;
  readonly retireMs?: number;
  readonly stallSeconds?: number;
  /** @default all is good at once */
  readonly download?: AgentDeps["download"];
}

const instantly: AgentDeps["download"] = async (message, url) => resultOf(message, url);

/** Downloads that last until they are told to end. */
export function downloads() {
  const running = new Map<string, Deferred<Partial<TaskResult>>>();
  const download: AgentDeps["download"] = async (message, url) => {
    const end = deferred<Partial<TaskResult>>();
    running.set(url.url, end);
    return { ...resultOf(message, url), ...(await end.promise) };
  };
  return {
    running,
    download,
    endAll: (how: Partial<TaskResult> = {}) => running.forEach(({ resolve }) => void resolve(how)),
  };
}

export const numbered = (n: number, name = "u") => Array.from({ length: n }, (_, i) => [`${name}${i}`]);
export const count = (log: readonly string[], word: string) => log.filter((line) => line.startsWith(word)).length;
