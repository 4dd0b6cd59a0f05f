import * as z from "zod";
import { grouped } from "../grouped.ts";
import { recOf } from "../pops/sites.ts";
import type { Order } from "../request/options.ts";
import { failureReasonSchema } from "../result/failure.ts";
import { fnv1a } from "./task.ts";

/**
 * FAILED: the POP did not resolve. RESOLVED: it did, nothing is queued yet. READY: its tasks may be queued (the stream
 * starts the fan-out). SENT: they are.
 */
export const targetStates = ["FAILED", "RESOLVED", "READY", "SENT"] as const;

/** One item of the Request-Pop table: a POP under one distribution, which tasks are counted by. */
export const targetSchema = z.object({
  req_id: z.string(),
  /** Sort key: `pop#label`. */
  target: z.string(),
  pop: z.string(),
  /** First label of the distribution's domain, under which the POP was looked up. */
  label: z.string(),
  state: z.enum(targetStates),
  /** The POP's addresses; none when it failed. */
  ips: z.array(z.string()),
  /** Why it has none: in words, and as what it is counted. */
  error: z.string().optional(),
  reason: failureReasonSchema,
  /** How many tasks it has of URLs that are wanted at some POPs alone. Absent: none. */
  own_tasks: z.number().int().nonnegative().optional().catch(undefined),
  expire_at: z.number().int(),
});

export type Target = z.infer<typeof targetSchema>;

export function targetKey(pop: string, label: string): string {
  return `${pop}#${label}`;
}

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
