import type { Logger } from "pino";
import type { HeartbeatStore } from "../../domain/plan/ports.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { expiresAt, keptWhileRequestRuns } from "../../domain/timestamps.ts";

/** Requests without tasks whose finished bytes are remembered. */
const MAX_REMEMBERED = 1_000;
/** A stop waits no longer for the last heartbeats: without them, the readers wait until the ones before have expired. */
const LAST_HEARTBEAT_TIMEOUT_MS = 5_000;

export interface HeartbeatOptions {
  readonly store: HeartbeatStore;
  readonly instance: string;
  /** This process of the instance. */
  readonly worker: string;
  readonly heartbeatIntervalMs: number;
  /** Milliseconds since the epoch, by the clock that all processes share. @default this machine's clock */
  readonly now?: () => number;
  readonly logger: Logger;
}

/** The tasks of one request that this process has. */
export class HeldTasks {
  /** Tasks without a result: in progress, or waiting here. */
  count = 0;
  /** Bytes so far of the downloads that have no result. */
  inProgressBytes = 0;
  /** Bytes of all good results so far: the bytes of a download are either here or in {@link inProgressBytes}. */
  finishedBytes: number;
  /** Bytes that came and tasks that ended since the last heartbeat. */
  newBytes = 0;
  ended = 0;

  constructor(
    readonly reqId: string,
    finishedBytes = 0,
  ) {
    this.finishedBytes = finishedBytes;
  }

  startTransfer(): Transfer {
    return new Transfer(this);
  }

  /** A task has a result, or needs none. */
  end(): void {
    this.count--;
    this.ended++;
  }

  /** Tasks go to other agents. */
  drop(tasks: number): void {
    this.count -= tasks;
  }
}

/** The bytes of one download. */
export class Transfer {
  private bytes = 0;

  constructor(private readonly held: HeldTasks) {}

  addBytes(bytes: number): void {
    this.bytes += bytes;
    this.held.inProgressBytes += bytes;
    this.held.newBytes += bytes;
  }

  /** A good result of so many bytes is written. */
  finish(bytes: number): void {
    this.clear();
    this.held.finishedBytes += bytes;
  }

  /** The download has failed, or starts again: what has come so far is no longer in progress. */
  clear(): void {
    this.held.inProgressBytes -= this.bytes;
    this.bytes = 0;
  }
}

/** A request that this process has tasks of, and its last heartbeat. */
interface RequestState {
  readonly held: HeldTasks;
  /** The minute whose bytes heartbeats carry until it is over, and its bytes up to the last heartbeat. */
  minute: number;
  minuteBytes: number;
  /** Tasks in the last heartbeat; undefined: there was none yet. */
  tasks: number | undefined;
  /** When the last heartbeat was made, by `performance.now()`. */
  at: number;
  /** The heartbeat that is being written. */
  writing: Promise<void> | undefined;
  /** When the last one that was written was sent, in milliseconds since the epoch. */
  writtenAt: number;
}

/**
 * Writes that this process is alive, and which tasks it has: one item for each request, every few seconds, the first one at once and the
 * last one when it has no tasks any more. A heartbeat that cannot be written is skipped, and the work goes on.
 */
export class Heartbeats {
  private readonly requests = new Map<string, RequestState>();
  /** Finished bytes of requests without tasks: a heartbeat has the sum from the start of this process. */
  private readonly finishedBytes = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;

  constructor(private readonly options: HeartbeatOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Adds tasks that were received. */
  add(reqId: string, tasks: number): HeldTasks {
    const request = this.requests.get(reqId) ?? this.start(reqId);
    request.held.count += tasks;
    if (!request.tasks) void this.send(request);
    return request.held;
  }

  /** When the last heartbeat for a request that was written was sent, in milliseconds since the epoch; -Infinity: none was. */
  writtenAt(reqId: string): number {
    return this.requests.get(reqId)?.writtenAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Sends heartbeats until {@link stop}. */
  run(): void {
    this.timer = setInterval(() => this.sendAll(), this.options.heartbeatIntervalMs);
  }

  sendAll(): void {
    for (const request of this.requests.values()) void this.send(request);
  }

  /** Sends the last heartbeats: call it when this process has no tasks any more. Returns soon, also if they cannot be written. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const last = [...this.requests.values()].map((request) =>
      (request.writing ?? Promise.resolve()).then(() => this.send(request)),
    );
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_HEARTBEAT_TIMEOUT_MS);
    });
    await Promise.race([Promise.all(last), timeout]);
    clearTimeout(timer);
  }

  private start(reqId: string): RequestState {
    const request: RequestState = {
      held: new HeldTasks(reqId, this.finishedBytes.get(reqId)),
      minute: minuteOf(Date.now()),
      minuteBytes: 0,
      tasks: undefined,
      at: performance.now(),
      writing: undefined,
      writtenAt: Number.NEGATIVE_INFINITY,
    };
    this.requests.set(reqId, request);
    return request;
  }

  private forget({ reqId, finishedBytes }: HeldTasks): void {
    this.requests.delete(reqId);
    this.finishedBytes.delete(reqId);
    this.finishedBytes.set(reqId, finishedBytes);
    const [oldest] = this.finishedBytes.keys();
    if (this.finishedBytes.size > MAX_REMEMBERED && oldest !== undefined) this.finishedBytes.delete(oldest);
  }

  /** One at a time: a slow heartbeat must not end after the next one. */
  private async send(request: RequestState): Promise<void> {
    request.writing ??= this.write(request).finally(() => {
      request.writing = undefined;
    });
    await request.writing;
  }

  private async write(request: RequestState): Promise<void> {
    const { held } = request;
    const { instance, worker, store, logger } = this.options;
    do {
      const { count: tasks, newBytes, ended } = held;
      const now = performance.now();
      const isMinuteOver = tasks === 0 || minuteOf(Date.now()) !== request.minute;
      const received = request.minuteBytes + newBytes;
      const perSecond = rateSince((now - request.at) / 1_000);
      const heartbeat: Beat = {
        instance,
        worker,
        at: this.now(),
        tasks,
        bytes: held.inProgressBytes,
        finished: held.finishedBytes,
        // Bytes of a minute that is over are added to its sum right after this.
        ...(isMinuteOver || received === 0 ? {} : { received }),
        bytes_per_second: Math.round(perSecond(newBytes)),
        tasks_per_second: perSecond(ended),
      };
      try {
        await store.beat(held.reqId, heartbeat, keptWhileRequestRuns(new Date()));
      } catch (error) {
        logger.warn({ err: error, req_id: held.reqId }, "Writing a heartbeat failed");
        return;
      }
      held.newBytes -= newBytes;
      held.ended -= ended;
      request.tasks = tasks;
      request.at = now;
      request.writtenAt = heartbeat.at;
      request.minuteBytes = received;
      if (isMinuteOver) await this.endMinute(request);
      // It had no tasks, and meanwhile some have come.
    } while (request.tasks === 0 && held.count > 0);
    if (request.tasks === 0 && request.minuteBytes === 0) this.forget(held);
  }

  /** Adds the bytes of a minute to its sum. What cannot be written is tried again with the next heartbeat. */
  private async endMinute(request: RequestState): Promise<void> {
    const { reqId } = request.held;
    try {
      if (request.minuteBytes > 0)
        await this.options.store.received(reqId, request.minute, request.minuteBytes, expiresAt(new Date()));
    } catch (error) {
      this.options.logger.warn({ err: error, req_id: reqId }, "Writing the bytes of a minute failed");
      return;
    }
    request.minuteBytes = 0;
    request.minute = minuteOf(Date.now());
  }
}

function rateSince(seconds: number): (count: number) => number {
  return (count) => (seconds < 0.1 ? 0 : Math.round((count / seconds) * 100) / 100);
}
