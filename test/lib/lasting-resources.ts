/** A resource that an update of the stack must not replace. */
export interface Lasting {
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
export const LASTING: readonly Lasting[] = [
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
    ids: ["PrewarmApiRestKey793ADC79"],
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
export const LASTING_MAPPINGS: Lasting = {
  type: "AWS::Lambda::EventSourceMapping",
  lost: "the update: a function has one mapping for a stream, so that the new one cannot be made beside the old one",
  ids: [
    "PrewarmPipelineAggregationDynamoDBEventSource%PrewarmStorageRequestTask",
    "PrewarmPipelineGetSizeDynamoDBEventSource%PrewarmStorageRequest",
    "PrewarmPipelineTaskDynamoDBEventSource%PrewarmStorageRequest",
    "PrewarmPipelineTaskDynamoDBEventSource%PrewarmStorageRequestPop",
  ],
};
