import type { Log } from "../../domain/log-fields.ts";
import type { HeartbeatStore } from "../../domain/plan/ports.ts";
import { byReason, type Heartbeat, type Retrying } from "../../domain/request/progress.ts";
import { withTimeout } from "../../domain/retry.ts";
import { expiresAfterLongestRequest } from "../../domain/timestamps.ts";

/** A stop waits no longer for the last heartbeats: without them, the readers wait until the ones before have expired. */
const LAST_HEARTBEAT_TIMEOUT_MS = 5_000;

export interface HeartbeatOptions {
  readonly store: HeartbeatStore;
  readonly instance: string;
  /** This process of the instance. */
  readonly worker: string;
  readonly heartbeatIntervalMs: number;
  /** Milliseconds since the epoch, by the clock that all processes share. */
  readonly now: () => number;
  readonly logger: Log;
}

/** The tasks of one request that this process has, and its last heartbeat. It is kept as long as the process lives. */
export class HeldTasks {
  /** Tasks without a result: in progress, or waiting here. */
  count = 0;
  /** Bytes so far of the downloads that have no result. */
  inProgressBytes = 0;
  /** Bytes of all good results so far: the bytes of a download are either here or in {@link inProgressBytes}. */
  finishedBytes = 0;
  /** Bytes that came and tasks that ended since the last heartbeat. */
  newBytes = 0;
  ended = 0;
  /** Tasks in the last heartbeat; undefined: there was none yet. */
  lastReportedTasks: number | undefined;
  /** When the last heartbeat was made, by `performance.now()`. */
  lastHeartbeatAt = performance.now();
  /** The heartbeat that is being written. */
  writing: Promise<void> | undefined;
  /** When the last one that was written was sent, in milliseconds since the epoch. */
  writtenAt = Number.NEGATIVE_INFINITY;
  /** Tasks that return to the queue until their next attempt. */
  private retries: Retrying[] = [];

  constructor(readonly reqId: string) {}

  /** A task returns to the queue after a failed attempt. */
  addRetry(retry: Omit<Retrying, "tasks">): void {
    this.retries.push({ ...retry, tasks: 1 });
  }

  /** The tasks whose next attempt is still to come, by reason. @param now milliseconds since the epoch */
  retrying(now: number): Retrying[] | undefined {
    this.retries = this.retries.filter(({ until }) => until > now);
    if (this.retries.length === 0) return undefined;
    return byReason(this.retries).flatMap(({ examples, ...group }) =>
      examples.slice(0, 1).map((example) => ({ ...group, example })),
    );
  }

  /** Whether the last heartbeat reported that there are no tasks. */
  get isReported(): boolean {
    return this.count === 0 && this.lastReportedTasks === 0;
  }

  /** @param downloads most whole downloads of the task: each counts for a share of the object's bytes */
  startTransfer(downloads = 1): Transfer {
    return new Transfer(this, 1 / downloads);
  }

  /** A task has a result, or needs none. */
  finishTask(): void {
    this.count--;
    this.ended++;
  }

  /** Tasks go to other agents. */
  releaseTasks(tasks: number): void {
    this.count -= tasks;
  }
}

/** The bytes of one task, as a share of its object: progress does not fall when a second download begins. */
export class Transfer {
  /** Of downloads that are complete, and of the one in progress. */
  private complete = 0;
  private current = 0;

  /** @param share of the object's bytes that one download counts for */
  constructor(
    private readonly held: HeldTasks,
    private readonly share: number,
  ) {}

  /** A whole download begins; the one before it, if there was one, is complete. */
  beginDownload(): void {
    this.complete += this.current;
    this.current = 0;
  }

  /** @param isDownload otherwise the bytes of a check: they count for the rate alone */
  addBytes(bytes: number, isDownload = true): void {
    this.held.newBytes += bytes;
    if (!isDownload) return;
    this.current += bytes * this.share;
    this.held.inProgressBytes += bytes * this.share;
  }

  /** A good result of so many bytes is written. */
  finish(bytes: number): void {
    this.clear();
    this.held.finishedBytes += bytes;
  }

  /** The download in progress has failed: its bytes are no longer in progress. */
  dropDownload(): void {
    this.held.inProgressBytes -= this.current;
    this.current = 0;
  }

  /** The task has ended or returns to the queue: none of its bytes is in progress. */
  clear(): void {
    this.dropDownload();
    this.held.inProgressBytes -= this.complete;
    this.complete = 0;
  }
}

/**
 * Writes that this process is alive, and which tasks it has: one item for each request, every few seconds, the first one at once and the
 * last one when it has no tasks any more. A heartbeat that cannot be written is skipped, and the work goes on.
 */
export class Heartbeats {
  private readonly requests = new Map<string, HeldTasks>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HeartbeatOptions) {}

  /** Adds tasks that were received. */
  add(reqId: string, tasks: number): HeldTasks {
    const held = this.requests.get(reqId) ?? new HeldTasks(reqId);
    this.requests.set(reqId, held);
    held.count += tasks;
    if (!held.lastReportedTasks) void this.send(held);
    return held;
  }

  /** When the last heartbeat for a request that was written was sent, in milliseconds since the epoch; -Infinity: none was. */
  writtenAt(reqId: string): number {
    return this.requests.get(reqId)?.writtenAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Sends heartbeats until {@link stop}. */
  run(): void {
    this.timer = setInterval(() => this.sendAll(), this.options.heartbeatIntervalMs);
  }

  async sendAll(): Promise<void> {
    await Promise.all([...this.requests.values()].map((held) => held.isReported || this.send(held)));
  }

  /** Sends the last heartbeats: call it when this process has no tasks any more. Returns soon, also if they cannot be written. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const last = [...this.requests.values()].map(async (held) => {
      await held.writing;
      return held.isReported || this.send(held);
    });
    await withTimeout(LAST_HEARTBEAT_TIMEOUT_MS, Promise.all(last)).catch(() => undefined);
  }

  /** One at a time: a slow heartbeat must not end after the next one. */
  private async send(held: HeldTasks): Promise<void> {
    held.writing ??= this.write(held).finally(() => {
      held.writing = undefined;
    });
    await held.writing;
  }

  private async write(held: HeldTasks): Promise<void> {
    const { instance, worker, store, logger } = this.options;
    do {
      const { count: tasks, newBytes, ended } = held;
      const now = performance.now();
      const perSecond = rateSince((now - held.lastHeartbeatAt) / 1_000);
      const heartbeat: Heartbeat = {
        instance,
        worker,
        at: this.options.now(),
        tasks,
        bytes: Math.round(Math.max(0, held.inProgressBytes)),
        finished: held.finishedBytes,
        bytes_per_second: Math.round(perSecond(newBytes)),
        tasks_per_second: perSecond(ended),
        retrying: held.retrying(Date.now()),
      };
      try {
        await store.writeHeartbeat(held.reqId, heartbeat, expiresAfterLongestRequest());
      } catch (error) {
        logger.warn({ err: error, req_id: held.reqId }, "Writing a heartbeat failed");
        return;
      }
      held.newBytes -= newBytes;
      held.ended -= ended;
      held.lastReportedTasks = tasks;
      held.lastHeartbeatAt = now;
      held.writtenAt = heartbeat.at;
      // Meanwhile the first tasks have come, or the last ones have gone.
    } while ((held.lastReportedTasks === 0) !== (held.count === 0));
  }
}

function rateSince(seconds: number): (count: number) => number {
  return (count) => (seconds < 0.1 ? 0 : Math.round((count / seconds) * 100) / 100);
}
