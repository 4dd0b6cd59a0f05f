import type { Way } from "./ask.ts";

/** One question of a series about one object, which nobody asked for before the series. */
export interface Question {
  /** `cold`: the series begins with this very way. `filled`: it begins with a whole GET at the first address. */
  readonly series: `${"cold" | "filled"} ${Way}`;
  readonly step: string;
  /** Index of the POP's address that is asked. */
  readonly address: number;
  readonly way: Way;
}

const WAYS: readonly Way[] = ["HEAD", "GET", "RANGE"];

/**
 * The series for a POP with so many addresses, each with an object of its own so that none sees what another one filled.
 * - `filled X`: the first address is filled by a whole GET, then asked by X, then every other address is asked by X. Shows
 *   whether the servers of a POP have, or fetch from each other, what one of them has.
 * - `cold X`: the first address is asked by X, and again. Then it is asked for one byte, which is a hit only if X filled
 *   it. The last address is then asked by X.
 */
export function questionsFor(addresses: number): Question[] {
  const others = Array.from({ length: addresses - 1 }, (_, n) => n + 1);
  return WAYS.flatMap((way): Question[] => {
    const filled = `filled ${way}` as const;
    const cold = `cold ${way}` as const;
    return [
      { series: filled, step: "fill", address: 0, way: "GET" },
      { series: filled, step: "same", address: 0, way },
      ...others.map((address) => ({ series: filled, step: "other", address, way })),
      { series: cold, step: "first", address: 0, way },
      { series: cold, step: "again", address: 0, way },
      { series: cold, step: "proof", address: 0, way: "RANGE" },
      ...others.slice(-1).map((address) => ({ series: cold, step: "other", address, way })),
    ];
  });
}
