import type { Logger } from "@aws-lambda-powertools/logger";
import type { ClientTokens } from "../../aws/client-tokens.ts";
import type { Distributions } from "../../aws/distributions.ts";
import type { Fleet } from "../../aws/fleet.ts";
import type { Lists } from "../../aws/lists.ts";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { ReportLinks } from "../../aws/report-links.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { Timer, TimerTarget } from "../../aws/timer.ts";
import type { InstanceKind } from "../../domain/cost/prices.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { AllowedDistributions } from "../../domain/request/distributions.ts";
import type { Timings } from "../../domain/request/lifecycle.ts";
import type { SourceBuckets } from "../../domain/sources/buckets.ts";
import type { ReadOptions } from "./dry-run-probes.ts";

/** What is fixed when the stack is deployed. */
export interface Deployment {
  readonly envName: string;
  readonly region: string;
  /** Of the code. */
  readonly version: string;
  /** Types that the agents may run on. */
  readonly instanceTypes: readonly string[];
  /** Whether the API is reached through an endpoint of a VPC alone. */
  readonly isPrivate: boolean;
}

/** What the API function works with. `index.ts` builds it once. */
export interface ApiDeps {
  readonly requests: RequestTable;
  readonly requestPops: RequestPopTable;
  readonly results: RequestTaskTable;
  readonly resolvedPops: ResolvedPops;
  readonly progress: ProgressReader;
  readonly tokens: ClientTokens;
  readonly lists: Lists;
  readonly links: ReportLinks;
  readonly distributions: Distributions;
  readonly dns: Resolver;
  readonly fleet: Fleet;
  readonly timer: Timer;
  readonly timerTarget: TimerTarget;
  readonly timings: Timings;
  readonly caps: Caps;
  readonly allowed: AllowedDistributions;
  readonly sourceBuckets: SourceBuckets;
  /** What an estimate takes an instance for. */
  readonly kind: InstanceKind;
  readonly deployment: Deployment;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly ports: ReadOptions["ports"];
  /** What only a dry run needs. */
  readonly loadProbes: () => Promise<typeof import("./dry-run-probes.ts")>;
}
