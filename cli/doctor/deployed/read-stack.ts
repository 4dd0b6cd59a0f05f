import { GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { DescribeStacksCommand, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DescribeImagesCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { type EventSourceMappingConfiguration, GetEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { CommandError } from "../../command-error.ts";
import { required } from "../check/aws-errors.ts";
import type { AwsClients } from "../check/place.ts";

export interface AlarmState {
  readonly name: string;
  readonly state: string;
  readonly description: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** A deployed stack as CloudFormation knows it, and its parts as they say themselves. The list of resources is asked for once. */
export class StackReader {
  private known: Promise<StackResource[]> | undefined;

  constructor(
    private readonly clients: Pick<
      AwsClients,
      "apiGateway" | "cloudFormation" | "cloudWatch" | "ec2" | "lambda" | "sns" | "sqs"
    >,
    readonly stackName: string,
  ) {}

  /** Status as CloudFormation writes it, outputs and parameters. @throws CommandError if there is no such stack */
  async state(): Promise<{ status: string; outputs: Record<string, string>; parameters: Record<string, string> }> {
    const { stackName } = this;
    try {
      const { Stacks } = await this.clients.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
      const stack = required(Stacks?.[0], `stack ${stackName}`);
      const outputs = (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]);
      const parameters = (stack.Parameters ?? []).map(({ ParameterKey = "", ParameterValue = "" }) => [
        ParameterKey,
        ParameterValue,
      ]);
      return {
        status: required(stack.StackStatus, "StackStatus"),
        outputs: Object.fromEntries(outputs),
        parameters: Object.fromEntries(parameters),
      };
    } catch (error) {
      if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
      throw new CommandError(
        `there is no stack ${stackName} in this Region`,
        "deploy it, or use another stack or Region: --stack, --aws-region",
      );
    }
  }

  resources(): Promise<StackResource[]> {
    this.known ??= this.list();
    return this.known;
  }

  /** Physical ids of the resources of a type whose logical id begins so. */
  async named(type: string, prefix = ""): Promise<StackResource[]> {
    const all = await this.resources();
    return all.filter((resource) => resource.type === type && resource.logicalId.startsWith(prefix));
  }

  eventSource(UUID: string): Promise<EventSourceMappingConfiguration> {
    return this.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  }

  /** ARNs of a topic's subscriptions by mail; `PendingConfirmation` in place of one that nobody has confirmed. */
  async mailSubscriptions(TopicArn: string): Promise<string[]> {
    const found: string[] = [];
    for await (const page of paginateListSubscriptionsByTopic({ client: this.clients.sns }, { TopicArn })) {
      for (const { Protocol, SubscriptionArn } of page.Subscriptions ?? [])
        if (Protocol?.startsWith("email") === true) found.push(required(SubscriptionArn, "SubscriptionArn"));
    }
    return found;
  }

  async alarms(names: readonly string[]): Promise<AlarmState[]> {
    const found: AlarmState[] = [];
    const AlarmNames = [...names];
    for await (const page of paginateDescribeAlarms({ client: this.clients.cloudWatch }, { AlarmNames })) {
      for (const { AlarmName, StateValue, AlarmDescription = "" } of required(page.MetricAlarms, "MetricAlarms"))
        found.push({
          name: required(AlarmName, "AlarmName"),
          state: required(StateValue, "StateValue"),
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
    return names.reduce((sum, name) => sum + Number(required(Attributes?.[name], name)), 0);
  }

  /** The AMI of the newest version of a launch template; undefined as `createdAt`: EC2 no longer has it. */
  async image(LaunchTemplateId: string): Promise<{ id: string; createdAt: number | undefined }> {
    const { LaunchTemplateVersions } = await this.clients.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ["$Latest"] }),
    );
    const id = required(LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId, "ImageId");
    const { Images } = await this.clients.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [id] }], IncludeDeprecated: true }),
    );
    const [image] = required(Images, "Images");
    return {
      id,
      createdAt: image === undefined ? undefined : Date.parse(required(image.CreationDate, "CreationDate")),
    };
  }

  async apiKey(id: string): Promise<string> {
    const command = new GetApiKeyCommand({ apiKey: id, includeValue: true });
    return required((await this.clients.apiGateway.send(command)).value, "value of the key");
  }

  private async list(): Promise<StackResource[]> {
    const found: StackResource[] = [];
    for await (const page of paginateListStackResources(
      { client: this.clients.cloudFormation },
      { StackName: this.stackName },
    )) {
      for (const { LogicalResourceId: logicalId, ResourceType: type, PhysicalResourceId: physicalId } of required(
        page.StackResourceSummaries,
        "StackResourceSummaries",
      )) {
        if (logicalId !== undefined && type !== undefined && physicalId !== undefined)
          found.push({ logicalId, type, physicalId });
      }
    }
    return found;
  }
}
