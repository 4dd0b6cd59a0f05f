import { grouped } from "../../domain/collections.ts";
import { siteOf } from "../../domain/pops/sites.ts";
import type { Point } from "./miller.ts";
import { METRO_PLACES, REC_PLACES } from "./world.ts";

/** A POP with what is known of where it stands. */
export interface Placed {
  readonly code: string;
  readonly rec: string | null;
  /** When it resolved here last: a timestamp. Null: no request asked for it in a year, or it did not resolve. */
  readonly last_resolved_at?: string | null;
}

/** What stands at one place of the map: its POPs are chosen together by a click. */
export interface Mark extends Point {
  readonly kind: "metro" | "rec";
  /** Three letters, or the REC's name. */
  readonly id: string;
  readonly radius: number;
  readonly rec: string | undefined;
  readonly pops: readonly string[];
  /** Its POPs resolved here, the last one long ago. Of those that no request has asked for, nothing is known. */
  readonly isAsleep: boolean;
}

export const LATELY_MS = 30 * 24 * 3_600_000;

/** The metros of these POPs. A POP whose site has no place on the map is in none. @param now milliseconds since the epoch */
export function metrosOf(pops: readonly Placed[], now: number): Mark[] {
  return [...grouped(pops, ({ code }) => code.slice(0, 3))].flatMap(([id, its]): Mark[] => {
    const place = METRO_PLACES[id];
    if (place === undefined) return [];
    const resolvedAt = Math.max(...its.map((pop) => at(pop.last_resolved_at)));
    return [
      {
        kind: "metro",
        id,
        x: place[0],
        y: place[1],
        radius: place[2],
        rec: siteOf(id)?.rec,
        pops: its.map(({ code }) => code),
        isAsleep: resolvedAt > Number.NEGATIVE_INFINITY && resolvedAt < now - LATELY_MS,
      },
    ];
  });
}

/** The RECs of these POPs, each at its own site, with all its POPs. */
export function recsOf(pops: readonly Placed[]): Mark[] {
  return [...grouped(pops, ({ rec }) => rec ?? "")].flatMap(([rec, its]): Mark[] => {
    const place = REC_PLACES[rec];
    if (place === undefined) return [];
    return [
      {
        kind: "rec",
        id: rec,
        x: place[0],
        y: place[1],
        radius: place[2],
        rec,
        pops: its.map(({ code }) => code),
        isAsleep: false,
      },
    ];
  });
}

function at(timestamp: string | null | undefined): number {
  if (timestamp == null) return Number.NEGATIVE_INFINITY;
  const time = Date.parse(`${timestamp.replace(" ", "T").replace(/(\.\d{3})\d*$/, "$1")}Z`);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}
