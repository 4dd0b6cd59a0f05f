import { fnv1a } from "../../../domain/plan/task.ts";

/**
 * The random choices of a run. Each name has a stream of its own, so what one part draws does not depend on how often, or when, another
 * one does: the n-th GET of an object at a POP has the same fault in each run with the same seed, in whatever order the GETs come. Which
 * GET is the n-th, and what runs meanwhile, stays real.
 */
export class Seed {
  private readonly streams = new Map<string, () => number>();

  constructor(readonly value: number) {}

  /** The next number of the name's stream, in [0, 1). */
  draw(name: string): number {
    const stream = this.streams.get(name) ?? mulberry32(fnv1a(`${this.value} ${name}`));
    this.streams.set(name, stream);
    return stream();
  }
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
