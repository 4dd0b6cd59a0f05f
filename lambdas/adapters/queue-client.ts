import { SQSClient } from "@aws-sdk/client-sqs";

/** The queue's client: its endpoint is the one that all other calls go to, not the host in a queue's URL. */
export function queueClient(): SQSClient {
  return new SQSClient({ useQueueUrlAsEndpoint: false });
}
