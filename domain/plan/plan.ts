import { type Distribution, distributionOf, hostToAsk } from "../request/distribution.ts";
import type { Order } from "../request/order.ts";
import { grouped } from "./grouped.ts";
import { type Circle, circlesOf } from "./leads.ts";
import type { Target } from "./target.ts";
import type { TaskId } from "./task-key.ts";
import type { TaskUrl } from "./task-url.ts";

/** One URL to be made warm at one target. */
export interface Task {
  readonly target: Target;
  readonly url: TaskUrl;
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
}

const NOBODY: readonly Target[] = [];

/** The tasks of one URL: one at each target of its distribution, numbered from 0. */
export class UrlTasks {
  constructor(
    private readonly url: TaskUrl,
    private readonly host: string,
    private readonly group: TargetGroup,
  ) {}

  get count(): number {
    return this.group.targets.length;
  }

  /** Label of the distribution that the URL belongs to. */
  get label(): string {
    return this.group.label;
  }

  /** The number of the task that has this id; undefined where the URL has no such task. */
  numberOf({ pop }: Pick<TaskId, "pop">): number | undefined {
    return this.group.position.get(pop);
  }

  /** Those whose numbers are wanted, in order, each by itself. */
  *tasks(wanted: (number: number) => boolean): Generator<Task> {
    const { url, host } = this;
    for (const [number, target] of this.group.targets.entries())
      if (wanted(number)) yield { target, url, host, followers: NOBODY };
  }

  /** The same as they are queued: under each REC, the first in line leads the others. @param wanted default: all are */
  *leads(wanted: (number: number) => boolean = () => true): Generator<Task> {
    const { url, host, group } = this;
    for (const circle of group.circles) {
      const [target, ...followers] = circle.lineOf(url.url).filter(({ pop }) => wanted(group.position.get(pop) ?? -1));
      if (target !== undefined) yield { target, url, host, followers };
    }
  }

  /** The one that a target leads; undefined where it follows, or does not belong here. */
  ledBy({ pop, label }: Pick<Target, "pop" | "label">): Task | undefined {
    const { url, host, group } = this;
    const circle = label === group.label ? group.circleOf.get(pop) : undefined;
    const [target, ...followers] = circle?.lineOf(url.url) ?? [];
    return target?.pop === pop ? { target, url, host, followers } : undefined;
  }
}

/**
 * Which tasks a request has: every good URL at every target of its distribution. Here alone URLs and targets are
 * multiplied; totals, messages and what is missing follow from it.
 */
export class Plan {
  private readonly groups: ReadonlyMap<string, TargetGroup>;
  /** The targets of each distribution, resolved or not, by its label. */
  private readonly chosenByLabel: ReadonlyMap<string, readonly Target[]>;

  /**
   * @param chosen all targets; those that did not resolve have no tasks
   * @param order in which they are queued. @default all-at-once: a release before knew nothing else
   */
  constructor(
    private readonly distributions: readonly Distribution[],
    readonly chosen: readonly Target[],
    order?: Order,
  ) {
    this.chosenByLabel = grouped(chosen, ({ label }) => label);
    this.groups = groupByLabel(
      chosen.filter(({ state }) => state !== "FAILED"),
      order,
    );
  }

  /** The tasks of a URL; undefined where its distribution has no target. */
  tasksOf(url: TaskUrl): UrlTasks | undefined {
    const parsed = new URL(url.url);
    const distribution = distributionOf(this.distributions, parsed.hostname);
    const group = distribution && this.groups.get(distribution.label);
    return group && new UrlTasks(url, hostToAsk(distribution, parsed), group);
  }

  /** At which targets a URL is to be warm, also at those that did not resolve. The same list for all URLs of a distribution. */
  chosenFor(url: Pick<TaskUrl, "url">): readonly Target[] {
    const distribution = distributionOf(this.distributions, new URL(url.url).hostname);
    return (distribution && this.chosenByLabel.get(distribution.label)) ?? NOBODY;
  }

  /** What is queued of each URL, in the order of the URLs. @param at only what this target leads. @default all */
  async *leads(urls: AsyncIterable<TaskUrl> | Iterable<TaskUrl>, at?: Target): AsyncGenerator<Task> {
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

function groupByLabel(targets: readonly Target[], order: Order | undefined): Map<string, TargetGroup> {
  const byLabel = grouped(targets, ({ label }) => label);
  return new Map([...byLabel].map(([label, its]) => [label, groupOf(label, its, order)]));
}

function groupOf(label: string, targets: readonly Target[], order: Order | undefined): TargetGroup {
  const circles = circlesOf(targets, order);
  return {
    ...{ label, targets, circles },
    position: new Map(targets.map(({ pop }, i) => [pop, i])),
    circleOf: new Map(circles.flatMap((circle) => circle.targets.map(({ pop }) => [pop, circle]))),
  };
}
