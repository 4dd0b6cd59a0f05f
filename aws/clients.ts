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
    // A hostile instance can report more than 2^53 bytes. Such sums lose precision instead of throwing, so that the request can still end.
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/**
 * The SQS client. It calls the client's endpoint, not the host of the queue URL. TLS protects the body in transit, so no MD5 is computed.
 */
export function queueClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({ ...config, useQueueUrlAsEndpoint: false, md5: false });
}

type Serialize = AwsJson1_0Protocol["serializeRequest"];

/**
 * Sends BatchWriteItem input without the SDK's serializer, which looks up the schema of each attribute. The items must be in wire format
 * ({@link toAttributes}). With the serializer, the whole agent takes 10 % more CPU for a task of 10 KB (Node 24, 20,000 tasks,
 * interleaved rounds of 2026-12-03 on a busy machine: 1.10 to 1.23 times as much).
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
