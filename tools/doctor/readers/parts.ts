import { type APIGatewayClient, GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { type CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { told } from "../told.ts";

export interface PartClients {
  readonly lambda: LambdaClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly apiGateway: APIGatewayClient;
}

export interface AlarmState {
  readonly name: string;
  readonly state: string;
  readonly description: string;
}

/** The parts of a stack, asked themselves. */
export class PartsReader {
  constructor(private readonly clients: PartClients) {}

  eventSource(UUID: string): Promise<EventSourceMappingConfiguration> {
    return this.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  }

  /** ARNs of a topic's subscriptions by mail; `PendingConfirmation` in place of one that nobody has confirmed. */
  async mailSubscriptions(TopicArn: string): Promise<string[]> {
    const found: string[] = [];
    for await (const page of paginateListSubscriptionsByTopic({ client: this.clients.sns }, { TopicArn })) {
      for (const { Protocol, SubscriptionArn } of page.Subscriptions ?? [])
        if (Protocol?.startsWith("email") === true) found.push(told(SubscriptionArn, "SubscriptionArn"));
    }
    return found;
  }

  async alarms(names: readonly string[]): Promise<AlarmState[]> {
    const found: AlarmState[] = [];
    const AlarmNames = [...names];
    for await (const page of paginateDescribeAlarms({ client: this.clients.cloudWatch }, { AlarmNames })) {
      for (const { AlarmName, StateValue, AlarmDescription = "" } of told(page.MetricAlarms, "MetricAlarms"))
        found.push({
          name: told(AlarmName, "AlarmName"),
          state: told(StateValue, "StateValue"),
          description: AlarmDescription,
        });
    }
    return found;
  }

  /** How many messages a queue has, about: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-resources-required-process-messages.html */
  async messages(QueueUrl: string): Promise<number> {
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] });
    const { Attributes } = await this.clients.sqs.send(command);
    return names.reduce((sum, name) => sum + Number(told(Attributes?.[name], name)), 0);
  }

  async apiKey(id: string): Promise<string> {
    const command = new GetApiKeyCommand({ apiKey: id, includeValue: true });
    return told((await this.clients.apiGateway.send(command)).value, "value of the key");
  }
}
