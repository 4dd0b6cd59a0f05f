import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";

type Serialize = AwsJson1_0Protocol["serializeRequest"];

/**
 * DynamoDB's protocol, for batches of plain items alone: what {@link toAttributes} makes looks on the wire as it does in memory,
 * so a batch is written as it stands. The SDK's serializer looks up the schema of each attribute.
 */
class PlainBatches extends AwsJson1_0Protocol {
  override async serializeRequest(...[operation, input, context]: Parameters<Serialize>): ReturnType<Serialize> {
    if (operation.name !== "BatchWriteItem") return super.serializeRequest(operation, input, context);
    const request = await super.serializeRequest(operation, {}, context);
    request.body = JSON.stringify(input);
    return request;
  }
}

/**
 * An agent's client of the results, which it calls for every 25 tasks: with the SDK's own settings, a quarter of its CPU went
 * there. Here a command's middleware is put together once, not for each call. No client of documents may be made of it, since
 * that one throws with a kept middleware: https://github.com/aws/aws-sdk-js-v3/pull/7801
 */
export function resultClient(config: DynamoDBClientConfig): DynamoDBClient {
  return new DynamoDBClient({ ...config, cacheMiddleware: true, protocol: PlainBatches });
}
