import type { Logger } from "pino";
import type { ProgressTable } from "../../aws/progress-table.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { expiresAt, keptWhileRequestRuns } from "../../domain/timestamps.ts";

/** Of so many requests it is known what was finished, once nothing is held of them. */
const REMEMBERED = 1_000;
/** A stop waits no longer for the last beats: without them, the readers wait until the ones before are stale. */
const LAST_BEATS_MS = 5_000;

export interface BeatsOptions {
  readonly progress: Pick<ProgressTable, "beat" | "received">;
  /** The instance. */
  readonly instance: string;
  /** This process of it. */
  readonly worker: string;
  /** Milliseconds between two beats. */
  readonly everyMs: number;
  /** Milliseconds since the epoch, by the clock that all processes share. @default this machine's clock */
  readonly now?: () => number;
  readonly logger: Pick<Logger, "warn">;
}

/** A request that this process works on, and what was last said of it. */
interface Told {
  readonly holding: Holding;
  readonly received: Received;
  /** Tasks in the last beat; undefined: there was none yet. */
  tasks: number | undefined;
  /** When the last beat was made, by `performance.now()`. */
  at: number;
  /** The beat that is being written. */
  writing: Promise<void> | undefined;
  /** When the last one that was written was sent, in milliseconds since the epoch. */
  writtenAt: number;
}

/**
 * Tells the others that this process is alive, and what it holds: one item a request, written every few seconds. The first
 * one is written at once, and one without tasks when nothing is held any more. A beat that cannot be written is
 * missed, and the work goes on.
 */
export class Beats {
  private readonly requests = new Map<string, Told>();
  /** What was finished of requests that nothing is held of now: a beat tells the sum from the beginning on. */
  private readonly finished = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  private readonly now: () => number;

  constructor(private readonly options: BeatsOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Counts tasks that have come: in what is returned, say how they go on. */
  take(reqId: string, tasks: number): Holding {
    const told = this.requests.get(reqId) ?? this.add(reqId);
    told.holding.tasks += tasks;
    if (!told.tasks) void this.tell(told);
    return told.holding;
  }

  /** When the last heartbeat for a request that was written was sent, in milliseconds since the epoch; -Infinity: none was. */
  writtenAt(reqId: string): number {
    return this.requests.get(reqId)?.writtenAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Beats until {@link end}. */
  start(): void {
    this.timer = setInterval(() => this.beat(), this.options.everyMs);
  }

  /** Tells once of every request. */
  beat(): void {
    for (const told of this.requests.values()) void this.tell(told);
  }

  /** The last beats: call it when nothing is held any more. Returns soon, also if they cannot be written. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    const last = [...this.requests.values()].map((told) =>
      (told.writing ?? Promise.resolve()).then(() => this.tell(told)),
    );
    let enough: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      enough = setTimeout(resolve, LAST_BEATS_MS);
    });
    await Promise.race([Promise.all(last), late]);
    clearTimeout(enough);
  }

  private add(reqId: string): Told {
    const at = performance.now();
    const told: Told = {
      holding: new Holding(reqId, this.finished.get(reqId)),
      received: new Received(reqId, this.options),
      tasks: undefined,
      at,
      writing: undefined,
      writtenAt: Number.NEGATIVE_INFINITY,
    };
    this.requests.set(reqId, told);
    return told;
  }

  private forget({ reqId, finished }: Holding): void {
    this.requests.delete(reqId);
    this.finished.delete(reqId);
    this.finished.set(reqId, finished);
    const [oldest] = this.finished.keys();
    if (this.finished.size > REMEMBERED && oldest !== undefined) this.finished.delete(oldest);
  }

  /** One at a time: a beat that is slow must not end after the next one. */
  private async tell(told: Told): Promise<void> {
    told.writing ??= this.write(told).finally(() => {
      told.writing = undefined;
    });
    await told.writing;
  }

  private async write(told: Told): Promise<void> {
    const { holding, received } = told;
    const { instance, worker, progress, logger } = this.options;
    do {
      const { tasks, underWay, finished, bytes, ended } = holding;
      const now = performance.now();
      const over = tasks === 0 || received.isOver();
      const held = { tasks, bytes: underWay, finished, ...received.told(bytes, over) };
      const beat: Beat = { instance, worker, at: this.now(), ...held, ...rates(told, now) };
      try {
        await progress.beat(holding.reqId, beat, keptWhileRequestRuns(new Date()));
      } catch (error) {
        logger.warn({ err: error, req_id: holding.reqId }, "a beat was not written");
        return;
      }
      holding.bytes -= bytes;
      holding.ended -= ended;
      told.tasks = tasks;
      told.at = now;
      told.writtenAt = beat.at;
      await received.add(bytes, over);
      // It said that nothing is held, and meanwhile something has come.
    } while (told.tasks === 0 && holding.tasks > 0);
    if (told.tasks === 0 && received.isNoted()) this.forget(holding);
  }
}

function rates({ holding, at }: Told, now: number): Pick<Beat, "bytes_per_second" | "tasks_per_second"> {
  const seconds = (now - at) / 1_000;
  const perSecond = (count: number) => (seconds < 0.1 ? 0 : Math.round((count / seconds) * 100) / 100);
  return { bytes_per_second: Math.round(perSecond(holding.bytes)), tasks_per_second: perSecond(holding.ended) };
}

/** What this process holds of one request: told in a beat, so it is counted and nothing else. */
export class Holding {
  /** Tasks without a result: under way, or waiting here. */
  tasks = 0;
  /** Bytes so far of the downloads that have no result. */
  underWay = 0;
  /** Bytes of all good results so far: of a download, either these or {@link underWay} have the bytes. */
  finished: number;
  /** Since the last beat. */
  bytes = 0;
  /** Tasks that have ended since the last beat. */
  ended = 0;

  /** @param finished what this process finished of the request before */
  constructor(
    readonly reqId: string,
    finished = 0,
  ) {
    this.finished = finished;
  }

  /** A download begins. */
  begin(): Transfer {
    return new Transfer(this);
  }

  /** A task has a result, or needs none. */
  end(): void {
    this.tasks--;
    this.ended++;
  }

  /** Tasks go to other agents. */
  drop(tasks: number): void {
    this.tasks -= tasks;
  }
}

/** One download: how many bytes came. */
export class Transfer {
  private bytes = 0;

  constructor(private readonly holding: Holding) {}

  addBytes(bytes: number): void {
    this.bytes += bytes;
    this.holding.underWay += bytes;
    this.holding.bytes += bytes;
  }

  /** A good result of so many bytes is written: what has come is finished, and no longer under way. */
  finish(bytes: number): void {
    this.clear();
    this.holding.finished += bytes;
  }

  /** It has failed, or begins anew: what has come so far is no longer under way. */
  clear(): void {
    this.holding.underWay -= this.bytes;
    this.bytes = 0;
  }
}

export interface ReceivedOptions {
  readonly progress: Pick<ProgressTable, "received">;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Bytes of one request that came in a minute. Beats tell them until the minute is over; then they are noted, which is one write a
 * minute beside six beats. What came since the beat before counts for the minute of that beat.
 */
export class Received {
  private minute = minuteOf(Date.now());
  private bytes = 0;

  constructor(
    private readonly reqId: string,
    private readonly options: ReceivedOptions,
  ) {}

  isOver(): boolean {
    return minuteOf(Date.now()) !== this.minute;
  }

  /** Whether nothing would be lost with this. */
  isNoted(): boolean {
    return this.bytes === 0;
  }

  /** What a beat says. @param bytes that came since the beat before. @param over they are noted right after it */
  told(bytes: number, over: boolean): Pick<Beat, "received"> {
    const received = this.bytes + bytes;
    return over || received === 0 ? {} : { received };
  }

  /** @param over the minute is, or nothing more will come. What cannot be noted is tried again with the next beat. */
  async add(bytes: number, over: boolean): Promise<void> {
    this.bytes += bytes;
    if (!over) return;
    const { progress, logger } = this.options;
    try {
      if (this.bytes > 0) await progress.received(this.reqId, this.minute, this.bytes, expiresAt(new Date()));
    } catch (error) {
      logger.warn({ err: error, req_id: this.reqId }, "the bytes of a minute were not noted");
      return;
    }
    this.bytes = 0;
    this.minute = minuteOf(Date.now());
  }
}
