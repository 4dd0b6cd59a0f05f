import { Bitmap } from "../bitmap.ts";
import { grouped } from "../collections.ts";
import { hostOf } from "../net/urls.ts";
import { distributionOf, requestHost } from "../request/distributions.ts";
import type { RequestItem } from "../request/request-item.ts";
import { taskQueueFor } from "../request/task-queue-name.ts";
import { taskBytes } from "../result/task-traffic.ts";
import { candidatesFor, recGroups, type Target, type Task } from "./target.ts";
import { type GoodUrl, resultShardCount } from "./task.ts";
import { isLarge } from "./task-message.ts";

/** The targets of one distribution. */
interface TargetGroup {
  /** The distribution's. */
  readonly label: string;
  /** Resolved or not. */
  readonly allTargets: readonly Target[];
  /** Those that resolved. */
  readonly resolvedTargets: readonly Target[];
  /** The index of each resolved POP in the request's list. */
  readonly popIndexes: ReadonlyMap<string, number>;
  readonly recGroups: readonly (readonly Target[])[];
  /** With scope `regional`: the POPs that request every URL. The others request samples alone. Undefined: all POPs request every URL. */
  readonly leads: ReadonlySet<string> | undefined;
}

/** The tasks of one URL: one at each resolved target of its distribution where it is wanted, numbered by the POP's index in the request. */
export class UrlTasks {
  /** The indexes of the POPs where it is wanted; undefined: everywhere. */
  private readonly pops: Bitmap | undefined;

  constructor(
    private readonly url: GoodUrl,
    private readonly host: string,
    private readonly group: TargetGroup,
  ) {
    if (url.pops !== undefined) this.pops = new Bitmap(url.pops);
  }

  /** How many tasks there are. */
  get count(): number {
    return this.wantedOf(this.group.resolvedTargets, all).length;
  }

  /** Label of the distribution that the URL belongs to. */
  get label(): string {
    return this.group.label;
  }

  /** The number of the task at a POP; undefined where the URL has no such task. */
  popIndexOf(pop: string): number | undefined {
    const popIndex = this.group.popIndexes.get(pop);
    if (popIndex === undefined || this.pops?.has(popIndex) === false) return undefined;
    const { leads } = this.group;
    return this.pops !== undefined || this.url.sample || leads?.has(pop) !== false ? popIndex : undefined;
  }

  /** The tasks in the order of the targets, each without followers. @param wanted says of a POP's index whether its task is. @default all */
  *tasks(wanted: PopIndexFilter = all): Generator<Task> {
    const { url, host } = this;
    for (const target of this.wantedOf(this.group.resolvedTargets, wanted)) yield { target, url, host, followers: [] };
  }

  /** The tasks as they are queued: under each REC, the first candidate leads the others. */
  leads(wanted: PopIndexFilter = all): Task[] {
    const { url, host, group } = this;
    if (group.leads !== undefined) return this.allRegionalLeads(group.recGroups, wanted);
    const leads: Task[] = [];
    for (const recGroup of group.recGroups) {
      const [target, ...followers] = this.wantedOf(candidatesFor(url.url, recGroup), wanted);
      if (target !== undefined) leads.push({ target, url, host, followers });
    }
    return leads;
  }

  private allRegionalLeads(recGroups: TargetGroup["recGroups"], wanted: PopIndexFilter): Task[] {
    let groupIndex = 0;
    // A POP that is alone is compared with none.
    return recGroups.flatMap((it) => this.regionalLeads(it, it.length === 1 ? 0 : groupIndex++, wanted));
  }

  /**
   * With scope `regional`, the first POP of a group leads all URLs: with a hash of the URL, a wrong map would spread the objects over two
   * RECs. Its followers are those that request the URL after it: all of them for a sample; for another URL, one after the other until one
   * shows that the REC keeps the object. POPs that lead for themselves, and tasks whose lead has its result, wait for nobody.
   */
  private regionalLeads(recGroup: readonly Target[], groupIndex: number, wanted: PopIndexFilter): Task[] {
    const { url, host } = this;
    const [base] = recGroup;
    const its = this.wantedOf(recGroup, wanted);
    if (this.pops !== undefined || base === undefined || its[0] !== base)
      return its.map((target): Task => ({ target, url, host, followers: [] }));
    const isFollower = ({ leads }: Target) => leads === undefined;
    const others = (url.sample ? its : recGroup).filter((it) => it !== base);
    const alone = its.filter((it) => it !== base && !isFollower(it));
    return [
      { target: base, url, host, followers: others.filter(isFollower), groupIndex },
      ...alone.map((target): Task => ({ target, url, host, followers: [] })),
    ];
  }

  private wantedOf(targets: readonly Target[], wanted: PopIndexFilter): readonly Target[] {
    if (this.pops === undefined && this.group.leads === undefined && wanted === all) return targets;
    return targets.filter(({ pop }) => {
      const popIndex = this.popIndexOf(pop);
      return popIndex !== undefined && wanted(popIndex);
    });
  }
}

type PopIndexFilter = (popIndex: number) => boolean;
const all: PopIndexFilter = () => true;

/**
 * Which tasks a request has: every good URL at every target of its distribution where it is wanted. Only here URLs and targets are
 * multiplied; totals, messages and what is missing follow from it.
 */
export class Plan {
  private readonly groups: ReadonlyMap<string, TargetGroup>;
  /** Whether the RECs are warmed: then each POP has its own number of tasks. */
  readonly isRegional: boolean;

  /** @param allTargets all targets; those that did not resolve have no tasks */
  constructor(
    readonly request: RequestItem,
    readonly allTargets: readonly Target[],
  ) {
    const popIndexes = new Map(request.pops.map((pop, popIndex) => [pop, popIndex]));
    const byLabel = grouped(allTargets, ({ label }) => label);
    this.isRegional = request.scope === "regional";
    this.groups = new Map(
      [...byLabel].map(([label, its]) => [label, targetGroup(label, its, popIndexes, this.isRegional)]),
    );
  }

  /** The tasks of a URL; undefined where none of its distribution's targets resolved. */
  tasksOf(url: GoodUrl): UrlTasks | undefined {
    const parsed = new URL(url.url);
    const distribution = distributionOf(this.request.distributions, parsed.hostname);
    const group = distribution && this.groups.get(distribution.label);
    return group && group.resolvedTargets.length > 0
      ? new UrlTasks(url, requestHost(distribution, parsed), group)
      : undefined;
  }

  /** At which targets a URL is to be warm, also at those that did not resolve. The same list for all URLs of a distribution. */
  allTargetsFor(url: { readonly url: string }): readonly Target[] {
    const distribution = distributionOf(this.request.distributions, hostOf(url.url));
    return (distribution && this.groups.get(distribution.label)?.allTargets) ?? [];
  }

  /** The groups of a distribution's resolved targets, each under one REC, the base lead of the scope `regional` first. */
  recGroupsOf(label: string): readonly (readonly Target[])[] {
    return this.groups.get(label)?.recGroups ?? [];
  }

  /** The labels of its distributions. */
  get labels(): readonly string[] {
    return [...this.groups.keys()];
  }

  /** What is queued of each URL, in the order of the URLs, without what SENT targets lead: that is queued already. */
  async *unsentLeads(urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>): AsyncGenerator<Task> {
    // No `yield*`: it would await each task of a synchronous generator once more.
    for await (const url of urls)
      for (const task of this.tasksOf(url)?.leads() ?? []) if (task.target.state !== "SENT") yield task;
  }
}

function targetGroup(
  label: string,
  allTargets: readonly Target[],
  popIndexOf: ReadonlyMap<string, number>,
  isRegional: boolean,
): TargetGroup {
  const resolvedTargets = allTargets.filter(({ pop, state }) => state !== "FAILED" && popIndexOf.has(pop));
  const popIndexes = new Map(resolvedTargets.map(({ pop }) => [pop, popIndexOf.get(pop) ?? 0]));
  const groups = recGroups(resolvedTargets);
  const leading = [...groups.flatMap(([base]) => base ?? []), ...resolvedTargets.filter((it) => it.leads)];
  const leads = isRegional ? new Set(leading.map(({ pop }) => pop)) : undefined;
  return { label, allTargets, resolvedTargets, popIndexes, recGroups: groups, leads };
}

/**
 * Adds up a plan's tasks without making one of them: the attributes of the request that follow from them, and its targets with the
 * number of tasks that each has of URLs that are wanted at some POPs alone. `transferred`: expected bytes of all downloads and checks.
 */
export async function totalsOf(plan: Plan, urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>) {
  let count = 0;
  let size = 0;
  let transferred = 0;
  let sizesKnown = true;
  let hasLarge = false;
  const perTarget: Record<string, number> = {};
  const ownTasks = new Map<Target, number>();
  for await (const url of urls) {
    if (url.bytes === null) sizesKnown = false;
    const tasks = plan.tasksOf(url);
    if (tasks === undefined) continue;
    const added = tasks.count;
    count += added;
    size += added * (url.bytes ?? 0);
    transferred += added * taskBytes(plan.request, url.bytes ?? 0);
    if (added > 0 && isLarge(url)) hasLarge = true;
    const isEverywhere = url.pops === undefined && !plan.isRegional;
    perTarget[tasks.label] = (perTarget[tasks.label] ?? 0) + (isEverywhere ? 1 : 0);
    if (isEverywhere) continue;
    for (const { target } of tasks.tasks()) ownTasks.set(target, (ownTasks.get(target) ?? 0) + 1);
  }
  return {
    total_count: count,
    total_size: size,
    sizes_known: sizesKnown,
    shards: resultShardCount(count),
    lane: taskQueueFor({ tasks: count, bytes: size, sizesKnown, hasLarge }),
    tasks_per_target: perTarget,
    transferred,
    planned: plan.allTargets.map((target): Target => ({ ...target, own_tasks: ownTasks.get(target) })),
  };
}
