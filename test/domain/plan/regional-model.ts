// A model of CloudFront's tiers, and of a request with the scope `regional` that runs against it by the real plan, steps and evidence.
import { emptyHistory, nextStep, recordAnswer, type TaskSettings } from "../../../agent/admit/task-steps.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { toResult } from "../../../agent/fetch/to-result.ts";
import { extensionOf } from "../../../domain/plan/extension.ts";
import { isPassedOn, promoteFollowers } from "../../../domain/plan/followers.ts";
import { Plan } from "../../../domain/plan/plan.ts";
import { RecEvidence } from "../../../domain/plan/rec-evidence.ts";
import type { GoodUrl, TaskUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { messagesOf, type TaskMessage } from "../../../domain/plan/task-message.ts";
import { regionalFactsOf } from "../../../domain/readiness/regional-coverage.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { SAMPLE_DELAY_MS } from "../../../domain/result/sample.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { collect } from "../../collect.ts";
import { LABEL, request, target } from "../../lambdas/items.ts";

export interface ModelEdge {
  /** The REC that each POP asks; undefined: it asks the origin itself. */
  readonly recOf: Readonly<Record<string, string | undefined>>;
  readonly serverTiming: boolean;
  readonly admission: "first" | "second";
  /** POPs that refuse connections. */
  readonly closed: readonly string[];
  /** POPs whose answers have no `x-cache`. */
  readonly silent: readonly string[];
  /** Whether the origin has a cache in front that sends an `Age`: in each answer, or only in its hits. */
  readonly originAge: "none" | "always" | "hits";
  /** Share of the tasks whose agent dies after the first answer. */
  readonly deaths: number;
  /** `REC url`: objects that a REC does not keep. */
  readonly dropped: ReadonlySet<string>;
  /** URLs that the origin does not have. */
  readonly missing: ReadonlySet<string>;
  /** Objects of RECs before the request: when they were stored, in milliseconds. */
  readonly before: ReadonlyMap<string, number>;
  /** The same of POPs: `POP url`. */
  readonly popBefore: ReadonlyMap<string, number>;
}

const BYTES = 10;
const START = Date.UTC(2026, 8, 1);

/** Sets the fake clocks. */
export type SetClock = (ms: number) => void;

/** The caches while a request runs. Times are in milliseconds since the model's start. */
class Caches {
  private readonly recs: Map<string, number>;
  private readonly pops: Map<string, number>;
  private readonly asked = new Map<string, number>();
  /** When the cache in front of the origin stored each object. */
  private readonly atOrigin = new Map<string, number>();
  /** GETs by `REC url` and by whether a sample sent them. */
  readonly requests: { readonly pop: string; readonly url: string; readonly isSample: boolean }[] = [];

  constructor(private readonly edge: ModelEdge) {
    this.recs = new Map(edge.before);
    this.pops = new Map(edge.popBefore);
  }

  /** Whether the REC of a POP keeps an object. */
  has(pop: string, url: string): boolean {
    const rec = this.edge.recOf[pop];
    return rec !== undefined && this.recs.has(`${rec} ${url}`);
  }

  get(pop: string, url: string, now: number, isSample: boolean): HttpResult {
    const { edge } = this;
    if (edge.closed.includes(pop)) return { bytes: 0, failure: { reason: "connection", detail: "refused" } };
    this.requests.push({ pop, url, isSample });
    if (edge.missing.has(url)) return { bytes: 0, httpStatus: 404, xCache: "Error from cloudfront", xAmzCfPop: pop };
    const key = `${pop} ${url}`;
    const atPop = this.pops.get(key);
    if (atPop !== undefined) return this.answer(pop, "EDGE", now - atPop);
    const rec = edge.recOf[pop];
    const atRec = rec === undefined ? undefined : this.recs.get(`${rec} ${url}`);
    // An Age of the origin goes on in the caches, as if they had stored the object earlier.
    const originAge = atRec === undefined ? this.originAgeOf(url, now) : undefined;
    const stored = now - (originAge ?? 0);
    if (rec !== undefined && atRec === undefined && !edge.dropped.has(`${rec} ${url}`))
      this.recs.set(`${rec} ${url}`, stored);
    const count = (this.asked.get(key) ?? 0) + 1;
    this.asked.set(key, count);
    if (count >= (edge.admission === "first" ? 1 : 2) && !edge.dropped.has(`${rec} ${url}`))
      this.pops.set(key, atRec ?? stored);
    return atRec === undefined ? this.answer(pop, rec, undefined, originAge) : this.answer(pop, "REC", now - atRec);
  }

  /** Milliseconds. */
  private originAgeOf(url: string, now: number): number | undefined {
    const { originAge } = this.edge;
    const stored = this.atOrigin.get(url);
    if (stored === undefined) this.atOrigin.set(url, now);
    if (originAge === "none" || (stored === undefined && originAge === "hits")) return undefined;
    return now - (stored ?? now);
  }

  /** @param tier that answered; of a Miss the REC that was asked @param ageMs undefined: a Miss @param originAgeMs of a Miss */
  private answer(pop: string, tier: string | undefined, ageMs: number | undefined, originAgeMs?: number): HttpResult {
    const isSilent = this.edge.silent.includes(pop);
    const sentAge = ageMs ?? originAgeMs;
    const upstream = tier === undefined ? "EDGE" : "REC";
    const timing =
      ageMs === undefined ? `cdn-upstream-layer;desc="${upstream}",cdn-cache-miss` : `cdn-hit-layer;desc="${tier}"`;
    return {
      httpStatus: 200,
      bytes: BYTES,
      contentLength: BYTES,
      firstByteMs: 20,
      xCache: isSilent ? undefined : ageMs === undefined ? "Miss from cloudfront" : "Hit from cloudfront",
      age: sentAge === undefined ? undefined : String(Math.floor(sentAge / 1_000)),
      serverTiming: this.edge.serverTiming && !isSilent ? timing : undefined,
      xAmzCfPop: pop,
    };
  }
}

/** Runs a request to its end. @param random from 0 to 1 */
export async function runModel(edge: ModelEdge, urls: readonly GoodUrl[], random: () => number, setClock: SetClock) {
  const pops = Object.keys(edge.recOf);
  const caches = new Caches(edge);
  const distributions = [{ label: LABEL, names: [], hosts: ["a.example"] }];
  const item: RequestItem = request({ scope: "regional", pops, distributions, status: "IN_PROGRESS" });
  let plan = new Plan(
    item,
    pops.map((pop) => target(pop, { state: "READY" })),
  );
  const results = new Map<string, TaskResult>();
  /** Steps of tasks that are due, by time. */
  const due: { readonly at: number; readonly run: () => void }[] = [];
  /** What two processes know of the host. */
  const hosts: readonly [Host, Host] = [{ originSendsAge: false }, { originSendsAge: false }];
  let now = 0;
  const at = (time: number, run: () => void) => due.push({ at: time, run });

  const send = (messages: readonly TaskMessage[]) => {
    for (const message of messages) at(now + random() * 3_000, () => start(message));
  };
  const start = (message: TaskMessage) => {
    const host: Host = random() < 0.5 ? hosts[0] : hosts[1];
    for (const url of message.urls) runTask(message, url, host, random() < edge.deaths);
  };
  /** @param dies whether its agent dies after the first answer, and another one receives the message */
  const runTask = (message: TaskMessage, url: TaskUrl, host: Host, dies: boolean, isRedelivered = false) => {
    const settings = settingsOf(message, url, now, isRedelivered);
    const history = emptyHistory();
    const go = () => {
      const step = nextStep(history, settings, { originSendsAge: host.originSendsAge, isCancelled: false }, random);
      if (step.step === "defer") throw new Error("nothing is deferred");
      if (step.step === "end") {
        end(message, url, toResult(message, url, "i", step.end, 0));
        return;
      }
      at(Math.max(now, step.earliestAt), () => {
        const startedAt = now;
        const answer = caches.get(message.pop, url.url, now, message.sample === true);
        at(now + 30, () => {
          if (dies) {
            at(now + 40_000, () => runTask(message, url, host, false, true));
            return;
          }
          recordAnswer(history, settings, step, { answer, startedAt, endedAt: now }, host.originSendsAge);
          if (answer.xCache?.startsWith("Miss") && answer.age !== undefined) host.originSendsAge = true;
          go();
        });
      });
    };
    go();
  };
  const end = (message: TaskMessage, url: TaskUrl, result: TaskResult) => {
    if (!isPassedOn(message, url, result)) results.set(result.pop_url, result);
    if (message.followers === undefined) return;
    const { messages, skipped } = promoteFollowers(message, [{ url, result }], false, 0);
    for (const it of skipped) if (!results.has(it.pop_url)) results.set(it.pop_url, it);
    send(messages);
  };
  const runAll = () => {
    while (due.length > 0) {
      const next = due.reduce((a, b) => (b.at < a.at ? b : a));
      due.splice(due.indexOf(next), 1);
      now = Math.max(now, next.at);
      setClock(START + now);
      next.run();
    }
  };

  setClock(START);
  send(await collect(messagesOf(item, plan.unsentLeads(urls), { maxUrls: 100, targets: pops.length })));
  runAll();
  let known = evaluate(plan, urls, results.values());
  let total = plan === undefined ? 0 : urls.reduce((sum, url) => sum + (plan.tasksOf(url)?.count ?? 0), 0);
  for (let extensions = 0; ; extensions++) {
    if (known.taskBitmap.missingCount > 0) throw new Error(`${known.taskBitmap.missingCount} tasks have no result`);
    const planned = new Plan({ ...item, total_count: total }, plan.allTargets);
    const extension = await extensionOf({ ...known, plan: planned, urls }, {});
    if (extension === undefined) break;
    if ("problem" in extension || extensions > 0) throw new Error("extended twice");
    plan = extension.plan;
    total = extension.fields.total_count;
    known = evaluate(plan, urls, results.values());
    send(await collect(messagesOf(item, known.taskBitmap.missingLeads(), { maxUrls: 100 })));
    runAll();
    known = evaluate(plan, urls, results.values());
  }
  const facts = regionalFactsOf(item, { ...known, urls });
  const { pops: coverage } = known.recEvidence.coverageOf(LABEL, known.taskBitmap);
  return { caches, coverage, facts, plan, results };
}

function evaluate(plan: Plan, urls: readonly GoodUrl[], results: Iterable<TaskResult>) {
  const taskBitmap = new TaskBitmap(plan, urls);
  const recEvidence = new RecEvidence(plan, urls);
  for (const result of results) if (taskBitmap.addResult(result)) recEvidence.addResult(result);
  return { plan, taskBitmap, recEvidence };
}

interface Host {
  originSendsAge: boolean;
}

function notBefore(message: TaskMessage, { sample, filled_at }: TaskUrl, now: number): number {
  if (sample === undefined) return 0;
  if (message.sample === undefined || filled_at === undefined) return now + (message.sample_delay_ms ?? 0);
  return now + filled_at - Date.now() + SAMPLE_DELAY_MS;
}

function settingsOf(message: TaskMessage, url: TaskUrl, now: number, isRedelivered: boolean): TaskSettings {
  const isSample = url.sample === true && message.led_by !== undefined;
  const leadFill = url.filled_at === undefined ? undefined : now + url.filled_at - Date.now();
  return {
    addresses: 1,
    firstAddress: 0,
    attemptsBefore: 0,
    downloads: "auto",
    scope: "regional",
    verify: "edge",
    downloadsDone: 0,
    expectedBytes: BYTES,
    compressed: false,
    hasRange: false,
    errorTtls: undefined,
    deadline: undefined,
    errorCachingMs: 0,
    notBefore: notBefore(message, url, now),
    queuedAt: message.queued_at === undefined ? undefined : now + message.queued_at - Date.now(),
    sample: isSample ? { leadFill, endsOnHit: message.sample === true, isRedelivered } : undefined,
  };
}
