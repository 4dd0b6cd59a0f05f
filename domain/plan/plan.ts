import { type Distribution, distributionOf, hostToAsk } from "../request/distribution.ts";
import type { Target } from "./target.ts";
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
  readonly targets: readonly Target[];
  /** Where a POP stands in `targets`. */
  readonly position: ReadonlyMap<string, number>;
}

/** How a URL is warmed: where, and under which host. */
export interface Service extends TargetGroup {
  readonly host: string;
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

  /** How a URL is warmed; undefined where its distribution has no target. */
  serviceOf({ url }: TaskUrl): Service | undefined {
    const parsed = new URL(url);
    const distribution = distributionOf(this.distributions, parsed.hostname);
    const group = distribution && this.groups.get(distribution.label);
    return group && { ...group, host: hostToAsk(distribution, parsed) };
  }

  /** The tasks of each URL, in the order of the URLs. */
  async *tasks(urls: AsyncIterable<TaskUrl> | Iterable<TaskUrl>): AsyncGenerator<Task> {
    for await (const url of urls) {
      const { targets = [], host = "" } = this.serviceOf(url) ?? {};
      for (const target of targets) yield { target, url, host };
    }
  }
}

function groupByLabel(targets: readonly Target[]): Map<string, TargetGroup> {
  const groups = new Map<string, { readonly targets: Target[]; readonly position: Map<string, number> }>();
  for (const target of targets) {
    const group = groups.get(target.label) ?? { targets: [] as Target[], position: new Map<string, number>() };
    group.position.set(target.pop, group.targets.push(target) - 1);
    groups.set(target.label, group);
  }
  return groups;
}
