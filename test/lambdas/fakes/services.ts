// Fakes of what functions call besides their tables, lists and queues.
import type { AsyncFunction } from "../../../aws/async-function.ts";
import type { DistributionSettingsReader } from "../../../aws/distribution-settings.ts";
import type { Distributions } from "../../../aws/distributions.ts";
import type { Fleet } from "../../../aws/fleet.ts";
import type { Timer, TimerTarget } from "../../../aws/timer.ts";
import {
  type CacheBehaviour,
  type DistributionSettings,
  PLAIN_SETTINGS,
  type SettingsQuery,
} from "../../../domain/distribution/settings.ts";
import type { AccountDistribution } from "../../../domain/request/distributions.ts";
import type { CreateInvalidationResult } from "../../../domain/request/invalidation.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";

export class FakeAsyncFunction implements Public<AsyncFunction> {
  /** The requests that it was invoked for, in order. */
  readonly requests: string[] = [];

  async invoke(reqId: string) {
    this.requests.push(reqId);
  }
}

export class FakeFleet implements Public<Fleet> {
  readonly groupName = "prewarm_asg_prod";
  constructor(public capacity = 0) {}

  async desiredCapacity() {
    return this.capacity;
  }
  async state() {
    return { wanted: this.capacity, instances: this.capacity, inService: this.capacity };
  }
  async setDesiredCapacity(capacity: number) {
    this.capacity = capacity;
  }
  async raiseTo(capacity: number) {
    this.capacity = Math.max(this.capacity, capacity);
  }
  async restore(from: number, to: number) {
    if (this.capacity === from) this.capacity = to;
  }
}

export class FakeTimer implements Public<Timer> {
  readonly schedules = new Map<string, { readonly at: number; readonly target: TimerTarget }>();

  async set(reqId: string, at: number, target: TimerTarget) {
    this.schedules.set(reqId, { at, target });
  }
  async cancel(reqId: string) {
    this.schedules.delete(reqId);
  }
}

export class FakeDistributions implements Public<Distributions> {
  /** By reference: the same reference is the same invalidation. */
  readonly invalidations = new Map<string, { readonly distributionId: string; readonly paths: readonly string[] }>();
  /** Its distribution, by its id. */
  private readonly distributionOf = new Map<string, string>();

  constructor(
    private readonly list: readonly AccountDistribution[] = [],
    /** How often each invalidation is asked for before it is complete. */
    public asksUntilComplete = 1,
    /** How often it takes no invalidation, because others are in progress. */
    public busy = 0,
    /** What it says to every invalidation; absent: it takes them. */
    public refuses?: string,
  ) {}

  async listFor(_hosts: readonly string[]) {
    return [...this.list];
  }
  async invalidate(
    distributionId: string,
    reference: string,
    paths: readonly string[],
  ): Promise<CreateInvalidationResult> {
    if (this.busy-- > 0) return { busy: "TooManyInvalidationsInProgress: wait" };
    if (this.refuses !== undefined) return { refused: this.refuses };
    const known = this.invalidations.get(reference);
    if (known !== undefined && known.paths.join() !== paths.join()) throw new Error(`${reference} means another batch`);
    this.invalidations.set(reference, { distributionId, paths });
    const id = `I-${reference}`;
    this.distributionOf.set(id, distributionId);
    return { id };
  }
  async isInvalidated(distributionId: string, id: string) {
    if (this.distributionOf.get(id) !== distributionId) throw new Error(`no invalidation ${id} of ${distributionId}`);
    this.asksUntilComplete--;
    return this.asksUntilComplete <= 0;
  }
}

/** One of which nothing is to be said. */
export const PLAIN_BEHAVIOUR: CacheBehaviour = {
  pathPattern: "*",
  caching: {
    minTtl: 1,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    queryStrings: "none",
    cookies: "none",
    headers: [],
  },
  isSigned: false,
  hasServerTiming: true,
};

/** The settings of d1.cloudfront.net, as they are set up most often, but for these. */
export function plainSettings(changes: Partial<DistributionSettings> = {}): DistributionSettings {
  return { ...PLAIN_SETTINGS, id: "E1", domain: "d1.cloudfront.net", behaviours: [PLAIN_BEHAVIOUR], ...changes };
}

export class FakeSettings implements Public<DistributionSettingsReader> {
  /** @param changes what is special about the distributions */
  constructor(public changes: Partial<DistributionSettings> = {}) {}

  async read({ id }: SettingsQuery) {
    return plainSettings({ id, ...this.changes });
  }
}
