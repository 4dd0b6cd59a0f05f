import * as z from "zod";
import { Bitmap } from "../bitmap.ts";
import { grouped } from "../collections.ts";
import { recOf } from "../pops/sites.ts";
import { isSameFill, type PopCoverageKind, SAMPLE_RESULTS, type UnconnectedReason } from "../result/sample.ts";
import type { TaskResult } from "../result/task-result.ts";
import type { Plan } from "./plan.ts";
import type { Target } from "./target.ts";
import { type GoodUrl, type UrlVariant, urlVariantKey } from "./task.ts";
import type { TaskBitmap } from "./task-bitmap.ts";

const seenSampleSchema = z.object({
  label: z.string(),
  /** URL and variant. */
  key: z.string(),
  pop: z.string(),
  ok: z.boolean(),
  sample: z.enum(SAMPLE_RESULTS).optional(),
  led_by: z.string().optional(),
  filled_at: z.number().optional(),
});
type SeenSample = z.infer<typeof seenSampleSchema>;

export const recEvidenceSchema = z.object({
  samples: z.array(seenSampleSchema),
  /** Tasks whose URL another POP requested: rows of the list of good URLs, as text of a {@link Bitmap}. */
  replaced: z.array(z.object({ label: z.string(), pop: z.string(), by: z.string(), rows: z.string() })),
  /** By POP: rows whose good results show no REC, because the POP's own cache may have answered. */
  unsure: z.record(z.string(), z.string()),
  /** By POP: rows whose good results name no cache. */
  no_cache: z.record(z.string(), z.string()),
  /** Distributions of which an origin was seen to send an `Age`: there, a hit shows no REC. */
  origin_age: z.array(z.string()),
});
export type SavedRecEvidence = z.infer<typeof recEvidenceSchema>;

/** A result, as far as it shows the REC of a POP. */
type RegionalResult = UrlVariant &
  Pick<TaskResult, "pop" | "ok" | "outcome" | "warning" | "sample" | "led_by" | "filled_at" | "rec_unsure">;

/** Tasks of a POP whose URL another POP requested. */
interface ReplacedTasks {
  readonly label: string;
  readonly pop: string;
  readonly by: string;
  readonly rows: Bitmap;
}

/** Results of a request with the scope `regional` that show which POPs have the same REC, and which POP asked it for each object. */
export class RecEvidence {
  private samples: SeenSample[] = [];
  private readonly replaced = new Map<string, ReplacedTasks>();
  private readonly unsure = new Map<string, Bitmap>();
  private readonly noCache = new Map<string, Bitmap>();
  private readonly labelsWithOriginAge = new Set<string>();
  private readonly rows: ReadonlyMap<string, { readonly url: GoodUrl; readonly row: number; readonly label: string }>;

  constructor(
    private readonly plan: Plan,
    urls: readonly GoodUrl[],
  ) {
    const all = plan.isRegional ? [...urls.entries()] : [];
    this.rows = new Map(
      all.map(([row, url]) => [urlVariantKey(url), { url, row, label: plan.tasksOf(url)?.label ?? "" }]),
    );
  }

  /** @param result the first of its task */
  addResult(result: RegionalResult): void {
    const { pop, ok, outcome, warning, sample, led_by, filled_at, rec_unsure } = result;
    const key = urlVariantKey(result);
    const found = this.rows.get(key);
    if (found === undefined) return;
    const { label } = found;
    if (rec_unsure) bitmapAt(this.unsure, pop).add(found.row);
    if (outcome === "done") bitmapAt(this.noCache, pop).add(found.row);
    if (warning === "origin_age") this.labelsWithOriginAge.add(label);
    if (found.url.sample) this.samples.push({ label, key, pop, ok, sample, led_by, filled_at });
    else if (led_by !== undefined) this.replacedBy({ label, pop, by: led_by }).add(found.row);
  }

  saved(): SavedRecEvidence {
    const replaced = [...this.replaced.values()].map((it) => ({ ...it, rows: it.rows.toText() }));
    const [unsure, no_cache] = [textsOf(this.unsure), textsOf(this.noCache)];
    return { samples: this.samples, replaced, unsure, no_cache, origin_age: [...this.labelsWithOriginAge] };
  }

  restore({ samples, replaced, unsure, no_cache, origin_age }: SavedRecEvidence): void {
    this.samples = [...samples];
    for (const label of origin_age) this.labelsWithOriginAge.add(label);
    for (const it of replaced) this.replaced.set(nameOf(it), { ...it, rows: new Bitmap(it.rows) });
    for (const [pop, rows] of Object.entries(unsure)) this.unsure.set(pop, new Bitmap(rows));
    for (const [pop, rows] of Object.entries(no_cache)) this.noCache.set(pop, new Bitmap(rows));
  }

  /**
   * The POPs that are to lead for themselves: no sample connects them with a lead, and their REC is not shown to have all objects. None
   * without checks. @param taskBitmap of the same plan
   */
  unconnected(taskBitmap: TaskBitmap): Target[] {
    const { plan } = this;
    if (!plan.isRegional || plan.request.verify === "off") return [];
    return plan.labels.flatMap((label) => {
      if (![...this.rows.values()].some((it) => it.label === label && it.url.pops === undefined)) return [];
      const { pops } = this.coverageOf(label, taskBitmap);
      const isUnconnected = ({ pop }: Target) => {
        const { coverage, reason } = pops.get(pop) ?? {};
        return coverage === "not_covered" && reason !== undefined;
      };
      const bases = basesOf(plan, label);
      const candidates = plan.recGroupsOf(label).flat();
      return candidates.filter((target) => !bases.has(target.pop) && !target.leads && isUnconnected(target));
    });
  }

  /**
   * The POPs of a distribution by their REC, and the name of those that a lead of the plan asked. Where no sample was read, the catalogue
   * decides; a POP whose samples do not fit it is alone.
   */
  recGroupsOf(label: string): { readonly rec: string | undefined; readonly pops: readonly string[] }[] {
    const bases = basesOf(this.plan, label);
    const connections = this.connectionsOf(label);
    const groups = this.plan.recGroupsOf(label);
    const roots = rootsOf(groups.flat(), connections);
    const leadOf = (pop: string, base: string) => {
      const connection = connections.get(pop);
      return connection === "failed" || connection === "no_sample" ? base : (roots.get(pop) ?? pop);
    };
    const pairs = groups.flatMap(([base, ...others]) =>
      base === undefined ? [] : [base, ...others].map(({ pop }) => ({ pop, lead: leadOf(pop, base.pop) })),
    );
    return [...grouped(pairs, ({ lead }) => lead)].map(([lead, its]) => ({
      rec: bases.has(lead) ? recOf(lead) : undefined,
      pops: its.map(({ pop }) => pop),
    }));
  }

  /** What a distribution's POPs are shown to have: every object of it, in the REC of each. @param taskBitmap of the same plan */
  coverageOf(label: string, taskBitmap: TaskBitmap): RegionalCoverage {
    const groups = this.plan.recGroupsOf(label);
    const bases = basesOf(this.plan, label);
    const connections = this.connectionsOf(label);
    const targets = groups.flat();
    const rootOfPop = rootsOf(targets, connections);
    const replaced = [...this.replaced.values()].filter((it) => it.label === label);
    const complete = this.completeRoots(label, taskBitmap, rootOfPop, replaced);
    const isComplete = (pop: string) => complete.has(rootOfPop.get(pop) ?? "");
    const isReplaced = (pop: string) =>
      replaced.some((it) => it.pop === pop && rootOfPop.get(it.by) !== rootOfPop.get(pop));
    const pops = new Map<string, PopRegionalCoverage>();
    for (const { pop, leads = false } of targets) {
      const connection = connections.get(pop);
      const reason = typeof connection === "string" ? connection : undefined;
      const isOwnLead = !bases.has(pop) && (leads || (reason !== undefined && isComplete(pop)));
      const isCovered = typeof connection === "object" && connection.sources.every(isComplete);
      const isLead = bases.has(pop) ? !isReplaced(pop) : isOwnLead && this.hasFoundAll(label, pop, taskBitmap);
      const coverage = isLead ? "lead" : isCovered && !isOwnLead && !bases.has(pop) ? "covered" : "not_covered";
      pops.set(pop, { coverage, reason: bases.has(pop) ? undefined : reason, isOwnLead });
    }
    return { pops, keptGroups: groups.map((group) => group.some(({ pop }) => isComplete(pop))) };
  }

  /** The components of POPs with the same REC whose POPs together have shown each object. */
  private completeRoots(
    label: string,
    taskBitmap: TaskBitmap,
    rootOfPop: ReadonlyMap<string, string>,
    replaced: readonly ReplacedTasks[],
  ): ReadonlySet<string> {
    const complete = new Set(rootOfPop.values());
    for (const { url, row, label: its } of this.rows.values()) {
      if (its !== label) continue;
      const conditionAt = taskBitmap.conditionAt(url);
      const shown = new Set<string>();
      const wanted = new Set<string>();
      for (const [pop, root] of rootOfPop) {
        const condition = conditionAt?.(pop);
        if (condition === undefined) continue;
        wanted.add(root);
        if (condition !== "good" || this.unsure.get(pop)?.has(row) || this.noCache.get(pop)?.has(row)) continue;
        // The response proves only the REC of the POP that sent the request.
        const by = replaced.find((it) => it.pop === pop && it.rows.has(row))?.by ?? pop;
        shown.add(rootOfPop.get(by) ?? "");
      }
      for (const root of complete)
        if (!shown.has(root) && (url.pops === undefined || wanted.has(root))) complete.delete(root);
    }
    return complete;
  }

  /** Whether a POP that leads for itself has found each object in a cache. Without a reported tier, that may be its own. */
  private hasFoundAll(label: string, pop: string, taskBitmap: TaskBitmap): boolean {
    return [...this.rows.values()].every(({ url, row, label: its }) => {
      const condition = its === label ? taskBitmap.conditionAt(url)?.(pop) : undefined;
      return condition === undefined || (condition === "good" && !this.noCache.get(pop)?.has(row));
    });
  }

  private replacedBy({ label, pop, by }: Pick<ReplacedTasks, "label" | "pop" | "by">): Bitmap {
    const name = nameOf({ label, pop, by });
    const known = this.replaced.get(name) ?? { label, pop, by, rows: new Bitmap() };
    this.replaced.set(name, known);
    return known.rows;
  }

  /** What the samples show of each POP: the leads whose REC it has, more than one if they stored the objects at the same time; or why none. */
  private connectionsOf(label: string): Map<string, Connection> {
    const its = this.samples.filter((it) => it.label === label);
    const byKey = grouped(its, ({ key }) => key);
    const isReadable = (key: string) => byKey.get(key)?.some(({ ok }) => ok) === true;
    const keys = [...byKey.keys()].filter(isReadable);
    const connections = new Map<string, Connection>();
    for (const pop of this.plan.recGroupsOf(label).flatMap((group) => group.map((it) => it.pop))) {
      const own = its.filter((it) => it.pop === pop);
      const connection = connectionOf(own, keys, byKey);
      const isUnclear = typeof connection === "object" && this.labelsWithOriginAge.has(label);
      connections.set(pop, isUnclear ? "unclear" : connection);
    }
    return connections;
  }
}

export interface PopRegionalCoverage {
  readonly coverage: PopCoverageKind;
  /** Why it leads for itself, or is not covered although its group has a lead. */
  readonly reason: UnconnectedReason | undefined;
  /** Whether it requested all objects for itself. */
  readonly isOwnLead: boolean;
}

export interface RegionalCoverage {
  readonly pops: ReadonlyMap<string, PopRegionalCoverage>;
  /** Whether the REC of each of the plan's groups keeps all objects. */
  readonly keptGroups: readonly boolean[];
}

/** `sources`: POPs that requested the samples themselves. */
type Connection = { readonly sources: readonly string[] } | UnconnectedReason;

/**
 * @param own samples of one POP
 * @param keys of the samples that some POP could read
 */
function connectionOf(
  own: readonly SeenSample[],
  keys: readonly string[],
  byKey: ReadonlyMap<string, readonly SeenSample[]>,
): Connection {
  let sources: Set<string> | undefined;
  for (const key of keys) {
    const seen = own.find((it) => it.key === key);
    // It led this object itself.
    if (seen?.ok === true && seen.led_by === undefined) continue;
    if (seen?.sample === undefined) return "failed";
    if (seen.sample !== "hit") return seen.sample;
    const possible = new Set((byKey.get(key) ?? []).filter((it) => isSource(it, seen)).map(({ pop }) => pop));
    sources = sources === undefined ? possible : new Set([...sources].filter((it) => possible.has(it)));
  }
  if (sources === undefined) return "no_sample";
  return sources.size === 0 ? "unclear" : { sources: [...sources] };
}

/** Whether the answer to a sample may come from the fill that another POP saw. */
function isSource({ pop, sample, filled_at }: SeenSample, seen: SeenSample): boolean {
  if (pop === seen.led_by) return true;
  // What its own sample saw was stored for another POP.
  if (pop === seen.pop || sample === "hit" || sample === "unclear") return false;
  return filled_at !== undefined && seen.filled_at !== undefined && isSameFill(filled_at, seen.filled_at);
}

function basesOf(plan: Plan, label: string): ReadonlySet<string> {
  return new Set(plan.recGroupsOf(label).flatMap(([base]) => base?.pop ?? []));
}

/**
 * The POP that stands for all POPs with the same REC. One whose samples may come from several RECs stands for itself.
 * @param visited POPs on the way to this one
 */
function rootOf(
  pop: string,
  connections: ReadonlyMap<string, Connection>,
  visited: ReadonlySet<string> = new Set(),
): string {
  const connection = connections.get(pop);
  if (typeof connection !== "object" || visited.has(pop)) return pop;
  const seen = new Set([...visited, pop]);
  const [root, ...others] = new Set(connection.sources.map((source) => rootOf(source, connections, seen)));
  return root === undefined || others.length > 0 ? pop : root;
}

function rootsOf(
  targets: readonly Target[],
  connections: ReadonlyMap<string, Connection>,
): ReadonlyMap<string, string> {
  return new Map(targets.map(({ pop }) => [pop, rootOf(pop, connections)]));
}

function bitmapAt(bitmaps: Map<string, Bitmap>, pop: string): Bitmap {
  const rows = bitmaps.get(pop) ?? new Bitmap();
  bitmaps.set(pop, rows);
  return rows;
}

function textsOf(bitmaps: ReadonlyMap<string, Bitmap>): Record<string, string> {
  return Object.fromEntries([...bitmaps].map(([pop, rows]) => [pop, rows.toText()]));
}

function nameOf({ label, pop, by }: Pick<ReplacedTasks, "label" | "pop" | "by">): string {
  return `${label} ${pop} ${by}`;
}
