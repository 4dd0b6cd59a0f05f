import type { Outcome } from "../../domain/result/outcome.ts";
import { outcomeOf, type Warming } from "./to-result.ts";

/** From the worst to the best: a POP is as warm as its coldest address. */
const RANKS: readonly Outcome[] = ["failed", "not_kept", "done", "hit", "warm"];
const GOOD = new Set<Outcome>(["done", "hit", "warm"]);

/**
 * Warms a POP at each of its addresses, one after the other: the later ones may have it from the first.
 * @returns what the worst of them showed, and how many have the object
 */
export async function everyAddress(
  ips: readonly string[],
  warmAt: (turn: number) => Promise<Warming>,
): Promise<Warming> {
  let worst: Warming | undefined;
  const cold: string[] = [];
  for (const [turn, address] of ips.entries()) {
    const one = await warmAt(turn);
    if (!GOOD.has(outcomeOf(one))) cold.push(address);
    if (worst === undefined || rank(one) < rank(worst)) worst = one;
  }
  if (worst === undefined) throw new Error("the POP has no address");
  return { ...worst, addresses: `${ips.length - cold.length} of ${ips.length}`, cold };
}

function rank(warming: Warming): number {
  return RANKS.indexOf(outcomeOf(warming));
}
