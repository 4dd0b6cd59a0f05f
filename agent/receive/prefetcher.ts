import type { TaskUrl } from "../../domain/plan/task.ts";
import { isLarge, type TaskMessage, weight } from "../../domain/plan/task-message.ts";

/** Longer than what waits should take to begin. */
const STALLED_MS = 5_000;

/** What an intake is told of the downloads that run. */
export type Running = Pick<RoomFacts, "freeLarge" | "limit" | "tasksPerSecond" | "bytesPerSecond">;

/** How much is taken from one lane. */
export class Intake {
  readonly backlog = new Backlog(() => {
    this.movedAt = performance.now();
    this.look();
  });
  /** When a call came back empty last, by `performance.now()`. */
  emptyAt = Number.NEGATIVE_INFINITY;
  private portion: Portion | undefined;
  private asked = 0;
  private closed = false;
  private restUntil = 0;
  /** When something began last. */
  private movedAt = performance.now();
  /** Pollers that wait for room. */
  private readonly hungry: ((messages: number) => void)[] = [];

  constructor(private readonly running: () => Running) {}

  /** Resolves once there is room, with the number of messages to ask for: say with {@link came} what came of it. 0: it is closed. */
  room(): Promise<number> {
    return new Promise((resolve) => {
      this.hungry.push(resolve);
      this.look();
    });
  }

  /** @param asked as {@link room} said. @param came how many came; undefined: the call failed */
  came(asked: number, came: number | undefined): void {
    this.asked -= asked;
    if (came === 0) this.emptyAt = performance.now();
    this.look();
  }

  accept(message: TaskMessage): Parcel {
    this.portion = learn(this.portion, weightOf(message));
    return this.backlog.accept(message);
  }

  /** Lets a poller go on, if there is room. Call it whenever there may be. */
  look(): void {
    while (this.hungry.length > 0) {
      const messages = this.closed ? 0 : this.messagesToAsk();
      if (messages === 0 && !this.closed) return;
      this.asked += messages;
      this.hungry.shift()?.(messages);
    }
  }

  /** Takes nothing for so long: what was just handed back is for others. */
  rest(ms: number): void {
    this.restUntil = performance.now() + ms;
  }

  close(): void {
    this.closed = true;
    this.look();
  }

  private messagesToAsk(): number {
    if (performance.now() < this.restUntil) return 0;
    const { backlog, asked, portion, movedAt } = this;
    const { freeLarge, limit, tasksPerSecond, bytesPerSecond } = this.running();
    // Written out: this is asked with every task that begins.
    return messagesToAsk({
      waitingTasks: backlog.tasks,
      waitingBytes: backlog.bytes,
      waitingLarge: backlog.large,
      freeLarge,
      asked,
      portion,
      limit,
      tasksPerSecond,
      bytesPerSecond,
      stalled: performance.now() - movedAt > STALLED_MS,
    });
  }
}

/** The most that SQS gives at once. */
const MOST = 10;
/** What waits here is begun within this time, at the rate of the last second. */
const AHEAD_SECONDS = 0.5;
/** As long as nothing is known of the rate: a message of small files has no more. */
const LEAST_BYTES = 16 * 2 ** 20;
/** While nothing begins, more is taken one by one, up to so many times what may wait: what hangs may be one POP alone. */
const WHEN_STALLED = 4;
/** Above it, a message that is asked for is taken for a large file. */
const MOSTLY_LARGE = 0.5;

/** What of a lane is here, and how fast that goes. */
export interface RoomFacts {
  /** Of small files, what has not begun. */
  readonly waitingTasks: number;
  readonly waitingBytes: number;
  /** Large files that have not begun. */
  readonly waitingLarge: number;
  /** Large files that could begin now. */
  readonly freeLarge: number;
  /** Messages that are asked for and have not come. */
  readonly asked: number;
  /** Undefined: no message has come yet. */
  readonly portion: Portion | undefined;
  /** Small files that may be downloaded at once. */
  readonly limit: number;
  readonly tasksPerSecond: number;
  readonly bytesPerSecond: number;
  /** Whether nothing of what waits has begun for seconds. */
  readonly stalled: boolean;
}

/**
 * How many messages to ask for now; 0: none. What waits here cannot be taken by an instance that is idle, so no more is
 * taken than can begin soon. Small files are asked for when half of what may wait has begun, because a call costs as much as
 * several downloads.
 */
export function messagesToAsk(facts: RoomFacts): number {
  const { portion, asked, waitingLarge } = facts;
  // The link is full with those that run.
  if (waitingLarge > 0) return 0;
  // What comes, nobody knows.
  if (portion === undefined) return asked === 0 ? 1 : 0;
  return Math.min(MOST, roomForSmall(facts, portion), roomForLarge(facts, portion));
}

function roomForSmall(facts: RoomFacts, { tasks, bytes, large }: Portion): number {
  const small = facts.asked * (1 - large);
  const most = Math.max(facts.limit, facts.tasksPerSecond * AHEAD_SECONDS);
  const mostBytes = Math.max(LEAST_BYTES, facts.bytesPerSecond * AHEAD_SECONDS);
  const room = most - facts.waitingTasks - small * tasks;
  const roomBytes = mostBytes - facts.waitingBytes - small * bytes;
  if (room < most / 2 || roomBytes < mostBytes / 2)
    return facts.stalled && facts.asked === 0 && facts.waitingTasks < WHEN_STALLED * most ? 1 : 0;
  return Math.max(1, Math.floor(Math.min(room / tasks, bytes === 0 ? MOST : roomBytes / bytes)));
}

function roomForLarge({ asked, freeLarge }: RoomFacts, { large }: Portion): number {
  if (large === 0) return MOST;
  const room = freeLarge / large - asked;
  if (room >= 1) return Math.floor(room);
  // A small one may come just as well. One at a time, in case that it is large.
  return large <= MOSTLY_LARGE && asked === 0 ? 1 : 0;
}

/** How much work a message is. */
export interface Weight {
  readonly tasks: number;
  readonly bytes: number;
  /** Whether a large file is in it. It is alone then, as Task sends them. */
  readonly large: boolean;
}

export function weightOf({ urls }: TaskMessage): Weight {
  let bytes = 0;
  for (const url of urls) bytes += weight(url);
  return { tasks: urls.length, bytes, large: urls.some(isLarge) };
}

/** A message that is here. It owns the places of its URLs in the lines for slots. */
export class Parcel {
  /** When it came, by `performance.now()`. */
  readonly since = performance.now();
  /** Whether any URL of it has a slot, or had one. */
  hasBegun = false;

  constructor(
    private readonly backlog: Backlog,
    readonly large: boolean,
  ) {}

  /** A URL of it waits no longer. @param begins it has a slot; otherwise it was withdrawn */
  leave(url: TaskUrl, begins: boolean): void {
    if (begins) this.hasBegun = true;
    this.backlog.less(url);
  }

  /** It is done, or goes back. */
  end(): void {
    this.backlog.forget(this);
  }
}

/** What has come of a lane and has not begun. */
export class Backlog {
  /** Small files, and their bytes. */
  tasks = 0;
  bytes = 0;
  /** Large files. */
  large = 0;
  private readonly parcels = new Set<Parcel>();

  /** @param onLess called whenever something waits no longer */
  constructor(private readonly onLess: () => void = () => undefined) {}

  accept(message: TaskMessage): Parcel {
    for (const url of message.urls) this.count(url, 1);
    const parcel = new Parcel(this, message.urls.some(isLarge));
    this.parcels.add(parcel);
    return parcel;
  }

  less(url: TaskUrl): void {
    this.count(url, -1);
    this.onLess();
  }

  forget(parcel: Parcel): void {
    this.parcels.delete(parcel);
  }

  /** Those that came before that moment, and of which nothing has begun. */
  idleSince(moment: number): Parcel[] {
    return [...this.parcels].filter(({ since, hasBegun }) => !hasBegun && since < moment);
  }

  private count(url: TaskUrl, by: 1 | -1): void {
    if (isLarge(url)) this.large += by;
    else {
      this.tasks += by;
      this.bytes += by * weight(url);
    }
  }
}

/** What a message of a lane is like, as far as it is known. */
export interface Portion {
  /** Of a message of small files. */
  readonly tasks: number;
  readonly bytes: number;
  /** Share of the messages that are one large file. */
  readonly large: number;
}

/** How much the newest message counts. */
const NEWEST = 0.2;

/** @param portion undefined: none has come yet */
export function learn(portion: Portion | undefined, { tasks, bytes, large }: Weight): Portion {
  const small = { tasks, bytes };
  if (portion === undefined) return large ? { tasks: 1, bytes: 0, large: 1 } : { ...small, large: 0 };
  const toward = (old: number, now: number) => old + (now - old) * NEWEST;
  if (large) return { ...portion, large: toward(portion.large, 1) };
  // The first small one after large ones: nothing is known of small ones yet.
  if (portion.large === 1) return { ...small, large: toward(1, 0) };
  return {
    tasks: toward(portion.tasks, tasks),
    bytes: toward(portion.bytes, bytes),
    large: toward(portion.large, 0),
  };
}
