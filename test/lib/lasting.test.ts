// Both stacks whole: an update keeps every resource whose replacement would lose something.
import { idOf, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

/** A resource that an update of the stack must not replace. */
interface Lasting {
  readonly type: string;
  /** What an operator would lose if it were replaced. */
  readonly lost: string;
  /** In every stack. */
  readonly ids: readonly string[];
}

/**
 * CloudFormation knows a resource by its logical id alone, and CDK makes that of the ids of the constructs around it.
 * So a construct that is renamed or moved becomes another resource: the new one is made, and then the old one is
 * deleted.
 */
const LASTING: readonly Lasting[] = [
  {
    type: "AWS::DynamoDB::Table",
    lost: "all requests, with their results and reports; those that are active end as if they had never been",
    ids: [
      "PrewarmStorageProgress07B20C72",
      "PrewarmStorageRequest46E9D817",
      "PrewarmStorageRequestPop08BB89D0",
      "PrewarmStorageRequestTask71CF4D58",
    ],
  },
  {
    type: "AWS::S3::Bucket",
    lost: "all lists and reports",
    ids: ["PrewarmStorageLists85C6997E"],
  },
  {
    type: "AWS::SQS::Queue",
    lost: "all queued tasks; agents that run go on asking a queue that is gone",
    ids: [
      "PrewarmPipelineFailedBatches5E712F19",
      "PrewarmTaskQueueDeadLetters9EE29DB2",
      "PrewarmTaskQueueExpress3E0C2A70",
      "PrewarmTaskQueueTasksF0F09F1B",
    ],
  },
  {
    type: "AWS::AutoScaling::AutoScalingGroup",
    lost: "the update: the name is taken by the old group, so that the new one cannot be made",
    ids: ["PrewarmFleetGroup0F2FE756"],
  },
  {
    type: "AWS::EC2::LaunchTemplate",
    lost: "nothing, but instances cannot be told apart by versions of one template any more",
    ids: ["PrewarmFleetTemplate561DE040"],
  },
  {
    type: "AWS::Scheduler::ScheduleGroup",
    lost: "the timers of all active requests",
    ids: ["PrewarmPipelineTimers9B0ADECC"],
  },
  {
    type: "AWS::ApiGateway::RestApi",
    lost: "the API's address, which callers have written down",
    ids: ["PrewarmApiRest424E6134"],
  },
  {
    type: "AWS::ApiGateway::ApiKey",
    lost: "the key, which callers have written down",
    ids: ["PrewarmApiReadKey8776459C", "PrewarmApiRestKey793ADC79"],
  },
  {
    type: "AWS::ApiGateway::Stage",
    lost: "the update: there is a stage prod already",
    ids: ["PrewarmApiRestDeploymentStageprodB0DF1EC5"],
  },
  {
    type: "AWS::ApiGateway::UsagePlan",
    lost: "the update: a key has one plan for a stage",
    ids: ["PrewarmApiRestPlan6D718C5B"],
  },
  {
    type: "AWS::Logs::LogGroup",
    lost: "what the functions and agents have logged",
    ids: [
      "PrewarmApiAccessRedeployingLogs395E2F81",
      "PrewarmConsolePageLogs0427A77D",
      "PrewarmFleetLogsGroup4FCF6E52",
      "PrewarmMonitoringWatchLogs7E731018",
      "PrewarmPipelineAggregationLogs9BF2AEE0",
      "PrewarmPipelineApiLogsE102A80F",
      "PrewarmPipelineExpandLogsD534E87A",
      "PrewarmPipelineGetSizeLogsC59952DA",
      "PrewarmPipelineShutdownLogs619B4C8D",
      "PrewarmPipelineTaskLogs565D0A09",
      "PrewarmStorageEmptyingLogs054B1C72",
    ],
  },
  {
    type: "AWS::SNS::Topic",
    lost: "who has subscribed to the alarms and confirmed it",
    ids: ["PrewarmMonitoringTopic820CED4D"],
  },
];

/** CDK puts the stack's own id into theirs. */
const LASTING_MAPPINGS: Lasting = {
  type: "AWS::Lambda::EventSourceMapping",
  lost: "the update: a function has one mapping for a stream, so that the new one cannot be made beside the old one",
  ids: [
    "PrewarmPipelineAggregationDynamoDBEventSource%PrewarmStorageRequestTask",
    "PrewarmPipelineGetSizeDynamoDBEventSource%PrewarmStorageRequest",
    "PrewarmPipelineTaskDynamoDBEventSource%PrewarmStorageRequest",
    "PrewarmPipelineTaskDynamoDBEventSource%PrewarmStorageRequestPop",
  ],
};

/** Of the stack that has a VPC of its own. */
const NETWORK: readonly Lasting[] = Object.entries({
  VPC: ["NetworkVpc7FB7348F"],
  Subnet: [
    "NetworkVpcPublicSubnet1Subnet36933139",
    "NetworkVpcPublicSubnet2SubnetC427CCE0",
    "NetworkVpcPublicSubnet3Subnet4BBF7F47",
  ],
  SecurityGroup: ["NetworkAgents70C11D07"],
}).map(([type, ids]) => ({ type: `AWS::EC2::${type}`, lost: "the update, as long as instances run in it", ids }));

describe.each(synthesizeStacks())("$name, updated while it works", ({ name, template }) => {
  const isElsewhere = name === "PrewarmExistingVpcStack";
  test.each([...LASTING, ...NETWORK].map((lasting) => [lasting.type, lasting] as const))(
    "keeps each %s",
    (type, { lost, ids }) => {
      const wanted = isElsewhere && NETWORK.some((it) => it.type === type) ? [] : ids;
      const found = resourcesOf(template, type).map(([id]) => id);
      expect(
        found.filter((id) => !wanted.includes(id)),
        `${type}: a resource that was not there before. If it is new, add it to the list in this folder. If it is another ` +
          `in place of an old one, because a construct was renamed or moved, put that back, or override the logical id. Lost otherwise: ${lost}.`,
      ).toEqual([]);
      expect(
        wanted.filter((id) => !found.includes(id)),
        `${type}: a resource is gone, and the next deployment deletes it. Lost with it: ${lost}.`,
      ).toEqual([]);
    },
  );

  test("keeps the mappings of streams to functions", () => {
    const streams = resourcesOf(template, LASTING_MAPPINGS.type).filter(
      ([, { Properties }]) => Properties.StartingPosition !== undefined,
    );
    const found = streams.map(([id]) => id.replace(/[0-9A-F]{16}$/, ""));
    // The first of the two hashes is the table's.
    const bare = found.map((id) => id.replace(name, "%").replace(/[0-9A-F]{8}$/, "")).sort();
    expect(bare, `Another id: lost is ${LASTING_MAPPINGS.lost}`).toEqual(LASTING_MAPPINGS.ids);
  });

  test("leaves the group and its instances alone", () => {
    const group = theOnly(template, "AWS::AutoScaling::AutoScalingGroup");
    // With a policy, CloudFormation would end instances to start new ones from the new launch template.
    expect(resourcesOf(template, "AWS::AutoScaling::AutoScalingGroup")[0]?.[1]).not.toHaveProperty("UpdatePolicy");
    // With a desired capacity, every deployment would set the group back to it. CloudFormation sets the group to 0 before it deletes the
    // stack, and waits: a protected instance would run on.
    const hindrances = ["NewInstancesProtectedFromScaleIn", "LifecycleHookSpecificationList", "DeletionProtection"];
    for (const name of ["DesiredCapacity", ...hindrances]) expect(group).not.toHaveProperty(name);
    template.resourceCountIs("AWS::AutoScaling::LifecycleHook", 0);
    // A change of one of these would change how many instances run.
    expect(group).toMatchObject({ MinSize: "0", MaxSize: { Ref: "maxInstances" } });
  });

  test("starts new instances from the new launch template, by its number", () => {
    const launchTemplate = idOf(template, "AWS::EC2::LaunchTemplate");
    const { LaunchTemplate } = theOnly(template, "AWS::AutoScaling::AutoScalingGroup").MixedInstancesPolicy;
    expect(LaunchTemplate.LaunchTemplateSpecification).toEqual({
      LaunchTemplateId: { Ref: launchTemplate },
      Version: { "Fn::GetAtt": [launchTemplate, "LatestVersionNumber"] },
    });
  });
});
