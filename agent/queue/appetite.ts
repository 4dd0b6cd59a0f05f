import type { Weight } from "./backlog.ts";

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
