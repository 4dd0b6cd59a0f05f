import { Duration } from "aws-cdk-lib";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_RECEIVES } from "../domain/limits.ts";

/** Visibility timeout of a message. A working agent extends it; the message of a dead agent becomes visible after it. */
export const VISIBILITY = Duration.seconds(30);

/** From one run of Watch to the next, and how long one may take. The shortest interval of EventBridge. */
export const WATCH_INTERVAL = Duration.minutes(1);

/** The queues of tasks, and where messages end that no agent could finish. */
export class Queues extends Construct {
  readonly main: sqs.Queue;
  /** Of small requests, which do not wait behind large ones. */
  readonly express: sqs.Queue;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new sqs.Queue(this, "DeadLetters", {
      // No shorter than Watch, which reads it, may run.
      visibilityTimeout: WATCH_INTERVAL,
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    this.main = this.taskQueue("Tasks");
    this.express = this.taskQueue("Express");
  }

  /** The variables by which functions and agents know the queues of tasks. */
  get variables() {
    return { QUEUE_URL: this.main.queueUrl, EXPRESS_QUEUE_URL: this.express.queueUrl };
  }

  /** For permissions: who may do something with one may do it with the other. */
  get arns(): string[] {
    return [this.main.queueArn, this.express.queueArn];
  }

  private taskQueue(id: string): sqs.Queue {
    return new sqs.Queue(this, id, {
      visibilityTimeout: VISIBILITY,
      // As long as a request may last, and a day.
      retentionPeriod: Duration.days(8),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
  }
}
