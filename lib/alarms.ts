import type * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Metrics } from "./metrics.ts";

/** An alarm: when it goes off, and where the runbook says what to do. */
export interface Watched {
  readonly metric: cloudwatch.IMetric;
  /** A value above, or below, this one breaches. */
  readonly limit: { readonly above: number } | { readonly below: number };
  /** `periods` of the last `of` five-minute periods must breach. */
  readonly periods: number;
  /** @default the same as `periods` */
  readonly of?: number;
  /** Values of the parameter `monitoring` with which it exists. */
  readonly exists: "on and full" | "full" | "on";
  /** Anchor of the heading in docs/operations.md that says what to do. */
  readonly runbook: string;
  /** First sentence of the alarm's description. */
  readonly says: string;
}

const NONE = { above: 0 };
const ALWAYS = { exists: "on and full" } as const;
const FULL = { exists: "full" } as const;
/** A function that keeps running into its timeout of 15 minutes has an error in every third period only. */
const TWICE_IN_HALF_AN_HOUR = { periods: 2, of: 6 };

/** By the alarms' ids. */
export function alarms(metrics: Metrics): Record<string, Watched> {
  const each = (name: string, of: Metrics["errors"], rest: Omit<Watched, "metric">) =>
    Object.fromEntries(Object.entries(of).map(([fn, metric]) => [`${fn}${name}Alarm`, { metric, ...rest }]));
  return {
    FunctionFailuresAlarm: {
      // Seven alarms, one for each function, would cost seven times as much.
      metric: metrics.functionFailures,
      exists: "on",
      limit: NONE,
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      says: "A function keeps failing",
    },
    // A single failure needs no alarm: the call is retried.
    ...each("Errors", metrics.errors, {
      ...FULL,
      limit: NONE,
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      says: "A function keeps failing",
    }),
    ...each("Throttles", metrics.throttles, {
      ...FULL,
      limit: NONE,
      periods: 2,
      runbook: "function-throttles",
      says: "A function has been throttled for ten minutes",
    }),
    ...each("IteratorAge", metrics.iteratorAge, {
      ...FULL,
      limit: { above: 300_000 },
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "late-streams",
      says: "A stream keeps being read more than five minutes late",
    }),
    LateSettlementsAlarm: {
      ...FULL,
      metric: metrics.settlementAge,
      limit: { above: 900_000 },
      periods: 1,
      runbook: "late-settlements",
      says: "A settlement check of a request has waited for more than 15 minutes",
    },
    DeadLettersAlarm: {
      ...ALWAYS,
      metric: metrics.deadLetters,
      limit: NONE,
      periods: 1,
      runbook: "dead-letters",
      says: "There are tasks that no agent could finish",
    },
    FailedBatchesAlarm: {
      ...ALWAYS,
      metric: metrics.failedBatches,
      limit: NONE,
      periods: 1,
      runbook: "failed-batches",
      says: "A function gave up on a batch of stream records or an invocation",
    },
    OrphansAlarm: {
      ...ALWAYS,
      // 20 minutes: agents without work leave the group by themselves before that.
      metric: metrics.orphans,
      limit: NONE,
      periods: 4,
      runbook: "orphan-instances",
      says: "Instances run, but no request is active",
    },
    CapacityAlarm: {
      ...ALWAYS,
      metric: metrics.missingInstances,
      limit: NONE,
      periods: 2,
      runbook: "no-instances",
      says: "Spot or a quota has provided fewer instances than wanted for ten minutes",
    },
    StuckRequestsAlarm: {
      ...ALWAYS,
      // The metric itself waits for a quarter of an hour.
      metric: metrics.stuckRequests,
      limit: NONE,
      periods: 1,
      runbook: "stuck-requests",
      says: "A request has instances and has made no progress for 15 minutes",
    },
    SilenceAlarm: {
      ...FULL,
      metric: metrics.looks,
      limit: { below: 1 },
      periods: 3,
      runbook: "watch-does-not-run",
      says: "Watch has not run for 15 minutes",
    },
  };
}
