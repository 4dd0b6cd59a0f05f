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
    return popIndex === undefined || this.pops?.has(popIndex) === false ? undefined : popIndex;
  }

  /** The tasks in the order of the targets, each without followers. @param wanted says of a POP's index whether its task is. @default all */
  *tasks(wanted: PopIndexFilter = all): Generator<Task> {
    const { url, host } = this;
    for (const target of this.wantedOf(this.group.resolvedTargets, wanted)) yield { target, url, host, followers: [] };
  }

  /** The tasks as they are queued: under each REC, the first candidate leads the others. */
  leads(wanted: PopIndexFilter = all): Task[] {
    const { url, host, group } = this;
    const leads: Task[] = [];
    for (const recGroup of group.recGroups) {
      const [target, ...followers] = this.wantedOf(candidatesFor(url.url, recGroup), wanted);
      if (target !== undefined) leads.push({ target, url, host, followers });
    }
    return leads;
  }

  private wantedOf(targets: readonly Target[], wanted: PopIndexFilter): readonly Target[] {
    if (this.pops === undefined && wanted === all) return targets;
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

  /** @param allTargets all targets; those that did not resolve have no tasks */
  constructor(
    readonly request: RequestItem,
    readonly allTargets: readonly Target[],
  ) {
    const popIndexes = new Map(request.pops.map((pop, popIndex) => [pop, popIndex]));
    const byLabel = grouped(allTargets, ({ label }) => label);
    this.groups = new Map([...byLabel].map(([label, its]) => [label, targetGroup(label, its, popIndexes)]));
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
): TargetGroup {
  const resolvedTargets = allTargets.filter(({ pop, state }) => state !== "FAILED" && popIndexOf.has(pop));
  const popIndexes = new Map(resolvedTargets.map(({ pop }) => [pop, popIndexOf.get(pop) ?? 0]));
  return { label, allTargets, resolvedTargets, popIndexes, recGroups: recGroups(resolvedTargets) };
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
    perTarget[tasks.label] = (perTarget[tasks.label] ?? 0) + (url.pops === undefined ? 1 : 0);
    if (url.pops === undefined) continue;
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
