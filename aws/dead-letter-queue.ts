import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** What SQS takes as one message, less the attributes. */
const MAX_BODY = 250_000;

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
}
