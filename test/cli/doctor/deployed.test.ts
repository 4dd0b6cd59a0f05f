// What is told from AWS's answers about a deployed stack, and from the API's, each with the fault and without it.
import { Client } from "../../../cli/api/client.ts";
import { AccountReader } from "../../../cli/doctor/account/read-account.ts";
import { runChecks, type Status } from "../../../cli/doctor/check/check.ts";
import { apiChecks } from "../../../cli/doctor/deployed/api.ts";
import { stackChecks } from "../../../cli/doctor/deployed/checks.ts";
import { StackReader } from "../../../cli/doctor/deployed/read-stack.ts";
import { VERSION } from "../../../cli/version.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { type FakeApi, fakeApi, ORIGIN, SETTINGS } from "../fake-api.ts";
import { type Answers, clientsAnswering, expectJudgement } from "./stubbed-clients.ts";

const ENDPOINT = { url: `${ORIGIN}/prod/`, key: "the-key", from: "--endpoint" };
const STREAM = "PrewarmPipelineTaskDynamoDBEventSourcePrewarmStackPrewarmStorageRequestPop8F086D9FE1E527C2";
const RESOURCES = [
  ["AWS::Lambda::EventSourceMapping", STREAM],
  ["AWS::SNS::Topic", "Topic"],
  ["AWS::CloudWatch::Alarm", "Errors"],
  ["AWS::EC2::LaunchTemplate", "PrewarmFleetTemplate"],
  ["AWS::SQS::Queue", "PrewarmTaskQueueDeadLetters9EE29DB2"],
  ["AWS::SQS::Queue", "PrewarmPipelineFailedBatches0F0F0F0F"],
  ["AWS::SQS::Queue", "PrewarmTaskQueueMain12345678"],
] as const;
const resources = (all: readonly (readonly [type: string, id: string])[] = RESOURCES) => ({
  ListStackResources: {
    StackResourceSummaries: all.map(([ResourceType, LogicalResourceId]) => ({
      ResourceType,
      LogicalResourceId,
      PhysicalResourceId: LogicalResourceId,
    })),
  },
});
const withoutType = (type: string) => resources(RESOURCES.filter((resource) => resource[0] !== type));

// As API_GetEventSourceMapping of Lambda's reference shows one.
const stream = (over: object = {}) => ({
  GetEventSourceMapping: {
    State: "Enabled",
    ...over,
  },
});
const state = (StackStatus: string) => ({ DescribeStacks: { Stacks: [{ StackStatus }] } });
/** A stack whose table was created for so many writes per second, in an account with so many executions. */
const warmed = (writes: number, executions: number) => ({
  DescribeStacks: {
    Stacks: [
      {
        StackStatus: "UPDATE_COMPLETE",
        Parameters: [{ ParameterKey: "warmWritesPerSecond", ParameterValue: String(writes) }],
      },
    ],
  },
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: executions } },
});
const mails = (...arns: readonly string[]) => ({
  ListSubscriptionsByTopic: {
    Subscriptions: [
      ...arns.map((SubscriptionArn) => ({ Protocol: "email", SubscriptionArn })),
      { Protocol: "sqs", SubscriptionArn: "arn:aws:sns:eu-west-1:111122223333:t:2" },
    ],
  },
});
const alarms = (...states: readonly string[]) => ({
  DescribeAlarms: {
    MetricAlarms: states.map((StateValue) => ({ AlarmName: "Errors", StateValue, AlarmDescription: "What to do" })),
  },
});
const messages = (count: number) => ({
  GetQueueAttributes: ({ QueueUrl = "" }) => ({
    Attributes: {
      ApproximateNumberOfMessages: QueueUrl.includes("DeadLetters") ? String(count) : "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    },
  }),
});

const ami = (...days: readonly number[]) => ({
  DescribeLaunchTemplateVersions: { LaunchTemplateVersions: [{ LaunchTemplateData: { ImageId: "ami-1" } }] },
  DescribeImages: {
    Images: days.map((it) => ({
      ImageId: "ami-1",
      CreationDate: new Date(Date.now() - it * 86_400_000).toISOString(),
    })),
  },
});

const GOOD: Answers = {
  ...state("UPDATE_COMPLETE"),
  ...resources(),
  ...stream(),
  ...mails("arn:aws:sns:eu-west-1:111122223333:t:1"),
  ...alarms("OK"),
  ...messages(0),
  ...ami(60),
};
const checks = (answers: Answers) => {
  const clients = clientsAnswering({ ...GOOD, ...answers });
  return stackChecks(new StackReader(clients, "S"), new AccountReader(clients));
};

test("all is well in a good stack", async () => {
  const findings = await runChecks(checks({}), { isAws: true, onFinding: () => undefined });
  expect(findings.map(({ status, says }) => `${status} ${says}`)).toEqual([
    "ok the stack is UPDATE_COMPLETE",
    "ok the results table was created for 4000 writes per second",
    "ok all 1 event source mappings are enabled",
    "ok confirmed email addresses that receive alarms: 1",
    "ok none of 1 alarms is in the state ALARM",
    "ok the AMI ami-1 of the instances is 60 days old",
    "ok all 2 dead-letter queues are empty",
  ]);
});

test.each<[name: string, what: string, answers: Answers, status: Status, says: RegExp]>([
  ["stack", "an update was taken back", state("UPDATE_ROLLBACK_COMPLETE"), "warn", /ROLLBACK/],
  ["stack", "it changes", state("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), "warn", /IN_PROGRESS/],
  ["stack", "it never came to be", state("ROLLBACK_COMPLETE"), "fail", /ROLLBACK_COMPLETE/],
  ["stack", "it cannot be deleted", state("DELETE_FAILED"), "fail", /DELETE_FAILED/],
  [
    "stack",
    "it is not there",
    { DescribeStacks: new Error("Stack with id S does not exist") },
    "cannot-tell",
    /no stack S/,
  ],
  ["concurrency of the streams", "of a new account", warmed(4_000, 10), "ok", /4000 writes/],
  ["concurrency of the streams", "for one shard too many", warmed(4_001, 10), "fail", /needs 11 .* has 10$/],
  ["concurrency of the streams", "for many shards", warmed(20_000, 25), "fail", /needs 26/],
  ["concurrency of the streams", "enough for many shards", warmed(40_000, 1_000), "ok", /needs 46/],
  ["event sources", "off", stream({ State: "Disabled" }), "fail", /Task \(RequestPop\) is Disabled/],
  ["event sources", "changing", stream({ State: "Updating" }), "warn", /Updating/],
  ["event sources", "without a state", stream({ State: undefined }), "cannot-tell", /unknown/],
  ["event sources", "none", withoutType("AWS::Lambda::EventSourceMapping"), "fail", /no event source mapping/],
  ["alarm emails", "to one that waits", mails("PendingConfirmation"), "warn", /unconfirmed/],
  ["alarm emails", "to nobody", mails(), "warn", /no email address/],
  ["alarm emails", "to one that left", mails("Deleted"), "warn", /no email address/],
  ["alarms", "on", alarms("OK", "ALARM"), "fail", /ALARM: Errors/],
  ["alarms", "never evaluated", alarms("INSUFFICIENT_DATA"), "cannot-tell", /1 of 1/],
  ["alarms", "gone", alarms(), "warn", /1 of 1 alarms are missing/],
  ["alarms", "none", withoutType("AWS::CloudWatch::Alarm"), "warn", /no alarms/],
  ["AMI", "old", ami(61), "warn", /ami-1 .* 61 days old/],
  ["AMI", "deleted", ami(), "fail", /ami-1 does not exist/],
  ["AMI", "of no launch template", withoutType("AWS::EC2::LaunchTemplate"), "cannot-tell", /launch template/],
  ["dead letters", "three", messages(3), "fail", /DeadLetters has 3$/],
  ["dead letters", "without a queue", withoutType("AWS::SQS::Queue"), "cannot-tell", /no dead-letter queue/],
])("%s: %s", (name, _, answers, status, says) => expectJudgement(checks(answers), name, status, says));

describe("the API", () => {
  useVirtualClock();
  const keyless = (status: number) => ({ keyless: { status, body: {} } });
  const silent: Partial<FakeApi> = { replies: { "GET instances": "no answer" } };
  const settings = (status: number, version: string) => ({
    replies: { "GET settings": { status, body: { ...SETTINGS, version } } },
  });

  test.each<[name: string, what: string, api: Partial<FakeApi>, status: Status, says: RegExp, mustAnswer?: boolean]>([
    ["API and key", "no key is needed", keyless(200), "fail", /without a key/],
    ["API and key", "a call without a key is not refused", keyless(502), "warn", /without a key returned HTTP 502/],
    ["API and key", "no answer", silent, "fail", /no response/],
    ["version", "the command's", settings(200, VERSION), "ok", /, in /],
    ["version", "another", settings(200, "0.0.1"), "warn", /0\.0\.1 is deployed/],
    ["version", "not told", settings(404, ""), "fail", /404/],
    ["version", "unknown, as the key opens nothing", keyless(200), "cannot-tell", /no call to the API succeeded/],
    ["API and key", "no answer of a stack, which may be private", silent, "cannot-tell", /no response/, false],
  ])("%s: %s", (name, _, api, status, says, mustAnswer = true) => {
    fakeApi(api);
    return expectJudgement(apiChecks({ api: async () => new Client(ENDPOINT), mustAnswer }), name, status, says);
  });
});
