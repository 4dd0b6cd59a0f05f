import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";

/** A message of the queue of steps: a request that Shutdown is to look at. The timer hands Shutdown the same. */
export const lookSchema = z.object({ req_id: z.string().min(1) });

/** SQS delays a message no longer. */
const LONGEST_DELAY_SECONDS = 900;

/** The queue that calls Shutdown: a message is a look at one request. Two for the same do no harm. */
export class StepQueue {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  /** @param delaySeconds from now; as near as SQS delays a message at all. @default 0 */
  async look(reqId: string, delaySeconds = 0): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: JSON.stringify({ req_id: reqId } satisfies z.infer<typeof lookSchema>),
        DelaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.ceil(delaySeconds)),
      }),
    );
  }

  /** Has a message that Lambda holds come again so soon, and not only when the queue's long visibility timeout is over. */
  async again(receipt: string, seconds: number): Promise<void> {
    await this.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.url, ReceiptHandle: receipt, VisibilityTimeout: seconds }),
    );
  }
}
