import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DeadLetters } from "../domain/plan/ports.ts";

/** Bytes of a body. With the attributes, a message of SQS may have 262,144. */
const MAX_BODY_BYTES = 250_000;
const MAX_REASON_BYTES = 1_000;

/** What SQS refuses: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const REFUSED_CHARACTERS = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** An SQS queue of messages and records that could not be processed. */
export class DeadLetterQueue implements DeadLetters {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  /** @param body what it was, as it came; cut where it is longer than a message may be, and without what SQS refuses */
  async send(body: string, reason: string): Promise<void> {
    const StringValue = acceptable(reason, MAX_REASON_BYTES);
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: acceptable(body, MAX_BODY_BYTES),
        MessageAttributes: { reason: { DataType: "String", StringValue } },
      }),
    );
  }
}

/** A text as SQS takes it: not empty, and each character that it refuses replaced. A character that the cut divides is replaced too. */
function acceptable(text: string, maxBytes: number): string {
  const replaced = text.replaceAll(REFUSED_CHARACTERS, "\uFFFD");
  const bytes = Buffer.from(replaced === "" ? "(empty)" : replaced);
  return bytes.length <= maxBytes ? bytes.toString() : bytes.subarray(0, maxBytes).toString();
}
