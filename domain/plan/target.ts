import * as z from "zod";
import { grouped } from "../collections.ts";
import { recOf } from "../pops/sites.ts";
import { failureReasonSchema } from "../result/failure.ts";
import { fnv1a, type GoodUrl } from "./task.ts";

/** A POP under the label of a distribution. */
export interface PopName {
  readonly pop: string;
  readonly label: string;
}

/** One item of the Request-Pop table: a POP under one distribution, which tasks are counted by. */
export const targetSchema = z.object({
  req_id: z.string(),
  /** Sort key: `pop#label`. */
  target: z.string(),
  pop: z.string(),
  /** First label of the distribution's domain, under which the POP was looked up. */
  label: z.string(),
  /**
   * FAILED: the POP did not resolve. RESOLVED: it did, nothing is queued yet. READY: its tasks may be queued (the stream
   * starts the fan-out). SENT: they are.
   */
  state: z.enum(["FAILED", "RESOLVED", "READY", "SENT"]),
  /** The POP's addresses; none when it failed. */
  ips: z.array(z.string()),
  /** Why it has none: in words, and as what it is counted. */
  error: z.string().optional(),
  reason: failureReasonSchema,
  /** How many tasks it has of URLs that are wanted at some POPs alone. Absent: none. */
  own_tasks: z.number().int().nonnegative().optional().catch(undefined),
  /** With scope `regional`: no sample shows which REC it has, so it leads all URLs for itself. */
  leads: z.literal(true).optional(),
  expire_at: z.number().int(),
});

export type Target = z.infer<typeof targetSchema>;

/** The Request-Pop table. */
export interface TargetStore {
  /** Those of a request that can be read. */
  targets(reqId: string): Promise<Target[]>;
  /** At most 64 → SENT, and as many more in the request's `targets_sent`, all or nothing. False when some were SENT already. */
  markSent(reqId: string, targets: readonly Target[]): Promise<boolean>;
}

export function targetKey(pop: string, label: string): string {
  return `${pop}#${label}`;
}

/** One URL to be made warm at one target. */
export interface Task {
  readonly target: Target;
  readonly url: GoodUrl;
  /** Host and SNI to ask with, so that the POP finds the distribution. */
  readonly host: string;
  /** The targets whose tasks of this URL wait for this one, the next lead first. */
  readonly followers: readonly Target[];
  /** With scope `regional`: position of the lead's group, from 0. Samples of two groups are stored at different times. @default 0 */
  readonly groupIndex?: number;
}

/**
 * A message names a whole group, so that has a bound. The catalogue's largest REC has 56 POPs; a request may name others under it
 * that only the DNS knows. Those beyond it have a lead of their own.
 */
const MAX_GROUP_TARGETS = 64;

/**
 * The targets of a REC group, the lead of a URL first, each of the others the next lead if those before it fail. A hash of the URL
 * picks the lead, so that no POP leads everything. All variants of a URL have the same one.
 */
export function candidatesFor(url: string, recGroup: readonly Target[]): readonly Target[] {
  const first = fnv1a(url) % recGroup.length;
  return first === 0 ? recGroup : [...recGroup.slice(first), ...recGroup.slice(0, first)];
}

/**
 * A distribution's targets under each REC. Of each URL, one target of a group requests it first, and the others once it has the
 * object. A POP of an unknown REC is alone.
 */
export function recGroups<T extends PopName>(targets: readonly T[]): (readonly T[])[] {
  return [...grouped(targets, ({ pop, label }) => `${label} ${recOf(pop) ?? pop}`).values()].flatMap((underRec) => {
    const spread = spreadBySite(underRec);
    return Array.from({ length: Math.ceil(spread.length / MAX_GROUP_TARGETS) }, (_, i) =>
      spread.slice(i * MAX_GROUP_TARGETS, (i + 1) * MAX_GROUP_TARGETS),
    );
  });
}

/** The targets that are fanned out together, so that the list of URLs is read once for all of them: those under one REC. */
export interface FanOutGroup {
  readonly targets: readonly Target[];
  /** Those that are not SENT. A change of the first of them starts the fan-out. */
  readonly unsent: readonly [Target, ...Target[]];
}

/** The groups that have a target which is not SENT. */
export function fanOutGroups(targets: readonly Target[]): FanOutGroup[] {
  const resolved = targets.filter(({ state }) => state !== "FAILED");
  return recGroups(resolved).flatMap((group): FanOutGroup[] => {
    const [first, ...others] = group.filter(({ state }) => state !== "SENT");
    return first === undefined ? [] : [{ targets: group, unsent: [first, ...others] }];
  });
}

/**
 * Neighbours stand at different sites, as far as there are enough: two leads that fail decide for all others, and a
 * site may be in trouble with all of its POPs.
 */
function spreadBySite<T extends PopName>(targets: readonly T[]): T[] {
  const bySite = grouped(targets, ({ pop }) => pop.slice(0, 3));
  const placed = [...bySite.values()].flatMap((site) =>
    site.map((target, i) => ({ target, place: (i + 0.5) / site.length })),
  );
  return placed.toSorted((a, b) => a.place - b.place).map(({ target }) => target);
}
