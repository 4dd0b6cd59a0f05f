import type * as lambda from "aws-cdk-lib/aws-lambda";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { allow } from "./allow.ts";

/**
 * Has a queue's messages call a function. A batch whose run fails comes again as a whole, and in the end goes where the
 * queue's messages go.
 * @param how messages of a call at most, and calls at once: at least 2, Lambda takes no less
 */
export function callFor(
  { queueArn }: sqs.IQueue,
  fn: lambda.Function,
  how: { readonly batchSize: number; readonly maxConcurrency: number },
): void {
  // What Lambda does with the function's role. CDK's own event source allows more.
  allow(fn, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queueArn);
  fn.addEventSourceMapping("Messages", { eventSourceArn: queueArn, ...how });
}
