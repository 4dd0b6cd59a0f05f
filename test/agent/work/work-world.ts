import { pino } from "pino";
import { Slots } from "../../../agent/queue/slots.ts";
import { type WorkDeps, work } from "../../../agent/work/work.ts";
import { messageBody, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { collect } from "../../lambdas/fakes.ts";
import { taskMessage } from "../task-messages.ts";

/** What the fakes do. A call that a test did not plan fails the test. */
export interface Plan {
  readonly active?: () => Promise<boolean>;
  readonly download?: (url: string) => Promise<Partial<TaskResult>>;
  readonly write?: (url: string) => Promise<void>;
  readonly delete?: () => Promise<void>;
  readonly hold?: (seconds: number) => Promise<void>;
  readonly send?: () => Promise<void>;
  readonly bury?: () => Promise<void>;
}

/** Works through one message. `did` says in order what was done. */
export function start(body: string, plan: Plan, slots = new Slots(10)) {
  const did: string[] = [];
  const unplanned: string[] = [];
  const call = <T>(what: string, planned: (() => Promise<T>) | undefined): Promise<T> => {
    did.push(what);
    if (planned !== undefined) return planned();
    unplanned.push(what);
    return Promise.reject(new Error(`unplanned: ${what}`));
  };
  const deps: WorkDeps = {
    queue: {
      delete: (receipt) => call(`delete ${receipt}`, plan.delete),
      hold: (receipt, seconds) =>
        call(`hold ${receipt} ${seconds}`, plan.hold && (() => plan.hold?.(seconds) ?? done())),
      send: async (messages) => {
        const [text = ""] = (await collect(messages)).map(messageBody);
        return call(`send ${text === body ? "it anew" : urlsOf(text)}`, plan.send);
      },
    },
    deadLetters: { bury: (text, reason) => call(`bury ${text}: ${reason}`, plan.bury) },
    results: { write: ({ url }) => call(`write ${url}`, plan.write && (() => plan.write?.(url) ?? done())) },
    requests: { isActive: (reqId) => call(`active? ${reqId}`, plan.active) },
    slots,
    downloader: {
      download: async (task, { url }, cancellation) => {
        const planned = plan.download;
        cancellation.add(() => did.push(`cut ${url}`));
        const end = await call(`download ${url}`, planned && (() => planned(url)));
        return { ...RESULT, req_id: task.req_id, pop: task.pop, url, ...end };
      },
    },
    visibilitySeconds: 120,
    logger: pino({ level: "silent" }),
  };
  const stopping = new AbortController();
  const ended = work(deps, { MessageId: "m", ReceiptHandle: "r", Body: body }, stopping.signal);
  return { did, unplanned, ended, stop: () => stopping.abort() };
}

export const done = () => Promise.resolve();
export const yes = () => Promise.resolve(true);
export const good = () => Promise.resolve({});
export const bad = () => Promise.resolve({ ok: false, reason: "http_5xx" as const, error: "HTTP 503" });
export const fail = (why: string) => () => Promise.reject(new Error(why));

const RESULT: TaskResult = {
  ...{ task_key: "r#0", pop_url: "p#u", req_id: "r", pop: "p", url: "u", ok: true },
  ...{ bytes: 1, ms: 1, attempts: 1, expire_at: 1 },
};
const urlsOf = (body: string) =>
  taskMessageSchema
    .parse(JSON.parse(body))
    .urls.map(({ url }) => url)
    .join(" ");
export const bodyOf = (...urls: string[]) =>
  messageBody(taskMessage({ req_id: "q", urls: urls.map((url) => ({ url, bytes: null })) }));
