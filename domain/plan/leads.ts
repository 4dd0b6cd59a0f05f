import { recOf } from "../pops/site-of.ts";
import type { Order } from "../request/order.ts";
import { fnv1a } from "./fnv1a.ts";
import { grouped } from "./grouped.ts";
import type { Target } from "./target.ts";

/**
 * A message names a whole circle, so that has a bound. The catalogue's largest REC has 56 POPs; a request may name others under it
 * that only the DNS knows. Those beyond it have a lead of their own.
 */
const MOST_TARGETS = 64;

/** Targets of one distribution that share a REC. Of each URL, one of them asks first, and the others once it has the object. */
export class Circle {
  /** By the place of the first. */
  private readonly lines: (readonly Target[] | undefined)[];

  /** @param targets at least one */
  constructor(readonly targets: readonly Target[]) {
    this.lines = new Array<undefined>(targets.length).fill(undefined);
  }

  /**
   * All of the targets: the lead of a URL first, behind it those that follow, each of them the next lead if the ones before it
   * fail. A hash of the URL picks the lead, so that no POP leads everything. All variants of a URL have the same one.
   */
  lineOf(url: string): readonly Target[] {
    const { targets } = this;
    const first = fnv1a(url) % targets.length;
    this.lines[first] ??= [...targets.slice(first), ...targets.slice(0, first)];
    return this.lines[first];
  }
}

/**
 * The circles of a distribution's targets, in the order of their first ones. A POP whose REC nobody knows is alone, and so
 * is each where all ask at once.
 */
export function circlesOf(targets: readonly Target[], order: Order | undefined): Circle[] {
  if (order !== "lead-first") return targets.map((target) => new Circle([target]));
  const byRec = grouped(targets, ({ pop }) => recOf(pop) ?? pop);
  return [...byRec.values()]
    .map(spreadBySite)
    .flatMap(inParts)
    .map((together) => new Circle(together));
}

/**
 * Neighbours in a line stand at different sites, as far as there are enough: two leads that fail decide for all others, and a
 * site may be in trouble with all of its POPs.
 */
function spreadBySite(targets: readonly Target[]): Target[] {
  const bySite = grouped(targets, ({ pop }) => pop.slice(0, 3));
  const placed = [...bySite.values()].flatMap((site) =>
    site.map((target, i) => ({ target, place: (i + 0.5) / site.length })),
  );
  return placed.toSorted((a, b) => a.place - b.place).map(({ target }) => target);
}

function inParts(targets: readonly Target[]): Target[][] {
  const parts = Math.ceil(targets.length / MOST_TARGETS);
  return Array.from({ length: parts }, (_, i) => targets.slice(i * MOST_TARGETS, (i + 1) * MOST_TARGETS));
}
