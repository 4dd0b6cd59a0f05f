import { Aws, CfnCondition, type CfnParameter, Fn, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { RESERVED_FOR_API } from "./parameters.ts";

/**
 * Whether the account lets many functions run at once: the stack's parameter `lambdaConcurrency`, as a condition. A new
 * account may have ten concurrent executions in all, and none of these can be reserved: Lambda keeps 100 unreserved, or
 * all there are. So what a small account has is the number of batches that are read from each shard of a stream at once.
 * A stream has no other bound.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export class HasRoom extends CfnCondition {
  constructor(scope: Construct, id: string, lambdaConcurrency: CfnParameter) {
    super(scope, id, { expression: Fn.conditionEquals(lambdaConcurrency.valueAsString, "high") });
  }

  /** Batches of one shard at once. */
  batches({ low, high }: { readonly low: number; readonly high: number }): number {
    return this.number(high, low);
  }

  /** What the API is sure to have, whatever else runs in the account; nothing in an account without room. */
  get keptForApi(): number {
    return this.number(RESERVED_FOR_API, Aws.NO_VALUE);
  }

  private number(ifTrue: number, otherwise: number | string): number {
    return Token.asNumber(Fn.conditionIf(this.logicalId, ifTrue, otherwise));
  }
}
