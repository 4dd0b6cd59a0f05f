// Processes that share the limits of one origin, in virtual time: a queue with delays, a table with latency and faults, an origin.

import { setMaxListeners } from "node:events";
import { AdaptiveRate } from "../../domain/origin/adaptive-rate.ts";
import { DeferredError, OriginLimiter } from "../../domain/origin/origin-limiter.ts";
import type { OriginLimits } from "../../domain/request/options.ts";
import { mulberry32 } from "../../tools/lab/engine/seed.ts";
import { times } from "../collect.ts";
import { SimulatedTable, type TableFaults } from "./simulated-table.ts";

const REQ_ID = "r1";
const HEARTBEAT_MS = 10_000;
const POLL_MS = 500;
const VISIBILITY_MS = 60_000;
const MAX_TRIES = 8;
/** CloudFront keeps an error for 10 s. */
const RETRY_MS = 11_000;

export interface LabOptions {
  readonly seed: number;
  readonly processes: number;
  readonly limits?: OriginLimits;
  readonly tasks: number;
  /** Tasks of a message. @default 20 */
  readonly together?: number;
  /** Messages of a receive call. @default 10 */
  readonly messages?: number;
  /** How long a request takes. @default 50 ms */
  readonly answerMs?: number;
  readonly table?: TableFaults;
  /** Clock offsets in milliseconds; the first ones belong to the first processes. */
  readonly offsets?: readonly number[];
  /** The origin refuses what is above so many requests in any second. */
  readonly breaksAbove?: number | undefined;
  /** Tasks that are always refused, by their number. */
  readonly isBad?: (task: number) => boolean;
  /** The URL and the POP of a task. @default each task has its own URL, at one of ten POPs */
  readonly urlOf?: (task: number) => { readonly url: string; readonly pop: string };
  readonly retryAfterMs?: number | undefined;
  /** @default starts within the first 2 s */
  readonly startWithinMs?: number;
  /** Requests of Get Size. @default it does not run */
  readonly probes?: number;
  /** Hosts of the request; each task is of one of them. The origin of each refuses for itself. @default 1 */
  readonly hosts?: number;
  /** How long it takes to open a connection. @default 0 */
  readonly connectMs?: number;
  /** The hosts that {@link breaksAbove} holds for, by their number. @default all */
  readonly isThrottled?: (host: number) => boolean;
}

export interface Sent {
  readonly at: number;
  readonly process: string;
  readonly refused: boolean;
  readonly isProbe: boolean;
  readonly host: number;
}

interface Message {
  readonly tasks: readonly number[];
  readonly tries: number;
}

interface Process {
  readonly name: string;
  readonly limiter: OriginLimiter;
  /** Of each host. */
  readonly rates: readonly AdaptiveRate[];
  isAlive: boolean;
  isReceiving: boolean;
  /** Ends its requests and timers. */
  readonly end: AbortController;
  readonly held: Set<Message>;
}

export class Lab {
  readonly sent: Sent[] = [];
  readonly table: SimulatedTable;
  readonly random: () => number;
  done = 0;
  failed = 0;
  inProgress = 0;
  mostInProgress = 0;
  firstReceivedAt: number | undefined;
  lastDoneAt = 0;
  /** When good requests ended. */
  readonly goodAt: number[] = [];
  /** The time that all requests took. */
  busyMs = 0;
  readonly started = Date.now();
  private readonly visible: Message[] = [];
  private readonly processes = new Map<string, Process>();
  private readonly accepted = new Map<number, number[]>();

  constructor(readonly options: LabOptions) {
    this.random = mulberry32(options.seed);
    this.table = new SimulatedTable(options.table ?? {}, this.random);
    const { tasks, together = 20, processes, startWithinMs = 2_000 } = options;
    for (let n = 0; n < tasks; n += together)
      this.visible.push({ tasks: times(Math.min(together, tasks - n), (i) => n + i), tries: 0 });
    for (let n = 0; n < processes; n++)
      setTimeout(() => this.start(`p${n}`, options.offsets?.[n] ?? 0), this.random() * startWithinMs);
    if (options.probes !== undefined) this.probe(options.probes);
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (Date.now() - this.started) / 1_000;
  }

  get names(): string[] {
    return [...this.processes.values()].filter(({ isAlive }) => isAlive).map(({ name }) => name);
  }

  start(name: string, offset = 0): void {
    this.poll(this.newProcess(name, offset));
  }

  /** The process ends at once. SQS returns what it held after the visibility timeout. */
  kill(name: string): void {
    const process = this.processes.get(name);
    if (process === undefined || !process.isAlive) return;
    process.isAlive = false;
    process.isReceiving = false;
    process.limiter.close(new Error("killed"));
    process.end.abort(new Error("killed"));
    for (const message of process.held) setTimeout(() => this.visible.push(message), VISIBILITY_MS * this.random());
  }

  /** The process stops: it returns what has not started, and ends the rest. */
  async stop(name: string): Promise<void> {
    const process = this.processes.get(name);
    if (process === undefined) return;
    process.isReceiving = false;
    process.limiter.close(new DeferredError(0));
    while (process.held.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await process.limiter.drain().catch(() => undefined);
    process.isAlive = false;
    process.end.abort(new Error("stopped"));
  }

  endAll(): void {
    for (const name of this.names) this.kill(name);
  }

  private newProcess(name: string, offset: number): Process {
    const now = () => Date.now() + offset;
    const store = this.table.storeOf(name);
    let heartbeatAt = Number.NEGATIVE_INFINITY;
    const { hosts = 1 } = this.options;
    const rates = times(hosts, (n) => new AdaptiveRate({ store, host: `h${n}`, now }));
    const limiter = new OriginLimiter({
      id: REQ_ID,
      limits: this.options.limits ?? {},
      store,
      heartbeatAt: () => heartbeatAt,
      now,
    });
    const end = new AbortController();
    setMaxListeners(0, end.signal);
    const heartbeat = async () => {
      if (end.signal.aborted) return;
      const at = now();
      await this.table.heartbeat(name, at).then(
        () => {
          heartbeatAt = at;
        },
        () => undefined,
      );
      setTimeout(heartbeat, HEARTBEAT_MS);
    };
    void heartbeat();
    const process: Process = {
      name,
      limiter,
      rates,
      isAlive: true,
      isReceiving: true,
      end,
      held: new Set(),
    };
    this.processes.set(name, process);
    return process;
  }

  private poll(process: Process): void {
    if (!process.isReceiving) return;
    const place = Math.floor(this.random() * this.visible.length);
    for (const message of this.visible.splice(place, this.options.messages ?? 10)) {
      this.firstReceivedAt ??= Date.now();
      void this.work(process, message);
    }
    setTimeout(() => this.poll(process), POLL_MS * (0.5 + this.random()));
  }

  private async work(process: Process, message: Message): Promise<void> {
    process.held.add(message);
    const deferred: { task: number; delayMs: number; tries: number }[] = [];
    await Promise.all(
      message.tasks.map(async (task) => {
        const end = await this.task(process, task, message.tries);
        if (end !== undefined) deferred.push({ task, ...end });
      }),
    );
    if (!process.isAlive) return;
    process.held.delete(message);
    for (const tries of new Set(deferred.map((it) => it.tries))) {
      const same = deferred.filter((it) => it.tries === tries);
      const delayMs = Math.ceil(Math.max(...same.map((it) => it.delayMs)) / 1_000) * 1_000;
      setTimeout(() => this.visible.push({ tasks: same.map(({ task }) => task), tries }), delayMs);
    }
  }

  private async task(process: Process, task: number, tries: number) {
    try {
      const isGood = await this.request(process, task, tries, true);
      if (isGood) {
        this.done++;
        this.goodAt.push(Date.now());
        this.lastDoneAt = Date.now();
        return undefined;
      }
      if (tries + 1 < MAX_TRIES) return { delayMs: RETRY_MS * (1 + 0.3 * this.random()), tries: tries + 1 };
      this.failed++;
      this.lastDoneAt = Date.now();
      return undefined;
    } catch (error) {
      if (error instanceof DeferredError) return { delayMs: error.delayMs, tries };
      return { delayMs: 0, tries };
    }
  }

  private async request(process: Process, task: number, tries: number, isDeferrable: boolean): Promise<boolean> {
    const { answerMs = 50, isBad, urlOf, retryAfterMs, limits } = this.options;
    const host = Math.abs(task) % process.rates.length;
    const rate = process.rates[host];
    if (rate === undefined) throw new Error("no such host");
    const { url, pop } = urlOf?.(task) ?? { url: `u${task}`, pop: `pop${task % 10}` };
    const needsPermit = limits !== undefined || tries > 0 || rate.isActive;
    if (tries > 0) await rate.refresh().catch(() => undefined);
    const permit = needsPermit
      ? await process.limiter.acquire({ rate, signal: process.end.signal, isDeferrable })
      : undefined;
    const { connectMs = 0 } = this.options;
    if (connectMs > 0) await wait(connectMs * (0.5 + this.random()), [process.end.signal]);
    try {
      await permit?.waitForSendSlot(process.end.signal);
    } catch (error) {
      permit?.release();
      throw error;
    }
    const at = Date.now();
    const refused = isBad?.(task) === true || !this.accepts(at, host);
    this.sent.push({ at, process: process.name, refused, isProbe: !isDeferrable, host });
    this.mostInProgress = Math.max(this.mostInProgress, ++this.inProgress);
    const ms = refused ? 5 : answerMs * (0.5 + this.random());
    const isWhole = await wait(ms, [process.end.signal, ...(permit?.lost === undefined ? [] : [permit.lost])]);
    this.inProgress--;
    this.busyMs += Date.now() - at;
    permit?.release();
    if (!isWhole) throw new Error("cut off");
    rate.observe({
      url,
      pop,
      sentAt: at,
      isRefusal: refused,
      retryAfterMs: refused ? retryAfterMs : undefined,
      isRetry: tries > 0,
    });
    return !refused;
  }

  private accepts(at: number, host: number): boolean {
    const { breaksAbove = Number.POSITIVE_INFINITY, isThrottled = () => true } = this.options;
    const accepted = (this.accepted.get(host) ?? []).filter((it) => it > at - 1_000);
    this.accepted.set(host, accepted);
    if (isThrottled(host) && accepted.length >= breaksAbove) return false;
    accepted.push(at);
    return true;
  }

  /** Get Size: requests that cannot be deferred, with the same limiter. */
  private probe(count: number): void {
    const process = this.newProcess("get-size", 0);
    let next = 0;
    const worker = async () => {
      while (next < count && process.isAlive) {
        const task = next++;
        await this.request(process, -1 - task, 0, false).catch(() => undefined);
      }
    };
    for (let n = 0; n < 64; n++) void worker();
  }
}

/** @returns false if one of the signals ended it */
function wait(ms: number, signals: readonly AbortSignal[]): Promise<boolean> {
  return new Promise((resolve) => {
    const cut = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    const end = (isWhole: boolean) => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", cut);
      resolve(isWhole);
    };
    for (const signal of signals) signal.aborted ? cut() : signal.addEventListener("abort", cut);
  });
}
