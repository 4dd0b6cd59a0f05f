import type { TaskUrl } from "../../domain/plan/task.ts";
import { isLarge, MAX_BATCHED_BYTES, type TaskMessage, weight } from "../../domain/plan/task-message.ts";

/** The most messages that one call receives. */
const MAX_BATCH = 10;
/** A receive call waits until so many tasks of small files may come, or a whole batch. */
const MIN_TASKS = 10;
/** If nothing starts for so long, more messages are received: what waits may be of one POP that hangs. */
const STALLED_MS = 5_000;
/** While stalled, up to this many batches may wait. */
const STALLED_FACTOR = 4;
/** Weight of the newest message in the means. */
const NEWEST_WEIGHT = 0.2;
/** Above it, the next message is taken for a large file. */
const MOSTLY_LARGE = 0.5;

/** What the messages of a queue are like, on average. */
export interface MessageProfile {
  /** Of a message of small files; undefined: none has come yet. */
  readonly tasks?: number | undefined;
  readonly bytes?: number | undefined;
  /** Share of the messages that are one large file. */
  readonly large: number;
}

/** Slots that are free, and that nobody waits for. */
export interface FreeSlots {
  readonly small: number;
  readonly large: number;
}

/** The messages of one queue that this process has, and what it knows of the queue. */
export interface PrefetchState {
  /** Tasks of small files that wait for a slot. */
  readonly waitingTasks: number;
  /** Large files that wait for a slot. */
  readonly waitingLarge: number;
  /** Messages that receive calls in progress may bring. */
  readonly requested: number;
  /** Undefined: no message has come yet. */
  readonly profile: MessageProfile | undefined;
  readonly free: FreeSlots;
  /** Whether nothing has started for seconds. */
  readonly isStalled: boolean;
}

/**
 * How many messages to receive now; 0: none. Messages that wait here cannot be received by another agent that is idle, so the limit is the
 * number of free slots plus one batch: up to ten messages, of up to 16 MiB together. A call costs as much as several downloads, so small
 * files are received when half a batch may come, of so many tasks at least. Large files are received only when they can start.
 */
export function messagesToReceive({ profile, ...state }: PrefetchState): number {
  const { requested, waitingLarge } = state;
  if (waitingLarge > 0) return 0;
  if (profile === undefined) return requested === 0 ? 1 : 0;
  const { tasks = 1, bytes = 0, large } = profile;
  const batch = Math.max(1, Math.min(MAX_BATCH, Math.floor(MAX_BATCHED_BYTES / Math.max(1, bytes))));
  const most = state.isStalled ? STALLED_FACTOR * batch : batch;
  const small = Math.floor((state.free.small - state.waitingTasks) / tasks) + most - Math.ceil(requested * (1 - large));
  const least = state.isStalled ? batch / 2 : Math.min(batch, Math.max(batch / 2, MIN_TASKS / tasks));
  if (small < least) return 0;
  return Math.min(MAX_BATCH, small, largeToReceive(state.free.large, large, requested));
}

function largeToReceive(free: number, share: number, requested: number): number {
  if (share === 0) return MAX_BATCH;
  const messages = Math.floor(free / share) - requested;
  if (messages >= 1) return messages;
  // A small file is as likely. One message at a time, in case that it is large.
  return share <= MOSTLY_LARGE && requested === 0 ? 1 : 0;
}

/** @param profile undefined: no message has come yet */
export function updateProfile(
  profile: MessageProfile | undefined,
  { urls }: Pick<TaskMessage, "urls">,
): MessageProfile {
  const isLargeFile = urls.some(isLarge);
  const large = mean(profile?.large, isLargeFile ? 1 : 0);
  if (isLargeFile) return { ...profile, large };
  const bytes = urls.reduce((sum, url) => sum + weight(url), 0);
  return { tasks: mean(profile?.tasks, urls.length), bytes: mean(profile?.bytes, bytes), large };
}

/** @param before undefined: `now` is the first value */
function mean(before: number | undefined, now: number): number {
  return before === undefined ? now : before + (now - before) * NEWEST_WEIGHT;
}

/** A received message: the key under which its URLs wait for slots, and by which they are withdrawn. */
interface PrefetchedMessage {
  /** When it was received, by `performance.now()`. */
  readonly receivedAt: number;
  readonly isLarge: boolean;
  /** Whether any URL of it has a slot, or had one. */
  readonly hasStarted: boolean;
  /** A URL of it waits no longer. @param starts it has a slot; otherwise it was withdrawn */
  onDequeued(url: TaskUrl, starts: boolean): void;
  /** Its processing has ended. */
  end(): void;
}

/** Decides how many messages to receive from one queue, and when. */
export class Prefetcher {
  waitingTasks = 0;
  waitingLarge = 0;
  /** When a call found the queue empty last, by `performance.now()`. */
  emptyAt = Number.NEGATIVE_INFINITY;
  private requested = 0;
  private profile: MessageProfile | undefined;
  private isClosed = false;
  private pausedUntil = 0;
  private lastStartAt = performance.now();
  private readonly messages = new Set<PrefetchedMessage>();
  /** Receivers that wait until they may receive. */
  private readonly receivers: ((messages: number) => void)[] = [];

  constructor(private readonly free: () => FreeSlots) {}

  /** Waits until messages may be received. Call {@link received} afterwards. @returns how many; 0: it is closed */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.receivers.push(resolve);
      this.update();
    });
  }

  /** @param requested what {@link next} returned @param count how many came; undefined: the call failed */
  received(requested: number, count: number | undefined): void {
    this.requested -= requested;
    if (count === 0) this.emptyAt = performance.now();
    this.update();
  }

  add(message: TaskMessage): PrefetchedMessage {
    this.profile = updateProfile(this.profile, message);
    // Of a large file, one variant waits at a time.
    const waiting = new Set(message.urls.filter((url, i, urls) => !isLarge(url) || urls[i - 1]?.url !== url.url));
    for (const url of waiting) this.count(url, 1);
    const prefetched = {
      receivedAt: performance.now(),
      isLarge: message.urls.some(isLarge),
      hasStarted: false,
      onDequeued: (url: TaskUrl, starts: boolean) => {
        if (starts) prefetched.hasStarted = true;
        if (waiting.delete(url)) this.count(url, -1);
        this.lastStartAt = performance.now();
        this.update();
      },
      end: () => {
        this.messages.delete(prefetched);
        // After an error, variants that waited for another one have not left.
        for (const url of waiting) this.count(url, -1);
        waiting.clear();
        this.update();
      },
    };
    this.messages.add(prefetched);
    return prefetched;
  }

  /** Messages that have been here for so long, and of which nothing has started. */
  unstarted(forMs: number): PrefetchedMessage[] {
    const before = performance.now() - forMs;
    return [...this.messages].filter(({ receivedAt, hasStarted }) => !hasStarted && receivedAt < before);
  }

  /** Lets a receiver go on, if it may. Call it whenever slots become free, and now and then. */
  update(): void {
    while (this.receivers.length > 0) {
      const messages = this.isClosed ? 0 : this.messagesToReceive();
      if (messages === 0 && !this.isClosed) return;
      this.requested += messages;
      this.receivers.shift()?.(messages);
    }
  }

  /** Receives nothing for so long: what was just returned is for others. */
  pause(ms: number): void {
    this.pausedUntil = performance.now() + ms;
  }

  close(): void {
    this.isClosed = true;
    this.update();
  }

  private count(url: TaskUrl, by: 1 | -1): void {
    if (isLarge(url)) this.waitingLarge += by;
    else this.waitingTasks += by;
  }

  private messagesToReceive(): number {
    const now = performance.now();
    if (now < this.pausedUntil) return 0;
    return messagesToReceive({
      waitingTasks: this.waitingTasks,
      waitingLarge: this.waitingLarge,
      requested: this.requested,
      profile: this.profile,
      free: this.free(),
      isStalled: now - this.lastStartAt > STALLED_MS,
    });
  }
}
