import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sqs from "@aws-sdk/client-sqs";
import { expect, onTestFinished } from "vitest";

/** The calls that the agent makes: what each is asked and what it may answer. */
interface Operations {
  ReceiveMessage: [sqs.ReceiveMessageCommandInput, sqs.ReceiveMessageCommandOutput];
  DeleteMessageBatch: [sqs.DeleteMessageBatchCommandInput, Partial<sqs.DeleteMessageBatchCommandOutput>];
  ChangeMessageVisibilityBatch: [
    sqs.ChangeMessageVisibilityBatchCommandInput,
    Partial<sqs.ChangeMessageVisibilityBatchCommandOutput>,
  ];
  GetQueueAttributes: [sqs.GetQueueAttributesCommandInput, sqs.GetQueueAttributesCommandOutput];
  SendMessageBatch: [sqs.SendMessageBatchCommandInput, Partial<sqs.SendMessageBatchCommandOutput>];
  SendMessage: [sqs.SendMessageCommandInput, sqs.SendMessageCommandOutput];
  GetItem: [dynamodb.GetItemCommandInput, dynamodb.GetItemCommandOutput];
  Query: [dynamodb.QueryCommandInput, dynamodb.QueryCommandOutput];
  UpdateItem: [dynamodb.UpdateItemCommandInput, dynamodb.UpdateItemCommandOutput];
  PutItem: [dynamodb.PutItemCommandInput, dynamodb.PutItemCommandOutput];
  DeleteItem: [dynamodb.DeleteItemCommandInput, dynamodb.DeleteItemCommandOutput];
  BatchWriteItem: [dynamodb.BatchWriteItemCommandInput, dynamodb.BatchWriteItemCommandOutput];
}

type Operation = keyof Operations;
type Input<K extends Operation> = Operations[K][0];
type Output<K extends Operation> = Omit<Operations[K][1], "$metadata">;

export type Answers = { readonly [K in Operation]?: (input: Input<K>) => Output<K> | Promise<Output<K>> };

/** What an answer throws to refuse a call as the service would. */
export class Refusal extends Error {
  constructor(
    readonly type: string,
    readonly status = 400,
  ) {
    super(`${type}, the test says`);
  }
}

export interface FakeAws {
  readonly db: dynamodb.DynamoDBClient;
  readonly sqs: sqs.SQSClient;
  /** What was asked of an operation, in order. */
  asked<K extends Operation>(operation: K): Input<K>[];
}

/**
 * SQS and DynamoDB as a server on loopback that gives these answers and no others: a call that a test does not plan is
 * refused, and fails the test at its end. Ends with the test.
 */
export async function fakeAws(answers: Answers): Promise<FakeAws> {
  const calls: { operation: Operation; input: unknown }[] = [];
  const unplanned: string[] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] as Operation;
    const input = JSON.parse(await text(request));
    calls.push({ operation, input });
    const reply = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    try {
      const answer = answers[operation] as ((input: unknown) => unknown) | undefined;
      if (answer === undefined) unplanned.push(`${operation} ${JSON.stringify(input)}`);
      reply(200, Object(await (answer ?? refuse)(input)));
    } catch (error) {
      const { type, status } = error instanceof Refusal ? error : new Refusal(`TestFault: ${error}`);
      reply(status, { __type: `com.amazonaws#${type}`, message: `${error}` });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const options = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const clients = { db: new dynamodb.DynamoDBClient(options), sqs: new sqs.SQSClient({ ...options, md5: false }) };
  onTestFinished(() => {
    clients.db.destroy();
    clients.sqs.destroy();
    server.closeAllConnections();
    server.close();
    expect(unplanned).toEqual([]);
  });
  return {
    ...clients,
    asked: <K extends Operation>(operation: K) =>
      calls.filter((call) => call.operation === operation).map(({ input }) => input as Input<K>),
  };
}

function refuse(): never {
  throw new Refusal("UnplannedCall");
}
