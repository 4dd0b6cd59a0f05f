import { Aws, CfnCondition, CfnParameter, Fn, Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** Concurrent runs that are kept for the API in an account with room. */
const KEPT_FOR_API = 20;

/**
 * Whether the account lets many functions run at once: the stack's parameter `lambdaConcurrency`, as a condition. A new
 * account may have ten concurrent executions in all, and none of these can be reserved: Lambda keeps 100 unreserved, or
 * all there are. So what a small account has is the number of batches that are read from each shard of a stream at once.
 * A stream has no other bound.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export class HasRoom extends CfnCondition {
  constructor(scope: Construct, id: string) {
    const parameter = new CfnParameter(Stack.of(scope), "lambdaConcurrency", {
      default: "low",
      allowedValues: ["low", "high"],
      description: `low: for accounts with as few as ten concurrent executions; high: more at once, and ${KEPT_FOR_API} reserved for the API, which takes 120 unreserved ones`,
    });
    super(scope, id, { expression: Fn.conditionEquals(parameter.valueAsString, "high") });
  }

  /** Batches of one shard at once. */
  batches({ low, high }: { readonly low: number; readonly high: number }): number {
    return this.number(high, low);
  }

  /** What the API is sure to have, whatever else runs in the account; nothing in an account without room. */
  get keptForApi(): number {
    return this.number(KEPT_FOR_API, Aws.NO_VALUE);
  }

  private number(ifTrue: number, otherwise: number | string): number {
    return Token.asNumber(Fn.conditionIf(this.logicalId, ifTrue, otherwise));
  }
}
