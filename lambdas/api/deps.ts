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
import type { Form, SourcesSeen } from "../../domain/api/dry-run.ts";
import type { InstanceKind } from "../../domain/cost/prices.ts";
import type { SeenSize } from "../../domain/cost/size-sample.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { AllowedDistributions, Distribution, OwnDistribution } from "../../domain/request/distributions.ts";
import type { Timings } from "../../domain/request/lifecycle.ts";
import type { SourceBuckets } from "../../domain/sources/buckets.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";

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
  /** Reads the sources of a request for at most `ms`. */
  readonly readSources: (request: PrewarmRequest, own: readonly OwnDistribution[], ms: number) => Promise<SourcesSeen>;
  /** Requests the sizes of some forms for at most `ms`. */
  readonly sampleSizes: (
    request: PrewarmRequest,
    distributions: readonly Distribution[],
    forms: readonly Form[],
    ms: number,
  ) => Promise<SeenSize[]>;
}
