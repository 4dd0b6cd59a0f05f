import type * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Metrics } from "./metrics.ts";

/** An alarm: its threshold, and its section of the runbook. */
export interface AlarmDefinition {
  readonly metric: cloudwatch.IMetric;
  /** A value above this one breaches. @default 0 */
  readonly above?: number;
  /** A value below this one breaches instead, and so does no value. */
  readonly below?: number;
  /** `periods` of the last `of` five-minute periods must breach. @default 1 */
  readonly periods?: number;
  /** @default the same as `periods` */
  readonly of?: number;
  /** Values of the parameter `monitoring` with which it exists. @default "on and full" */
  readonly exists?: "on and full" | "full" | "on";
  /** Anchor of its heading in docs/operations.md. */
  readonly runbook: string;
  /** First sentence of the alarm's description. */
  readonly summary: string;
}

/** A function that keeps running into its timeout of 15 minutes has an error in every third period only. */
const TWICE_IN_HALF_AN_HOUR = { periods: 2, of: 6 };

/** By the alarms' ids. */
export function alarms(metrics: Metrics): Record<string, AlarmDefinition> {
  const each = (name: string, of: Metrics["errors"], rest: Omit<AlarmDefinition, "metric" | "exists">) =>
    Object.fromEntries(
      Object.entries(of).map(([fn, metric]) => [`${fn}${name}Alarm`, { metric, exists: "full", ...rest } as const]),
    );
  return {
    // One alarm for each function would cost seven times as much.
    FunctionFailuresAlarm: {
      metric: metrics.functionFailures,
      exists: "on",
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      summary: "A function keeps failing",
    },
    // A single failure needs no alarm: the call is retried.
    ...each("Errors", metrics.errors, {
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      summary: "A function keeps failing",
    }),
    ...each("Throttles", metrics.throttles, {
      periods: 2,
      runbook: "function-throttles",
      summary: "A function has been throttled for ten minutes",
    }),
    ...each("IteratorAge", metrics.iteratorAge, {
      above: 300_000,
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "late-streams",
      summary: "A stream keeps being read more than five minutes late",
    }),
    LateSettlementsAlarm: {
      metric: metrics.settlementAge,
      exists: "full",
      above: 900_000,
      runbook: "late-settlements",
      summary: "A settlement check of a request has waited for more than 15 minutes",
    },
    DeadLettersAlarm: {
      metric: metrics.deadLetters,
      runbook: "dead-letters",
      summary: "There are tasks that no agent could finish",
    },
    FailedBatchesAlarm: {
      metric: metrics.failedBatches,
      runbook: "failed-batches",
      summary: "A function gave up on a batch of stream records or an invocation",
    },
    OrphansAlarm: {
      // 20 minutes: agents without work leave the group by themselves before that.
      metric: metrics.orphans,
      periods: 4,
      runbook: "orphan-instances",
      summary: "Instances run, but no request is active",
    },
    CapacityAlarm: {
      metric: metrics.missingInstances,
      periods: 2,
      runbook: "no-instances",
      summary: "Spot or a quota has provided fewer instances than wanted for ten minutes",
    },
    StuckRequestsAlarm: {
      // The metric itself waits for a quarter of an hour.
      metric: metrics.stuckRequests,
      runbook: "stuck-requests",
      summary: "A request has instances and has made no progress for 15 minutes",
    },
    SilenceAlarm: {
      metric: metrics.watchRuns,
      exists: "full",
      below: 1,
      periods: 3,
      runbook: "watch-does-not-run",
      summary: "Watch has not run for 15 minutes",
    },
  };
}
