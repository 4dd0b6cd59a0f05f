import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { ObjectRequest } from "../../../agent/fetch/fetch-object.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { processMessage } from "../../../agent/receive/process-message.ts";
import type { MessageDeps } from "../../../agent/receive/return-to-queue.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { collect } from "../../collect.ts";
import { fakeDeps, fakeHeartbeats, fakeQueue, fakeStore } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

/** What the fakes do. Without a plan the request is active, downloads are good, results are written and messages deleted; any other call fails. */
export interface Plan {
  readonly active?: () => Promise<boolean>;
  /** Answers a request: what differs from a whole object. Messages ask for each object once, unless a test says otherwise. */
  readonly download?: (url: string, request: ObjectRequest) => Promise<Partial<HttpResult>>;
  readonly write?: (url: string) => Promise<void>;
  readonly delete?: () => Promise<void>;
  readonly hold?: () => Promise<void>;
  readonly send?: () => Promise<void>;
  readonly sendLater?: () => Promise<void>;
  readonly bury?: () => Promise<void>;
  readonly decide?: () => Promise<void>;
  /** The limits of origins. @default there are none */
  readonly origins?: MessageDeps["origins"];
  /** Bytes that come of each download before it ends. */
  readonly bytes?: number;
  /** How often the message was delivered, with this time. @default 1 */
  readonly deliveries?: number;
  /** URLs whose results stand, and are good. Asked only for a message that comes again. */
  readonly standing?: () => Promise<readonly string[]>;
}

/** Works through one message. `did` says in order what was done. */
export function start(body: string, planned: Plan = {}, slots = new ConcurrencyLimiter(10), large = slots) {
  const plan: Plan = { active: yes, download: good, write: done, delete: done, ...planned };
  const did: string[] = [];
  const unplanned: string[] = [];
  const sent: TaskMessage[] = [];
  const later: TaskMessage[] = [];
  const written: TaskResult[] = [];
  const told: Heartbeat[] = [];
  const call = <A extends unknown[], T>(what: string, answer: ((...args: A) => Promise<T>) | undefined, ...args: A) => {
    did.push(what);
    if (answer !== undefined) return answer(...args);
    unplanned.push(what);
    return Promise.reject(new Error(`unplanned: ${what}`));
  };
  const heartbeats = fakeHeartbeats({
    writeHeartbeat: async (_, one) => void told.push(one),
  });
  const deps = fakeDeps({
    heartbeats,
    store: fakeStore({
      findExisting: async (keys) => {
        const urls = (await call(`standing? ${keys.length}`, plan.standing)).map(urlOf);
        const found = keys.filter(({ pop_url }) => urls.some((url) => pop_url.endsWith(`#${url}`)));
        return new Map(found.map(({ pop_url }) => [pop_url, { ok: true }]));
      },
      putIfAbsent: (results) =>
        call(`decide ${results.map(({ pop_url }) => pop_url.replaceAll(HOST, "")).join(" ")}`, plan.decide),
    }),
    queue: fakeQueue({
      delete: (receipt) => call(`delete ${receipt}`, plan.delete),
      setVisibilityTimeout: (receipt, seconds) => call(`hold ${receipt} ${seconds}`, plan.hold),
      send: async (messages) => {
        const all = await collect(messages);
        sent.push(...all);
        const shown = all.map((message) => (JSON.stringify(message) === body ? "it anew" : show(message)));
        return call(`send ${shown.join(", ")}`, plan.send);
      },
      sendLater: (message, seconds) => {
        later.push(message);
        return call(`put off ${show(message)}, ${seconds} s`, plan.sendLater);
      },
    }),
    deadLetters: { send: (text, reason) => call(`bury ${text}: ${reason}`, plan.bury) },
    write: (one) => {
      written.push(one);
      return call(`write ${nameOf(one.url)}`, plan.write, nameOf(one.url));
    },
    isActive: (reqId) => call(`active? ${reqId}`, plan.active),
    limiters: { small: slots, large },
    fetch: async (request) => {
      const startedAt = performance.now();
      const url = nameOf(request.target.href);
      request.cancellation.add(() => did.push(`cut ${url}`));
      request.transfer.addBytes(plan.bytes ?? 0);
      const end = await call(`${request.kind} ${url}`, plan.download, url, request);
      const whole = { bytes: 10, contentLength: 10, httpStatus: 200, xCache: "Miss from cloudfront" };
      return { answer: { ...whole, ...end }, startedAt, endedAt: performance.now() };
    },
    ...(plan.origins === undefined ? {} : { origins: plan.origins }),
  });
  const stopping = new AbortController();
  const message = { id: "m", receipt: "r", body, deliveries: plan.deliveries ?? 1 };
  const ended = processMessage(deps, message, stopping.signal).finally(() => expect(unplanned).toEqual([]));
  return { did, sent, later, written, ended, heartbeats, told, stop: () => stopping.abort() };
}

/** Works through one message to its end. */
export async function run(...args: Parameters<typeof start>) {
  const started = start(...args);
  await started.ended;
  return started;
}

/** A message in short: its POP, its URLs with their variants, its followers, and what it says of itself. */
function show({ pop, urls, followers = [], follows, again, tries, first_failure }: TaskMessage): string {
  const marks = [follows === true && "follows", again === true && "again", tries && `tries ${tries}`, first_failure];
  const named = urls.map(({ url, variant = "" }) => nameOf(url) + variant).join("+");
  return [pop, named, ...followers.map((it) => `>${it.pop}`), ...marks.filter(Boolean)].join(" ");
}

/** What became of a message: the calls of queues. */
export const moves = (did: readonly string[]) => did.filter((what) => /^(send|put off|hold|delete|bury)/.test(what));

export const done = () => Promise.resolve();
export const yes = () => Promise.resolve(true);
export const good = () => Promise.resolve({});
export const bad = () => Promise.resolve({ httpStatus: 404 });
export const fail = (why: string) => () => Promise.reject(new Error(why));
/** A request that is active for so many calls. */
export const activeFor = (calls: number) => async () => calls-- > 0;

/** A message of these URLs at P1, whose request is q. */
export const bodyOf = (...urls: string[]) => bodyWith({}, ...urls);
export const bodyWith = (different: Partial<TaskMessage>, ...urls: string[]) =>
  JSON.stringify(
    taskMessage({
      req_id: "q",
      pop: "P1",
      verify: "off",
      downloads: 1,
      urls: urls.map((url) => ({ url: urlOf(url), bytes: null })),
      ...different,
    }),
  );

/** Tests name URLs by their paths. */
const HOST = "https://www.example.com/";
export const urlOf = (name: string) => HOST + name;
export const nameOf = (url: string) => url.replace(HOST, "");
