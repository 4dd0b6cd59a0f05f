import { grouped } from "../grouped.ts";
import { type Distribution, distributionOf, hostToAsk } from "../request/distributions.ts";
import type { Order } from "../request/options.ts";
import { isInMask } from "./pop-mask.ts";
import { type Circle, circlesOf, type Target } from "./target.ts";
import type { GoodUrl, TaskId } from "./task.ts";

/** One URL to be made warm at one target. */
export interface Task {
  readonly target: Target;
  readonly url: GoodUrl;
  /** Host and SNI to ask with, so that the POP finds the distribution. */
  readonly host: string;
  /** The targets whose tasks of this URL wait for this one, the next lead first. */
  readonly followers: readonly Target[];
}

/** The targets of one distribution that resolved. */
interface TargetGroup {
  /** The distribution's. */
  readonly label: string;
  readonly targets: readonly Target[];
  /** Where a POP stands in `targets`. */
  readonly position: ReadonlyMap<string, number>;
  readonly circles: readonly Circle[];
  /** The one that a POP is in. */
  readonly circleOf: ReadonlyMap<string, Circle>;
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

  /** The same as they are queued: under each REC, the first in line leads the others. @param wanted default: all are */
  *leads(wanted: (number: number) => boolean = () => true): Generator<Task> {
    const { url, host, group } = this;
    for (const circle of group.circles) {
      const [target, ...followers] = this.lineIn(circle).filter(({ pop }) => wanted(group.position.get(pop) ?? -1));
      if (target !== undefined) yield { target, url, host, followers };
    }
  }

  /** The one that a target leads; undefined where it follows, or does not belong here. */
  ledBy({ pop, label }: Pick<Target, "pop" | "label">): Task | undefined {
    const { url, host, group } = this;
    const circle = label === group.label ? group.circleOf.get(pop) : undefined;
    const [target, ...followers] = circle === undefined ? [] : this.lineIn(circle);
    return target?.pop === pop ? { target, url, host, followers } : undefined;
  }

  /** The targets of a circle at which the URL is wanted, the lead first. */
  private lineIn(circle: Circle): readonly Target[] {
    const line = circle.lineOf(this.url.url);
    return this.url.pops === undefined ? line : line.filter((target) => this.numberOf(target) !== undefined);
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
  private readonly places: Places;

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
    this.groups = groupByLabel(resolved, order, this.places);
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
    const distribution = distributionOf(this.distributions, new URL(url.url).hostname);
    return (distribution && this.chosenByLabel.get(distribution.label)) ?? NOBODY;
  }

  /** Whether a URL is to be warm at a POP of its distribution. */
  isWantedAt({ pops }: GoodUrl, pop: string): boolean {
    return pops === undefined || isInMask(pops, this.places.get(pop) ?? NO_PLACE);
  }

  /** What is queued of each URL, in the order of the URLs. @param at only what this target leads. @default all */
  async *leads(urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>, at?: Target): AsyncGenerator<Task> {
    for await (const url of urls) {
      const tasks = this.tasksOf(url);
      if (tasks === undefined) continue;
      if (at === undefined) yield* tasks.leads();
      else {
        const task = tasks.ledBy(at);
        if (task !== undefined) yield task;
      }
    }
  }
}

type Places = ReadonlyMap<string, number>;

function groupByLabel(targets: readonly Target[], order: Order | undefined, places: Places): Map<string, TargetGroup> {
  const byLabel = grouped(targets, ({ label }) => label);
  return new Map([...byLabel].map(([label, its]) => [label, groupOf(label, its, order, places)]));
}

function groupOf(label: string, targets: readonly Target[], order: Order | undefined, places: Places): TargetGroup {
  const circles = circlesOf(targets, order);
  return {
    label,
    targets,
    circles,
    position: new Map(targets.map(({ pop }, i) => [pop, i])),
    circleOf: new Map(circles.flatMap((circle) => circle.targets.map(({ pop }) => [pop, circle]))),
    // A POP that is none of the request's has a place that no URL wants.
    places: targets.map(({ pop }) => places.get(pop) ?? NO_PLACE),
  };
}
