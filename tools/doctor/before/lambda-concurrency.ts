import { type Judgement, ok, warn } from "../judgement.ts";

/**
 * A stream may have ten executions at once (`parallelizationFactor` in lib/pipeline.ts), and several run side by side.
 * Accounts have 1,000, some new ones fewer: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const COMFORTABLE = 100;

export function judgeConcurrency(executions: number): Judgement {
  const says = `${executions} concurrent executions for all functions of the account`;
  if (executions >= COMFORTABLE) return ok(says);
  return warn(says, "ask for more 'Concurrent executions' in Service Quotas (Lambda); until then requests are slower");
}
