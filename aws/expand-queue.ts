import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";

/** A message of the queue: a request whose sources Expand is to read, or to go on reading. */
export const expandSchema = z.object({ req_id: z.string().min(1) });

/** The queue that calls Expand. Two messages for one request do no harm. */
export class ExpandQueue {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  async expand(reqId: string): Promise<void> {
    const MessageBody = JSON.stringify({ req_id: reqId } satisfies z.infer<typeof expandSchema>);
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody }));
  }

  /** Has a message that Lambda holds come again so soon, and not only when the queue's long visibility timeout is over. */
  async again(receipt: string, seconds: number): Promise<void> {
    await this.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.url, ReceiptHandle: receipt, VisibilityTimeout: seconds }),
    );
  }
}
