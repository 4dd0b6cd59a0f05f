import type { Attempt } from "./to-result.ts";

/**
 * Which of a POP's addresses the next attempt asks; undefined: none is worth it. An address that named another POP will name it
 * again. After such an answer only an address that has not been tried is asked.
 * @param order the turns in their order, by the number of the attempt
 * @param addresses how many the POP has
 * @param past the attempts so far, in order
 */
export function nextTurn(
  order: (attempt: number) => number,
  addresses: number,
  past: readonly Attempt[],
): number | undefined {
  const last = past.at(-1);
  if (last === undefined) return order(0);
  const avoided = new Set((isOther(last) ? past : past.filter(isOther)).map(({ turn }) => turn % addresses));
  for (let n = past.length; n < past.length + addresses; n++) {
    const turn = order(n);
    if (!avoided.has(turn % addresses)) return turn;
  }
  return undefined;
}

function isOther({ outcome }: Attempt): boolean {
  return outcome.kind !== "GOOD" && outcome.failure.reason === "other_pop";
}
