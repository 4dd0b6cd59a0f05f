import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** What SQS takes as one message, less the attributes. */
const MAX_BODY = 250_000;

/** The queue of what no function can work on, for somebody to look at. */
export class DeadLetters {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  async bury(record: unknown, reason: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: JSON.stringify(record).slice(0, MAX_BODY),
        MessageAttributes: { reason: { DataType: "String", StringValue: reason.slice(0, 1_000) } },
      }),
    );
  }
}
