import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Without these, a call that is never answered would wait until the Lambda function ends. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** DynamoDB's client of every Lambda. */
export function dynamoClient(): DynamoDBClient {
  return new DynamoDBClient({ maxAttempts: 8, requestHandler });
}

/** The same for items as objects: optional attributes may be handed over as undefined. */
export function documentClient(db = dynamoClient()): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(db, {
    // A sum of bytes beyond 2^53, which takes a hostile instance, is written and read as near as a number gets: the client
    // would throw, and the request could not be ended.
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/**
 * The queue's client: its endpoint is the one that all other calls go to, not the host in a queue's URL. TLS already
 * tells whether a body arrived as it was sent, so no digest of each is made and compared.
 */
export function queueClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({ ...config, useQueueUrlAsEndpoint: false, md5: false });
}
