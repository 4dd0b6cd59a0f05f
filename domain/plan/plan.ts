import { grouped } from "../grouped.ts";
import { hostOf } from "../net/urls.ts";
import { type Distribution, distributionOf, hostToAsk } from "../request/distributions.ts";
import { type Lane, laneOf } from "../request/lane.ts";
import type { Order } from "../request/options.ts";
import { isInMask } from "./pop-mask.ts";
import { type RecGroup, recGroups, type Target, type Task } from "./target.ts";
import { type GoodUrl, shardCount, type TaskId } from "./task.ts";
import { isLarge } from "./task-message.ts";

/** The targets of one distribution that resolved. */
interface TargetGroup {
  /** The distribution's. */
  readonly label: string;
  readonly targets: readonly Target[];
  /** Where a POP stands in `targets`. */
  readonly position: ReadonlyMap<string, number>;
  readonly recGroups: readonly RecGroup[];
  /** Of each target, the place of its POP in the request's list: by it a URL says that it is wanted there. */
  readonly places: readonly number[];
}

const NOBODY: readonly Target[] = [];
/** Beyond what a mask has. */
const NO_PLACE = 2 ** 30;

/**
 * The tasks of one URL: one at each target of its distribution, or at some of them alone. Numbered by the place of the target:
 * where only some are wanted, the others' numbers stay free.
 */
export class UrlTasks {
  constructor(
    private readonly url: GoodUrl,
    private readonly host: string,
    private readonly group: TargetGroup,
  ) {}

  /** How many tasks there are. */
  get count(): number {
    const { url, group } = this;
    if (url.pops === undefined) return group.targets.length;
    let count = 0;
    for (let number = 0; number < group.targets.length; number++) if (this.has(number)) count++;
    return count;
  }

  /** All numbers are below this one. */
  get span(): number {
    return this.group.targets.length;
  }

  /** Label of the distribution that the URL belongs to. */
  get label(): string {
    return this.group.label;
  }

  /** The number of the task that has this id; undefined where the URL has no such task. */
  numberOf({ pop }: Pick<TaskId, "pop">): number | undefined {
    const number = this.group.position.get(pop);
    return number !== undefined && this.has(number) ? number : undefined;
  }

  /** Those whose numbers are wanted, in order, each by itself. @param wanted default: all are */
  *tasks(wanted: (number: number) => boolean = () => true): Generator<Task> {
    const { url, host } = this;
    for (const [number, target] of this.group.targets.entries())
      if (this.has(number) && wanted(number)) yield { target, url, host, followers: NOBODY };
  }

  /** The same as they are queued: under each REC, the first candidate leads the others. @param wanted default: all are */
  *leads(wanted: (number: number) => boolean = () => true): Generator<Task> {
    const { url, host, group } = this;
    for (const recGroup of group.recGroups) {
      const [target, ...followers] = this.candidatesIn(recGroup).filter(({ pop }) =>
        wanted(group.position.get(pop) ?? -1),
      );
      if (target !== undefined) yield { target, url, host, followers };
    }
  }

  /** The targets of a REC group at which the URL is wanted, the lead first. */
  private candidatesIn(recGroup: RecGroup): readonly Target[] {
    const all = recGroup.candidatesFor(this.url.url);
    return this.url.pops === undefined ? all : all.filter((target) => this.numberOf(target) !== undefined);
  }

  private has(number: number): boolean {
    const { pops } = this.url;
    return pops === undefined || isInMask(pops, this.group.places[number] ?? NO_PLACE);
  }
}

/**
 * Which tasks a request has: every good URL at every target of its distribution where it is wanted. Here alone URLs and targets are
 * multiplied; totals, messages and what is missing follow from it.
 */
export class Plan {
  private readonly groups: ReadonlyMap<string, TargetGroup>;
  /** The targets of each distribution, resolved or not, by its label. */
  private readonly chosenByLabel: ReadonlyMap<string, readonly Target[]>;
  private readonly places: ReadonlyMap<string, number>;

  /**
   * @param chosen all targets; those that did not resolve have no tasks
   * @param order in which they are queued. @default all-at-once
   * @param pops of the request, in its order: by their places a URL says at which of them it is wanted
   */
  constructor(
    private readonly distributions: readonly Distribution[],
    readonly chosen: readonly Target[],
    order: Order | undefined,
    pops: readonly string[],
  ) {
    this.chosenByLabel = grouped(chosen, ({ label }) => label);
    this.places = new Map(pops.map((pop, place) => [pop, place]));
    const resolved = chosen.filter(({ state }) => state !== "FAILED");
    this.groups = new Map(
      [...grouped(resolved, ({ label }) => label)].map(([label, targets]) => [
        label,
        {
          label,
          targets,
          recGroups: recGroups(targets, order),
          position: new Map(targets.map(({ pop }, i) => [pop, i])),
          // A POP that is none of the request's has a place that no URL wants.
          places: targets.map(({ pop }) => this.places.get(pop) ?? NO_PLACE),
        },
      ]),
    );
  }

  /** The tasks of a URL; undefined where its distribution has no target. */
  tasksOf(url: GoodUrl): UrlTasks | undefined {
    const parsed = new URL(url.url);
    const distribution = distributionOf(this.distributions, parsed.hostname);
    const group = distribution && this.groups.get(distribution.label);
    return group && new UrlTasks(url, hostToAsk(distribution, parsed), group);
  }

  /** At which targets a URL is to be warm, also at those that did not resolve. The same list for all URLs of a distribution. */
  chosenFor(url: Pick<GoodUrl, "url">): readonly Target[] {
    const distribution = distributionOf(this.distributions, hostOf(url.url));
    return (distribution && this.chosenByLabel.get(distribution.label)) ?? NOBODY;
  }

  /** Whether a URL is to be warm at a POP of its distribution. */
  isWantedAt({ pops }: GoodUrl, pop: string): boolean {
    return pops === undefined || isInMask(pops, this.places.get(pop) ?? NO_PLACE);
  }

  /** What is queued of each URL, in the order of the URLs. */
  async *leads(urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>): AsyncGenerator<Task> {
    for await (const url of urls) yield* this.tasksOf(url)?.leads() ?? [];
  }
}

/** How much there is to download, by which lane, and over how many partition keys its results are spread. */
export interface Totals {
  readonly total_count: number;
  /** Bytes, of the URLs whose size is known. */
  readonly total_size: number;
  readonly sizes_known: boolean;
  readonly shards: number;
  readonly lane: Lane;
  /** How many tasks each target of a distribution has, by the distribution's label; those of {@link TargetTotals} besides. */
  readonly tasks_per_target: Readonly<Record<string, number>>;
}

/** How many tasks a target has of URLs that are wanted at some POPs alone, by its key. Absent: none. */
export type TargetTotals = ReadonlyMap<string, number>;

/** Adds up a plan's tasks without making one of them. */
export async function totalsOf(
  plan: Plan,
  urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>,
): Promise<Totals & { readonly byTarget: TargetTotals }> {
  let count = 0;
  let size = 0;
  let sizesKnown = true;
  let hasLarge = false;
  const perTarget = new Map<string, number>();
  const byTarget = new Map<string, number>();
  const addTo = (counts: Map<string, number>, key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by);
  for await (const url of urls) {
    if (url.bytes === null) sizesKnown = false;
    const tasks = plan.tasksOf(url);
    if (tasks === undefined) continue;
    count += tasks.count;
    size += tasks.count * (url.bytes ?? 0);
    if (tasks.count > 0 && isLarge(url)) hasLarge = true;
    const isEverywhere = url.pops === undefined;
    addTo(perTarget, tasks.label, isEverywhere ? 1 : 0);
    if (!isEverywhere) for (const { target } of tasks.tasks()) addTo(byTarget, target.target, 1);
  }
  return {
    total_count: count,
    total_size: size,
    sizes_known: sizesKnown,
    shards: shardCount(count),
    lane: laneOf({ tasks: count, bytes: size, sizesKnown, hasLarge }),
    tasks_per_target: Object.fromEntries(perTarget),
    byTarget,
  };
}
