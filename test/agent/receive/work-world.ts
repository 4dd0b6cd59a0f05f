import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { processMessage } from "../../../agent/receive/process-message.ts";
import type { MessageDeps } from "../../../agent/receive/return-to-queue.ts";
import type { LeadResult } from "../../../domain/plan/followers.ts";
import { type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { collect } from "../../collect.ts";
import { result } from "../../lambdas/items.ts";
import { fakeDeps, fakeHeartbeats, fakeQueue, fakeStore } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

/** What the fakes do. Without a plan the request is active, downloads are good, results are written and messages deleted; any other call fails. */
export interface Plan {
  readonly active?: () => Promise<boolean>;
  readonly download?: (
    url: string,
    permits: DownloadHooks,
    onDownloaded: (shown: LeadResult) => void,
  ) => Promise<Partial<TaskResult>>;
  readonly write?: (url: string) => Promise<void>;
  readonly delete?: () => Promise<void>;
  readonly hold?: (seconds: number) => Promise<void>;
  readonly send?: () => Promise<void>;
  /** @default unplanned */
  readonly sendLater?: () => Promise<void>;
  readonly bury?: () => Promise<void>;
  readonly decide?: () => Promise<void>;
  /** The limits of origins. @default there are none */
  readonly origins?: MessageDeps["origins"];
  /** Bytes that come of each download before it ends. */
  readonly bytes?: number;
  /** How often the message was delivered, with this time. @default 1 */
  readonly deliveries?: number;
  /** URLs whose results stand. Asked only for a message that comes again. */
  readonly standing?: () => Promise<readonly string[]>;
  /** How they stand. @default good */
  readonly stands?: LeadResult;
}

/** Works through one message. `did` says in order what was done. */
export function start(body: string, planned: Plan = {}, slots = new ConcurrencyLimiter(10), large = slots) {
  const plan: Plan = { active: yes, download: good, write: done, delete: done, ...planned };
  const did: string[] = [];
  const unplanned: string[] = [];
  const sent: TaskMessage[] = [];
  const later: TaskMessage[] = [];
  const written: TaskResult[] = [];
  const call = <T>(what: string, planned: (() => Promise<T>) | undefined): Promise<T> => {
    did.push(what);
    if (planned !== undefined) return planned();
    unplanned.push(what);
    return Promise.reject(new Error(`unplanned: ${what}`));
  };
  const told: Heartbeat[] = [];
  const heartbeat = async (_: string, one: Heartbeat) => void told.push(one);
  const heartbeats = fakeHeartbeats({ writeHeartbeat: heartbeat, addReceivedBytes: async () => undefined }, "i-1");
  const deps = fakeDeps({
    heartbeats,
    store: fakeStore({
      findExisting: async (keys) => {
        const { standing } = plan;
        const urls = await call(`standing? ${keys.length}`, standing && (() => standing()));
        const found = keys.map(({ pop_url }) => pop_url).filter((key) => urls.some((url) => key.endsWith(`#${url}`)));
        return new Map(found.map((key) => [key, plan.stands ?? { ok: true }]));
      },
      putIfAbsent: (results) => call(`decide ${results.map(({ pop_url }) => pop_url).join(" ")}`, plan.decide),
    }),
    queue: fakeQueue({
      delete: (receipt) => call(`delete ${receipt}`, plan.delete),
      setVisibilityTimeout: (receipt, seconds) =>
        call(`hold ${receipt} ${seconds}`, plan.hold && (() => plan.hold?.(seconds) ?? done())),
      send: async (messages) => {
        const all = await collect(messages);
        sent.push(...all);
        const [text = ""] = all.map((message) => JSON.stringify(message));
        return call(`send ${text === body ? "it anew" : urlsOf(text)}`, plan.send);
      },
      sendLater: (message, seconds) => {
        later.push(message);
        return call(`put off ${urlsOf(JSON.stringify(message))} ${seconds}`, plan.sendLater);
      },
    }),
    deadLetters: {
      send: async (text, reason) => {
        await call(`bury ${text}: ${reason}`, plan.bury);
        return undefined;
      },
    },
    write: (result) => {
      written.push(result);
      return call(`write ${result.url}`, plan.write && (() => plan.write?.(result.url) ?? done()));
    },
    isActive: (reqId) => call(`active? ${reqId}`, plan.active),
    limiters: { small: slots, large },
    download: async (task, { url, variant }, admission) => {
      const { download } = plan;
      admission.cancellation.add(() => did.push(`cut ${url}`));
      admission.transfer.addBytes(plan.bytes ?? 0);
      const end = await call(
        `download ${url}`,
        download && (() => download(url, admission, (shown) => admission.onDownloaded(shown))),
      );
      return result(task.pop, url, { req_id: task.req_id, variant, ...end });
    },
    ...(plan.origins === undefined ? {} : { origins: plan.origins }),
  });
  const stopping = new AbortController();
  const message = { id: "m", receipt: "r", body, deliveries: plan.deliveries ?? 1 };
  const ended = processMessage(deps, message, stopping.signal);
  return { did, unplanned, sent, later, written, ended, heartbeats, told, stop: () => stopping.abort() };
}

/** Works through one message to its end. */
export async function run(...args: Parameters<typeof start>) {
  const started = start(...args);
  await started.ended;
  return started;
}

export const done = () => Promise.resolve();
export const yes = () => Promise.resolve(true);
export const good = () => Promise.resolve({});
export const bad = () => Promise.resolve({ ok: false, reason: "http_5xx" as const, error: "HTTP 503" });
export const fail = (why: string) => () => Promise.reject(new Error(why));

const urlsOf = (body: string) =>
  taskMessageSchema
    .parse(JSON.parse(body))
    .urls.map(({ url }) => url)
    .join(" ");
export const bodyOf = (...urls: string[]) =>
  JSON.stringify(taskMessage({ req_id: "q", urls: urls.map((url) => ({ url, bytes: null })) }));
