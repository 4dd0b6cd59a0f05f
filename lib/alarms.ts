import type * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Metrics } from "./metrics.ts";

/** What somebody is told about. */
export interface Watched {
  readonly metric: cloudwatch.IMetric;
  /** The metric should not be above this, or not below that. */
  readonly limit: { readonly above: number } | { readonly below: number };
  /** The alarm is on when `periods` of the last `of` periods of five minutes breach the limit. */
  readonly periods: number;
  /** @default as many as `periods` */
  readonly of?: number;
  /** Heading of docs/operations.md that says what to do. */
  readonly runbook: string;
  readonly says: string;
}

const NONE = { above: 0 };
/** A function that hangs until its timeout, a quarter of an hour, has a value in every third period only. */
const TWICE_IN_HALF_AN_HOUR = { periods: 2, of: 6 };

/** By the alarms' ids. */
export function alarms(metrics: Metrics): Record<string, Watched> {
  const each = (name: string, of: Metrics["errors"], rest: Omit<Watched, "metric">) =>
    Object.fromEntries(Object.entries(of).map(([fn, metric]) => [`${fn}${name}Alarm`, { metric, ...rest }]));
  // If Watch is throttled, the alarm on its silence says so.
  const { Watch: _, ...throttles } = metrics.throttles;
  return {
    // One failure is tried again by itself.
    ...each("Errors", metrics.errors, {
      ...{ limit: NONE, ...TWICE_IN_HALF_AN_HOUR },
      ...{ runbook: "function-errors", says: "A function fails, time after time" },
    }),
    ...each("Throttles", throttles, {
      ...{ limit: NONE, periods: 2 },
      ...{ runbook: "function-throttles", says: "A function is throttled, for ten minutes" },
    }),
    ...each("IteratorAge", metrics.iteratorAge, {
      ...{ limit: { above: 300_000 }, ...TWICE_IN_HALF_AN_HOUR },
      ...{ runbook: "late-streams", says: "A stream is read five minutes late, time after time" },
    }),
    DeadLettersAlarm: {
      ...{ metric: metrics.deadLetters, limit: NONE, periods: 1 },
      ...{ runbook: "dead-letters", says: "Tasks that no agent could finish" },
    },
    FailedBatchesAlarm: {
      ...{ metric: metrics.failedBatches, limit: NONE, periods: 1 },
      ...{ runbook: "failed-batches", says: "A function gave up on a part of a stream" },
    },
    OrphansAlarm: {
      // Longer than agents without work wait before they leave the group by themselves.
      ...{ metric: metrics.orphans, limit: NONE, periods: 4 },
      ...{ runbook: "orphan-instances", says: "Instances run, and no request is active" },
    },
    CapacityAlarm: {
      ...{ metric: metrics.missingInstances, limit: NONE, periods: 3 },
      ...{ runbook: "no-instances", says: "Fewer instances than wanted, for a quarter of an hour" },
    },
    SilenceAlarm: {
      ...{ metric: metrics.looks, limit: { below: 1 }, periods: 3 },
      ...{ runbook: "nobody-looks", says: "Nothing has looked at the fleet for a quarter of an hour" },
    },
  };
}
