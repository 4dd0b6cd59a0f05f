import { Duration } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { allow } from "./allow.ts";

/**
 * Lambda's default and most: an invocation that fails is repeated after one and after two minutes; one that is throttled, for six
 * hours. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRIES = 2;
const MAX_AGE = Duration.hours(6);

/**
 * How Lambda handles the asynchronous invocations of a function. No queue is polled for them, so an idle stack pays nothing.
 * @param failed receives the events that fail again and again, as invocation records:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function configureAsyncInvocation(fn: lambda.Function, failed: sqs.IQueue): void {
  // Lambda sends with the function's role, and checks when it is configured that the role may.
  allow(fn, ["sqs:SendMessage"], failed.queueArn);
  fn.configureAsyncInvoke({
    retryAttempts: RETRIES,
    maxEventAge: MAX_AGE,
    onFailure: { bind: () => ({ destination: failed.queueArn }) },
  });
}

/**
 * Allows a function to invoke itself. In a policy beside the role's own: the function depends on that one, which could not name
 * the function. The function also needs `SELF_INVOKING`.
 */
export function allowSelfInvocation(scope: Construct, fn: lambda.Function): void {
  const statement = new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] });
  const policy = new iam.Policy(scope, `${fn.node.id}SelfInvocation`, { statements: [statement] });
  if (fn.role !== undefined) policy.attachToRole(fn.role);
}

/**
 * For functions that invoke themselves to go on where a run stopped. By default, Lambda stops a function that has been invoked 16
 * times in a chain; the largest request takes more runs. Each run makes progress or waits, and a request's timeout ends the chain.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const SELF_INVOKING = { recursiveLoop: lambda.RecursiveLoop.ALLOW } as const;
