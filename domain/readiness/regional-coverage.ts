import { Bitmap } from "../bitmap.ts";
import type { RegionalResults } from "../plan/extension.ts";
import type { PopRegionalCoverage } from "../plan/rec-evidence.ts";
import { recOf } from "../pops/sites.ts";
import type { Readiness } from "../request/readiness-schema.ts";
import type { RequestItem } from "../request/request-item.ts";
import { POP_COVERAGES, type PopCoverageKind } from "../result/sample.ts";

/** Most POPs that are named: an item is bounded. */
const MAX_POPS = 20;

/** Facts of the scope `regional` that a request's item keeps. */
interface RegionalFacts {
  readonly readiness: NonNullable<Readiness["regional"]>;
  readonly pop_coverage: NonNullable<RequestItem["pop_coverage"]>;
}

/** Adds up which RECs keep all objects, and which POPs have one of them. A POP under several distributions counts by the worst. */
export function regionalFactsOf(
  { not_extended }: Pick<RequestItem, "not_extended">,
  { plan, recEvidence, taskBitmap }: RegionalResults,
): RegionalFacts {
  const kept = new Map<string, boolean>();
  const byPop = new Map<string, PopRegionalCoverage>();
  for (const label of plan.labels) {
    const { pops, keptGroups } = recEvidence.coverageOf(label, taskBitmap);
    for (const [i, [base]] of plan.recGroupsOf(label).entries()) {
      if (base === undefined) continue;
      const rec = recOf(base.pop) ?? base.pop;
      kept.set(rec, kept.get(rec) !== false && keptGroups[i] === true);
    }
    for (const [pop, it] of pops) {
      const before = byPop.get(pop);
      const rank = (kind: PopCoverageKind) => POP_COVERAGES.indexOf(kind);
      if (before === undefined || rank(it.coverage) > rank(before.coverage)) byPop.set(pop, it);
    }
  }
  const bitmapOf = (kind: PopCoverageKind) => {
    const bitmap = new Bitmap();
    for (const [i, pop] of plan.request.pops.entries()) if (byPop.get(pop)?.coverage === kind) bitmap.add(i);
    return bitmap;
  };
  const [lead, covered] = [bitmapOf("lead"), bitmapOf("covered")];
  const ownLeads = [...byPop].flatMap(([pop, { isOwnLead, reason }]) =>
    isOwnLead && reason !== undefined ? [{ pop, reason }] : [],
  );
  const notCovered = [...byPop].flatMap(([pop, { coverage }]) => (coverage === "not_covered" ? [pop] : []));
  return {
    readiness: {
      recs: kept.size,
      kept_recs: [...kept.values()].filter(Boolean).length,
      covered_pops: covered.size,
      own_leads: ownLeads.length,
      own_lead_examples: ownLeads.slice(0, MAX_POPS),
      not_covered_pops: notCovered.length,
      not_covered_examples: notCovered.slice(0, MAX_POPS),
      not_extended,
    },
    pop_coverage: { lead: lead.toText(), covered: covered.toText() },
  };
}
