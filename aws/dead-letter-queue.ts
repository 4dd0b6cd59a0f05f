import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** What SQS takes as one message, less the attributes. */
const MAX_BODY = 250_000;

/** A message of a dead-letter queue. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  /** Why it was put there; undefined: SQS did so, after the last delivery. */
  readonly reason: string | undefined;
  /** What it is deleted with. */
  readonly receipt: string;
}

/** A queue of what nobody can work on, for somebody to look at. */
export class DeadLetterQueue {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  /** @param body what it was, as it came; cut where it is longer than a message may be */
  async bury(body: string, reason: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: body.slice(0, MAX_BODY),
        MessageAttributes: { reason: { DataType: "String", StringValue: reason.slice(0, 1_000) } },
      }),
    );
  }

  /** Up to ten letters; none after a second without one. Nobody else receives them before the queue's visibility timeout. */
  async receive(): Promise<DeadLetter[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        // Without any wait, SQS asks some of its servers only, and may find nothing where there is something.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["reason"],
      }),
    );
    return Messages.map(({ MessageId = "", Body = "", ReceiptHandle = "", MessageAttributes }) => ({
      id: MessageId,
      body: Body,
      reason: MessageAttributes?.["reason"]?.StringValue,
      receipt: ReceiptHandle,
    }));
  }

  async delete({ receipt }: Pick<DeadLetter, "receipt">): Promise<void> {
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: receipt }));
  }
}
