import { Duration } from "aws-cdk-lib";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { callFor } from "./queue-source.ts";

/** Runs of a step that fail before its message is set aside. Their pauses double: together they are half an hour. */
const MAX_RECEIVES = 10;

/** The queue of steps: each message has a function look at one request, at once or later. */
export class StepQueue extends Construct {
  readonly queue: sqs.Queue;

  /** @param failed gets the messages whose runs fail again and again */
  constructor(scope: Construct, id: string, failed: sqs.IQueue) {
    super(scope, id);
    this.queue = new sqs.Queue(this, "Steps", {
      // Lambda takes no queue whose messages come again while the function may still run. After a failure the function says
      // itself when a message is to come again, and needs no message kept hidden for six of its timeouts, as AWS advises.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.minutes(16),
      retentionPeriod: Duration.days(8),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { queue: failed, maxReceiveCount: MAX_RECEIVES },
    });
  }

  /**
   * Has each message call the function, one message a call.
   * @param atOnce calls at the same time, at least 2: Lambda takes no less
   */
  call(fn: lambda.Function, atOnce: number): void {
    callFor(this.queue, fn, { batchSize: 1, maxConcurrency: atOnce });
  }
}
