// Provides processes that ask one origin, in virtual time: a queue with delays, beats, and the origin's log.
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { Line } from "../../../agent/origin/line.ts";
import { Origin } from "../../../agent/origin/origin.ts";
import { PutOffError } from "../../../agent/origin/put-off.ts";
import { Beats } from "../../../agent/work/beats.ts";
import { Cancellation } from "../../../agent/work/cancellation.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { OriginLimits } from "../../../domain/request/origin-limits.ts";
import { patienceOf } from "../../../domain/request/patience.ts";
import type { Beat } from "../../../domain/request/progress.ts";
import { taskMessage } from "../task-messages.ts";

const logger = pino({ level: "silent" });
const patience = patienceOf(900);
/** Tasks of a message. */
const TASKS = 20;
const POLL_MS = 500;

/** What the origin saw. */
export interface Seen {
  readonly at: number;
  readonly process: string;
  readonly refused: boolean;
}

/** Tasks that are received together. */
interface Message {
  /** Of each, whether it is always refused. */
  readonly tasks: readonly boolean[];
  readonly tries: number;
}

interface PutOff {
  readonly isBad: boolean;
  readonly error: PutOffError;
}

/** After so many refusals, a task is given up. */
const MOST_TRIES = 8;

export interface WorldOptions {
  readonly limits?: OriginLimits;
  /** The origin refuses what is beyond so many requests in any second. @default nothing */
  readonly breaksAbove?: number;
  readonly retryAfter?: string;
  /** @default 50 ms */
  readonly answerMs?: number;
  readonly tasks: number;
  /** Which share of them is always refused, whatever else is asked. @default none */
  readonly badShare?: number;
  /** How many messages are received at once. @default 10 */
  readonly messages?: number;
}

/** A request at an origin. A virtual clock must be installed. */
export class OriginWorld {
  readonly log: Seen[] = [];
  readonly beats = new Map<string, Beat>();
  underWay = 0;
  mostUnderWay = 0;
  done = 0;
  receptions = 0;
  failed = 0;
  /** What can be received. */
  private readonly queue: Message[];
  private readonly processes = new Map<string, { stop: (gracefully: boolean) => void }>();

  constructor(private readonly options: WorldOptions) {
    const { tasks, badShare = 0 } = options;
    // Spread by chance, but always as many.
    const bad = shuffled(Array.from({ length: tasks }, (_, n) => n < badShare * tasks));
    const messages = Math.ceil(tasks / TASKS);
    this.queue = Array.from({ length: messages }, (_, n) => ({
      tasks: bad.slice(n * TASKS, (n + 1) * TASKS),
      tries: 0,
    }));
  }

  /** Starts a process. */
  start(name: string): void {
    let alive = true;
    const progress = {
      beat: async (_: string, beat: Beat) => void (alive && this.beats.set(name, beat)),
      received: async () => undefined,
    };
    const beats = new Beats({ progress, instance: "i", worker: name, everyMs: patience.beatMs, logger });
    const reading = { beats: async () => [...this.beats.values()] };
    const origin = new Origin({ progress: reading, beats, self: `i#${name}`, patience, logger });
    beats.start();
    const { limits, messages = 10 } = this.options;
    const message = taskMessage(limits === undefined ? {} : { origin: limits });
    let timer: NodeJS.Timeout | undefined;
    const poll = () => {
      // By chance, so that no process is always the first.
      timer = setTimeout(poll, Math.random() * 2 * POLL_MS);
      for (const { tasks, tries } of this.queue.splice(0, messages)) {
        this.receptions++;
        const holding = beats.take(message.req_id, tasks.length);
        const back = (putOffs: readonly PutOff[]) => {
          if (!alive || putOffs.length === 0) return;
          const ms = Math.max(...putOffs.map(({ error }) => error.ms));
          const spreadMs = Math.max(...putOffs.map(({ error }) => error.spreadMs));
          this.back(
            putOffs.map(({ isBad }) => isBad),
            tries + (putOffs[0]?.error.tries ?? 0),
            Math.ceil((ms + Math.random() * spreadMs) / 1_000) * 1_000,
          );
        };
        const later: PutOff[] = [];
        const of = tries === 0 ? { ...message } : { ...message, tries };
        const ask = async (isBad: boolean) => {
          await this.task(name, origin, of, isBad, () => alive, holding).catch((error: unknown) => {
            if (error instanceof PutOffError) later.push({ isBad, error });
          });
          holding.drop(1);
        };
        const all = Promise.all(tasks.map(ask));
        // What is put off at once goes back at once, and the rest when all have ended.
        setTimeout(() => back(later.splice(0)), 0);
        void all.then(() => back(later.splice(0)));
      }
    };
    poll();
    this.processes.set(name, {
      stop: (gracefully) => {
        alive = gracefully;
        clearTimeout(timer);
        origin.close();
        // What waited has gone back first.
        if (gracefully) setTimeout(() => void beats.end(), 0);
        else clearInterval((beats as unknown as { timer: NodeJS.Timeout }).timer);
      },
    });
  }

  /** It dies: what it held comes back after the visibility timeout. */
  kill(name: string): void {
    this.processes.get(name)?.stop(false);
  }

  stop(name: string): void {
    this.processes.get(name)?.stop(true);
  }

  async run(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  end(): void {
    for (const name of this.processes.keys()) this.kill(name);
  }

  private back(tasks: readonly boolean[], tries: number, ms: number): void {
    setTimeout(() => this.queue.push({ tasks, tries }), ms);
  }

  private async task(
    name: string,
    origin: Origin,
    of: TaskMessage,
    isBad: boolean,
    isAlive: () => boolean,
    holding: { asking: number },
  ): Promise<void> {
    const line: Line | undefined = origin.lineOf(of);
    const seat = await line?.turn(new Cancellation(), of);
    if (!isAlive()) return;
    holding.asking++;
    const at = Date.now();
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    const { breaksAbove = Number.POSITIVE_INFINITY, answerMs = 50, retryAfter } = this.options;
    const refused = isBad || this.served(at) >= breaksAbove;
    this.log.push({ at, process: name, refused });
    await new Promise((resolve) => setTimeout(resolve, refused ? 5 : answerMs));
    this.underWay--;
    holding.asking--;
    const answer = { bytes: 0, httpStatus: refused ? 503 : 200, xCache: refused ? "Error" : "Miss from cloudfront" };
    origin.saw(of, retryAfter === undefined ? answer : { ...answer, retryAfter }, at, true);
    seat?.leave();
    if (!refused) this.done++;
    else if ((of.tries ?? 0) + 1 >= MOST_TRIES) this.failed++;
    else throw new PutOffError(Math.max(11_000, Number(retryAfter ?? 0) * 1_000), 3_300, 1);
  }

  private served(now: number): number {
    let count = 0;
    for (let i = this.log.length - 1; i >= 0; i--) {
      const seen = this.log[i];
      if (seen === undefined || seen.at <= now - 1_000) break;
      if (!seen.refused) count++;
    }
    return count;
  }
}

function shuffled(list: boolean[]): boolean[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j] === true, list[i] === true];
  }
  return list;
}
