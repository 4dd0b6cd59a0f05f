import { type Count, NO_COUNT } from "../result/count.ts";

/** Maximum number of samples that the API returns of a request: its start, the last one, and minutes between them. */
export const MAX_SAMPLES = 240;

const MINUTE_MS = 60_000;

/** The number of a minute. @param ms since the epoch */
export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** How a request stood at a moment. All counts from its beginning on: whoever leaves out a sample loses nothing of the others. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes that instances had received for it, whatever came of them. */
  readonly received: number;
  readonly count: Count;
}

/** What is kept of a request by the minute. */
export interface Minutes {
  /** What was counted when a minute began. A minute without results has none. */
  readonly began: ReadonlyMap<number, Count>;
  /** Bytes that came in a minute. A minute without bytes has none. */
  readonly received: ReadonlyMap<number, number>;
}

/** Between which moments there are samples, in milliseconds since the epoch. */
export interface Span {
  /** When the request was made. */
  readonly from: number;
  /** The last sample: now, or when the request has ended. */
  readonly to: number;
  /** Until when the minutes are complete. Agents note what came in one when it is over. */
  readonly settled: number;
}

/**
 * The samples of a request: one as each minute began, evenly fewer if those were too many, and the last one. A straight line from
 * each to the next is right: minutes in which nothing came are filled in.
 * @param count of the last sample
 * @param unnoted bytes that stand in no minute yet
 */
export function samplesOf(minutes: Minutes, span: Span, count: Count, unnoted: number): Sample[] {
  const began = sorted(minutes.began);
  const received = sorted(minutes.received);
  const first = minuteOf(span.from) + 1;
  const end = minuteOf(Math.min(span.to - 1, span.settled));
  const step = Math.max(1, Math.ceil((end - first + 1) / (MAX_SAMPLES - 2)));
  const samples: Sample[] = [{ at: span.from, received: 0, count: NO_COUNT }];
  let [bytes, came, next] = [0, 0, 0];
  // Multiples of the step, so that a call a minute later returns the same minutes.
  for (let minute = Math.ceil(first / step) * step; minute <= end; minute += step) {
    for (; (received[came]?.[0] ?? minute) < minute; came++) bytes += received[came]?.[1] ?? 0;
    while ((began[next]?.[0] ?? minute) < minute) next++;
    samples.push(sampleAt(minute * MINUTE_MS, bytes, countAt(began, next, minute, count)));
  }
  const all = received.reduce((sum, [, it]) => sum + it, unnoted);
  return [...samples, sampleAt(Math.max(span.from, span.to), all, count)];
}

/** What good results have was received, also where agents of an older release, or dead ones, did not say so. */
function sampleAt(at: number, received: number, count: Count): Sample {
  return { at, received: Math.max(received, count.download_size), count };
}

/** As a minute began, the request stood as when the next minute with results began. @param next the first kept one that is not before */
function countAt(began: readonly (readonly [number, Count])[], next: number, minute: number, last: Count): Count {
  if (minute < (began[0]?.[0] ?? 0)) return NO_COUNT;
  return began[next]?.[1] ?? last;
}

function sorted<T>(byMinute: ReadonlyMap<number, T>): (readonly [number, T])[] {
  return [...byMinute].sort(([one], [other]) => one - other);
}
