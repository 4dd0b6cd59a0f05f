import { SQSClient } from "@aws-sdk/client-sqs";

/**
 * The queue's client: its endpoint is the one that all other calls go to, not the host in a queue's URL. TLS already
 * tells whether a body arrived as it was sent, so no digest of each is made and compared.
 */
export function queueClient(): SQSClient {
  return new SQSClient({ useQueueUrlAsEndpoint: false, md5: false });
}
