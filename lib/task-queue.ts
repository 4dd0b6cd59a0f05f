import { Duration } from "aws-cdk-lib";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_RECEIVES } from "../domain/request/limits.ts";

/** How long an agent keeps a message from others before it must say that it is still at it; a vanished one keeps it no longer. */
export const VISIBILITY = Duration.seconds(30);

/** The queue of tasks, and where messages end that no agent could finish. */
export class TaskQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new sqs.Queue(this, "DeadLetters", {
      // A function reads it: longer than that may run.
      visibilityTimeout: Duration.minutes(2),
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    this.queue = new sqs.Queue(this, "Tasks", {
      visibilityTimeout: VISIBILITY,
      // As long as a request may last, and a day.
      retentionPeriod: Duration.days(8),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
  }
}
