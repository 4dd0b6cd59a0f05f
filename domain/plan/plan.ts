import { type Distribution, distributionOf, hostToAsk } from "../request/distribution.ts";
import type { Target } from "./target.ts";
import type { TaskId } from "./task-key.ts";
import type { TaskUrl } from "./task-url.ts";

/** One URL to be made warm at one target. */
export interface Task {
  readonly target: Target;
  readonly url: TaskUrl;
  /** Host and SNI to ask with, so that the POP finds the distribution. */
  readonly host: string;
}

/** The targets of one distribution that resolved. */
interface TargetGroup {
  /** The distribution's. */
  readonly label: string;
  readonly targets: readonly Target[];
  /** Where a POP stands in `targets`. */
  readonly position: ReadonlyMap<string, number>;
}

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

  /** Those whose numbers are wanted, in order. @param wanted default: all are */
  *tasks(wanted: (number: number) => boolean = () => true): Generator<Task> {
    const { url, host } = this;
    for (const [number, target] of this.group.targets.entries()) if (wanted(number)) yield { target, url, host };
  }
}

/**
 * Which tasks a request has: every good URL at every target of its distribution. Here alone URLs and targets are
 * multiplied; totals, messages and what is missing follow from it.
 */
export class Plan {
  private readonly groups: ReadonlyMap<string, TargetGroup>;

  /** @param targets those that did not resolve have no tasks */
  constructor(
    private readonly distributions: readonly Distribution[],
    targets: readonly Target[],
  ) {
    this.groups = groupByLabel(targets.filter(({ state }) => state !== "FAILED"));
  }

  /** The tasks of a URL; undefined where its distribution has no target. */
  tasksOf(url: TaskUrl): UrlTasks | undefined {
    const parsed = new URL(url.url);
    const distribution = distributionOf(this.distributions, parsed.hostname);
    const group = distribution && this.groups.get(distribution.label);
    return group && new UrlTasks(url, hostToAsk(distribution, parsed), group);
  }

  /** The tasks of each URL, in the order of the URLs. */
  async *tasks(urls: AsyncIterable<TaskUrl> | Iterable<TaskUrl>): AsyncGenerator<Task> {
    for await (const url of urls) {
      for (const task of this.tasksOf(url)?.tasks() ?? []) yield task;
    }
  }
}

function groupByLabel(targets: readonly Target[]): Map<string, TargetGroup> {
  const groups = new Map<
    string,
    TargetGroup & { readonly targets: Target[]; readonly position: Map<string, number> }
  >();
  for (const target of targets) {
    const { label } = target;
    const group = groups.get(label) ?? { label, targets: [], position: new Map<string, number>() };
    group.position.set(target.pop, group.targets.push(target) - 1);
    groups.set(label, group);
  }
  return groups;
}
