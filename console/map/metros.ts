import { grouped } from "../../domain/collections.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Point } from "./miller.ts";
import { METRO_PLACES } from "./world.ts";

/** A metropolitan area on the map, with those of the given POPs that lie in it. */
export interface Metro<T> extends Point {
  /** Three letters. */
  readonly site: string;
  readonly radius: number;
  readonly pops: readonly T[];
}

/** The metros of these POPs; `unplaced`: POPs whose site has no place on the map. */
export function metrosOf<T>(pops: readonly T[], codeOf: (pop: T) => string): { metros: Metro<T>[]; unplaced: T[] } {
  const siteOf = (pop: T) => codeOf(pop).slice(0, 3);
  const metros = [...grouped(pops, siteOf)].flatMap(([site, its]): Metro<T>[] => {
    const place = METRO_PLACES[site];
    return place === undefined ? [] : [{ site, x: place[0], y: place[1], radius: place[2], pops: its }];
  });
  return { metros, unplaced: pops.filter((pop) => METRO_PLACES[siteOf(pop)] === undefined) };
}

export const LATELY_MS = 30 * 24 * 3_600_000;

/** Whether some of these POPs have resolved here, and the last of them did so 30 days ago. Of POPs that no request named, nothing is known. */
export function isStale(pops: readonly { readonly last_resolved_at: string | null }[], now: number): boolean {
  const times = pops.flatMap(({ last_resolved_at: at }) => (at === null ? [] : parseTimestamp(at)));
  return times.length > 0 && Math.max(...times) < now - LATELY_MS;
}
