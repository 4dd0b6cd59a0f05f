import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";

/** Without these, a call that is never answered would wait until the Lambda function ends. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** DynamoDB's client of every Lambda. */
export function dynamoClient(): DynamoDBClient {
  return new DynamoDBClient({ maxAttempts: 8, requestHandler });
}

/** The document client: it takes items as plain objects and drops undefined attributes. */
export function documentClient(db = dynamoClient()): DynamoDBDocument {
  return DynamoDBDocument.from(db, {
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

type Serialize = AwsJson1_0Protocol["serializeRequest"];

/**
 * DynamoDB's protocol, for batches of plain items alone: what {@link toAttributes} makes looks on the wire as it does in memory,
 * so a batch is written as it stands. The SDK's serializer looks up the schema of each attribute.
 */
class PreSerializedBatchProtocol extends AwsJson1_0Protocol {
  override async serializeRequest(...[operation, input, context]: Parameters<Serialize>): ReturnType<Serialize> {
    if (operation.name !== "BatchWriteItem") return super.serializeRequest(operation, input, context);
    const request = await super.serializeRequest(operation, {}, context);
    request.body = JSON.stringify(input);
    return request;
  }
}

/**
 * An agent's client of the results, for RequestTaskTable alone: it is called for every 25 tasks. With the SDK's own settings that
 * takes 20.6 µs of CPU a task on Node 24 and 33 on Node 20, with these 16 and 24, of some 120 in all. A command's middleware is put
 * together once here, not for each call. The client of documents throws with that option
 * (https://github.com/aws/aws-sdk-js-v3/pull/7801), so it needs another one.
 */
export function resultClient(config: DynamoDBClientConfig): DynamoDBClient {
  return new DynamoDBClient({ ...config, cacheMiddleware: true, protocol: PreSerializedBatchProtocol });
}
