import type { Portion } from "./appetite.ts";

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
