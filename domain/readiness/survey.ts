import { grouped } from "../plan/grouped.ts";
import type { GoodAt, Ledger } from "../plan/ledger.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/target.ts";
import type { GoodUrl } from "../plan/task-url.ts";
import { recOf } from "../pops/site-of.ts";
import type { ColdObject, PopShare, Survey } from "./verdict.ts";

/** So many cold objects are named. */
const MAX_EXAMPLES = 5;

/** A chosen target, and what its POP lacks: the same for all targets of the POP. */
interface Seat {
  readonly target: Target;
  readonly share: { tasks: number; lacking: number };
}

/** The chosen targets of a distribution under one REC; `rec` is undefined for those whose REC nobody knows. */
interface Circle {
  readonly rec: string | undefined;
  readonly seats: readonly Seat[];
}

/**
 * Looks at each object of a request once: at how many POPs of each REC it is good, and what each POP lacks.
 * @param urls all good URLs of the request
 */
export function surveyOf(plan: Plan, ledger: Ledger, urls: readonly GoodUrl[]): Survey {
  const pops = new Map<string, { tasks: number; lacking: number }>();
  const unresolved = new Set<string>();
  const circles = new Map<readonly Target[], readonly Circle[]>();
  const coldRecs = new Set<string>();
  const examples: ColdObject[] = [];
  let cold = 0;
  for (const target of plan.chosen) {
    if (!pops.has(target.pop)) pops.set(target.pop, { tasks: 0, lacking: 0 });
    if (target.state === "FAILED") unresolved.add(target.pop);
  }
  for (const url of urls) {
    const chosen = plan.chosenFor(url);
    const its = circles.get(chosen) ?? circlesOf(chosen, pops);
    circles.set(chosen, its);
    const recs = coldRecsOf(its, ledger.goodAt(url), (pop) => plan.isWantedAt(url, pop));
    const [rec] = recs;
    if (rec === undefined) continue;
    cold++;
    for (const name of recs) coldRecs.add(name);
    if (examples.length < MAX_EXAMPLES)
      examples.push({ url: url.url, ...(url.variant === undefined ? {} : { variant: url.variant }), rec });
  }
  const shares = [...pops].map(([pop, { tasks, lacking }]): PopShare => {
    const resolved = !unresolved.has(pop);
    // One that did not resolve lacks all, also where there was nothing to warm.
    return resolved ? { pop, tasks, lacking, resolved } : { pop, tasks, lacking: Math.max(1, lacking), resolved };
  });
  return { coldObjects: cold, coldExamples: examples, coldRecs: [...coldRecs], pops: shares };
}

function circlesOf(chosen: readonly Target[], pops: ReadonlyMap<string, Seat["share"]>): Circle[] {
  const byRec = grouped(chosen, ({ pop }) => recOf(pop) ?? "");
  return [...byRec].map(([rec, targets]) => ({
    rec: rec === "" ? undefined : rec,
    seats: targets.map((target) => ({ target, share: pops.get(target.pop) ?? { tasks: 0, lacking: 0 } })),
  }));
}

/** The RECs at which an object is good at none of two or more chosen POPs. It is added to what each POP has and lacks. */
function coldRecsOf(
  circles: readonly Circle[],
  goodAt: GoodAt | undefined,
  isWanted: (pop: string) => boolean,
): string[] {
  const cold: string[] = [];
  for (const { rec, seats } of circles) {
    let chosen = 0;
    let good = 0;
    for (const { target, share } of seats) {
      const isGood = goodAt?.(target.pop);
      // No task of this object, though it resolved: the object was not to be warmed there.
      if (isGood === undefined && (target.state !== "FAILED" || !isWanted(target.pop))) continue;
      chosen++;
      share.tasks++;
      if (isGood === true) good++;
      else share.lacking++;
    }
    if (rec !== undefined && chosen >= 2 && good === 0) cold.push(rec);
  }
  return cold;
}
