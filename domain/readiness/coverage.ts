import { grouped } from "../collections.ts";
import type { Plan } from "../plan/plan.ts";
import type { RecEvidence } from "../plan/rec-evidence.ts";
import type { Target } from "../plan/target.ts";
import type { GoodUrl, UrlVariant } from "../plan/task.ts";
import type { ConditionAt, TaskBitmap } from "../plan/task-bitmap.ts";
import { recOf } from "../pops/sites.ts";
import type { ColdObject } from "../request/readiness-schema.ts";
import { cutText } from "../result/failure.ts";
import type { Coverage, PopCoverage } from "./verdict.ts";

/** So many cold objects are named, by so many characters: what is stored of an item is bounded. */
const MAX_EXAMPLES = 5;
const MAX_URL = 300;

/** What a POP has and lacks while it is added up: the same for all targets of the POP. */
type MutablePopCoverage = { -readonly [Field in keyof PopCoverage]: PopCoverage[Field] };

/** The resolved targets of a distribution under one REC; `rec` is undefined where the catalogue names no REC. */
interface RecCoverage {
  readonly rec: string | undefined;
  readonly pops: readonly MutablePopCoverage[];
}

/** The URLs of a request. */
interface CoveredUrls {
  /** The URLs that could be read, in each variant. */
  readonly good: readonly GoodUrl[];
  /** Without a variant: all variants are unreadable. */
  readonly unreadable: readonly UrlVariant[];
  /** Names of the request's variants; none if it has none. */
  readonly variants: readonly string[];
  /** With scope `regional`: which POPs have the same REC. @default as the catalogue says */
  readonly recEvidence?: RecEvidence | undefined;
}

/**
 * Looks at each object of a request once: at how many POPs of each REC it is good, and what each POP lacks. A URL that could not be read
 * is cold at every POP that resolved. A POP that did not resolve counts nowhere.
 */
export function coverageOf(
  plan: Plan,
  taskBitmap: TaskBitmap,
  { good, unreadable, variants, recEvidence }: CoveredUrls,
): Coverage {
  const resolved = plan.allTargets.filter(isResolved);
  const byPop = new Map(
    resolved.map(({ pop }): [string, MutablePopCoverage] => [
      pop,
      { pop, tasks: 0, lacking: 0, cold: 0, unreadable: 0 },
    ]),
  );
  const cold = new ColdObjects();
  // Each list of targets is grouped once: all URLs of a distribution have the same.
  const known = new Map<readonly Target[], readonly RecCoverage[]>();
  const groupsOf = (targets: readonly Target[]) => {
    const groups = known.get(targets) ?? groupByRec(targets, byPop);
    known.set(targets, groups);
    return groups;
  };
  const shownGroups = new Map<string, readonly RecCoverage[]>();
  const shownGroupsOf = ([first]: readonly Target[]) => {
    const label = first?.label ?? "";
    const groups = shownGroups.get(label) ?? groupByEvidence(label, byPop, recEvidence);
    shownGroups.set(label, groups);
    return groups;
  };
  let coldUnreadable = 0;
  let edgeTasks = 0;
  for (const url of good) {
    const targets = plan.allTargetsFor(url);
    const groups = groupsOf(targets);
    const conditionAt = taskBitmap.conditionAt(url);
    const recs = plan.isRegional ? coldRegionalRecsOf(groups, conditionAt) : coldRecsOf(groups, conditionAt);
    if (plan.isRegional) {
      const shown = recEvidence === undefined ? groups : shownGroupsOf(targets);
      countRegional(shown, conditionAt);
      edgeTasks += shown.filter((group) => isAtEdgeAlone(group, conditionAt)).length;
    }
    // Of a distribution without any POP that resolved, nothing was warmed.
    if (recs.length > 0 || (groups.length === 0 && targets.length > 0)) cold.add(url, recs);
  }
  const onePerResolvedPop = [...new Map(resolved.map((target) => [target.pop, target])).values()];
  for (const it of unreadable) {
    const targets = plan.allTargetsFor(it);
    // A host that leads to no distribution is asked for at no POP, and so it is cold at all of them.
    const groups = groupsOf(targets.length > 0 ? targets : onePerResolvedPop);
    const recs = groups.flatMap(({ rec, pops: its }) => (rec !== undefined && its.length >= 2 ? [rec] : []));
    for (const variant of variantsOf(it, variants)) {
      for (const { pops: its } of groups) for (const pop of its) pop.unreadable++;
      if (recs.length === 0 && groups.length > 0) continue;
      cold.add({ url: it.url, variant }, recs);
      coldUnreadable++;
    }
  }
  const failed = plan.allTargets.filter((target) => !isResolved(target));
  const unreadableUrls = new Set(unreadable.map(({ url }) => url));
  return {
    cold_objects: cold.count,
    cold_unreadable: coldUnreadable,
    cold_examples: cold.examples,
    cold_recs: [...cold.recs],
    edge_tasks: edgeTasks === 0 ? undefined : edgeTasks,
    byPop: [...byPop.values()],
    unresolved: popsOf(failed),
    unanswered: popsOf(failed.filter(({ reason }) => reason === "dns_unavailable")),
    urls: new Set([...good.map(({ url }) => url), ...unreadableUrls]).size,
    unreadable_urls: unreadableUrls.size,
  };
}

/** The objects that are cold, as they are found. */
class ColdObjects {
  count = 0;
  readonly recs = new Set<string>();
  readonly examples: ColdObject[] = [];

  /** @param recs where it is good at no POP; none: no POP of its distribution resolved */
  add({ url, variant }: UrlVariant, recs: readonly string[]): void {
    const [rec] = recs;
    this.count++;
    for (const name of recs) this.recs.add(name);
    if (this.examples.length >= MAX_EXAMPLES) return;
    this.examples.push({ url: cutText(url, MAX_URL), variant, rec });
  }
}

function isResolved({ state }: Target): boolean {
  return state !== "FAILED";
}

/** Groups as the catalogue names their RECs. */
function groupByRec(targets: readonly Target[], byPop: ReadonlyMap<string, MutablePopCoverage>): RecCoverage[] {
  return [...grouped(targets.filter(isResolved), ({ pop }) => recOf(pop) ?? "")].map(([rec, its]) => ({
    rec: rec === "" ? undefined : rec,
    pops: its.flatMap(({ pop }) => byPop.get(pop) ?? []),
  }));
}

/** Groups as the samples of a distribution show their RECs. */
function groupByEvidence(
  label: string,
  byPop: ReadonlyMap<string, MutablePopCoverage>,
  evidence: RecEvidence | undefined,
): RecCoverage[] {
  const groups = evidence?.recGroupsOf(label) ?? [];
  return groups.map(({ rec, pops }) => ({ rec, pops: pops.flatMap((pop) => byPop.get(pop) ?? []) }));
}

/** Adds an object to the counts of each POP. @returns the RECs with two or more POPs at which it is good at none, and which are not shown to keep it */
function coldRecsOf(groups: readonly RecCoverage[], conditionAt: ConditionAt | undefined): string[] {
  const cold: string[] = [];
  for (const { rec, pops } of groups) {
    const bad: MutablePopCoverage[] = [];
    let tasks = 0;
    let isInRec = false;
    for (const coverage of pops) {
      const condition = conditionAt?.(coverage.pop);
      // No task of this object: it was not to be warmed there.
      if (condition === undefined) continue;
      tasks++;
      coverage.tasks++;
      if (condition === "good") continue;
      if (condition === "regional") isInRec = true;
      coverage.lacking++;
      bad.push(coverage);
    }
    if (rec === undefined || isInRec || tasks < 2 || bad.length < tasks) continue;
    cold.push(rec);
    for (const coverage of bad) coverage.cold++;
  }
  return cold;
}

/**
 * The same for a request with the scope `regional`. One POP leads the others, so an object is cold at a REC with two or more POPs if it failed
 * at all of them that requested it, whichever RECs they turned out to have.
 */
function coldRegionalRecsOf(groups: readonly RecCoverage[], conditionAt: ConditionAt | undefined): string[] {
  return groups.flatMap(({ rec, pops }) => {
    const tasks = pops.filter(({ pop }) => conditionAt?.(pop) !== undefined);
    const isCold = tasks.length > 0 && tasks.every(({ pop }) => conditionAt?.(pop) === "bad");
    if (rec === undefined || pops.length < 2 || !isCold) return [];
    for (const coverage of tasks) coverage.cold++;
    return [rec];
  });
}

/** Adds an object to the counts of each POP, with the scope `regional`. A REC has it once one of its POPs has shown that. */
function countRegional(groups: readonly RecCoverage[], conditionAt: ConditionAt | undefined): void {
  for (const { pops } of groups) {
    const isKept = pops.some(({ pop }) => conditionAt?.(pop) === "good");
    for (const coverage of pops) {
      const condition = conditionAt?.(coverage.pop);
      if (condition === undefined) continue;
      coverage.tasks++;
      if (condition === "bad" || (condition === "regional" && !isKept)) coverage.lacking++;
    }
  }
}

/** Whether an object is shown to be in the own cache of a POP, and not in the REC. */
function isAtEdgeAlone({ pops }: RecCoverage, conditionAt: ConditionAt | undefined): boolean {
  const conditions = pops.map(({ pop }) => conditionAt?.(pop));
  return conditions.includes("regional") && !conditions.includes("good");
}

function variantsOf({ variant }: UrlVariant, all: readonly string[]): readonly (string | undefined)[] {
  if (variant !== undefined) return [variant];
  return all.length === 0 ? [undefined] : all;
}

function popsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(({ pop }) => pop))];
}
