/** The POP codes of one site, in the order in which they are worth trying. */
import { type Basis, POP_CODES } from "./pop-codes.ts";

/**
 * The codes of one basis at a site (three letters, upper case), the likeliest to be alive first: P before C, then the
 * higher suffix number, then the higher facility number. P came after C (every header dated 2025 or 2026 is a P's) and
 * numbers seem to be handed out upwards, so that is the newest first.
 */
export function sitePops(site: string, basis: Basis): string[] {
  const codes = POP_CODES.filter((code) => code.basis === basis && code.pop.slice(0, 3) === site);
  return codes.map(({ pop }) => pop).sort(newestFirst);
}

function newestFirst(a: string, b: string): number {
  const [x, y] = [newness(a), newness(b)];
  return y.kind - x.kind || y.suffix - x.suffix || y.facility - x.facility;
}

/** `ORD56-P13` -> kind 1 (0 for C and E), facility 56, suffix 13: the higher, the newer. */
function newness(pop: string) {
  const [facility = 0, suffix = 0] = pop.match(/\d+/g)?.map(Number) ?? [];
  return { kind: pop.includes("-P") ? 1 : 0, facility, suffix };
}
