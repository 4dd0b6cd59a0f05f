import type { AccountReader } from "../account/read-account.ts";
import { required } from "../check/aws-errors.ts";
import { type Check, cannotTell, checker, fail, type Judgement, ok, warn } from "../check/check.ts";
import type { AlarmState, StackReader } from "./read-stack.ts";
import { judgeEnabled, shortName } from "./streams.ts";

const check = checker({ phase: "deployed" });
const checkOfAws = checker({ phase: "deployed", awsOnly: true });

/** Whether a deployed stack does what it should, as its parts say. */
export function stackChecks(stack: StackReader, account: Pick<AccountReader, "concurrency">): Check[] {
  return [
    check("stack", "docs/deploy.md#2-deploy", async () => judgeStackState((await stack.state()).status)),
    check("concurrency of the streams", "docs/deploy.md#lambdas-concurrent-executions", async () => {
      const { parameters } = await stack.state();
      const writes = Number(parameters["warmWritesPerSecond"] ?? NEW_TABLE_WRITES);
      if (writes <= NEW_TABLE_WRITES) return ok(`the results table was created for ${writes} writes per second`);
      return judgeWarmTable(writes, await account.concurrency());
    }),
    check("event sources", "docs/operations.md#late-streams", async () => {
      const mappings = await stack.named("AWS::Lambda::EventSourceMapping");
      const sources = mappings.map(async ({ logicalId, physicalId }) => {
        return { logicalId, state: (await stack.eventSource(physicalId)).State ?? "unknown" };
      });
      return judgeEnabled(await Promise.all(sources));
    }),
    check("alarm emails", "docs/deploy.md#parameters", async () => {
      const topics = await stack.named("AWS::SNS::Topic");
      return judgeAlarmMail(
        (await Promise.all(topics.map(({ physicalId }) => stack.mailSubscriptions(physicalId)))).flat(),
      );
    }),
    check("alarms", "docs/operations.md#dashboard-and-alarms", async () => {
      const names = (await stack.named("AWS::CloudWatch::Alarm")).map(({ physicalId }) => physicalId);
      return judgeAlarms(names.length, names.length === 0 ? [] : await stack.alarms(names));
    }),
    checkOfAws("AMI", "docs/deploy.md#parameters", async () => {
      const [template] = await stack.named("AWS::EC2::LaunchTemplate");
      return judgeImage(await stack.image(required(template, "launch template in the stack").physicalId), Date.now());
    }),
    check("dead letters", "docs/operations.md#dead-letters", async () => judgeDeadLetters(await deadLetters(stack))),
  ];
}

/** @param status https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
function judgeStackState(status: string): Judgement {
  if (status === "UPDATE_ROLLBACK_COMPLETE")
    return warn(`the stack is ${status}`, "the stack is unchanged; find out why the update failed, then deploy again");
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(`the stack is ${status}`);
  if (status.endsWith("_IN_PROGRESS"))
    return warn(`the stack is ${status}`, "wait until the operation is complete, then run this again");
  return fail(`the stack is ${status}`, "check its events in CloudFormation, fix the cause, then deploy again");
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html */
const NEW_TABLE_WRITES = 4_000;
/** Writes per second of a partition. The stream of a table has at least a shard for each. */
const WRITES_PER_SHARD = 1_000;
/** Executions besides the Aggregations: two of Task, Shutdown, Watch, and two of the API. */
const OTHER_EXECUTIONS = 6;

/** Whether an Aggregation for each shard of the results leaves executions for the rest. */
function judgeWarmTable(writes: number, executions: number): Judgement {
  const needed = Math.ceil(writes / WRITES_PER_SHARD) + OTHER_EXECUTIONS;
  const says = `with warmWritesPerSecond=${writes}, one request needs ${needed} concurrent executions; the account has ${executions}`;
  if (executions >= needed) return ok(says);
  return fail(
    says,
    "request a higher 'Concurrent executions' quota in Service Quotas (Lambda): AWS never lowers a table's warm throughput",
  );
}

/** What SNS gives in place of an ARN: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
const PENDING = "PendingConfirmation";

/** @param subscriptions ARNs of those by mail. The addresses themselves are not read. */
function judgeAlarmMail(subscriptions: readonly string[]): Judgement {
  const confirmed = subscriptions.filter((arn) => arn.startsWith("arn:")).length;
  const pending = subscriptions.filter((arn) => arn === PENDING).length;
  if (pending > 0)
    return warn(
      `email addresses with an unconfirmed subscription: ${pending}`,
      "confirm each subscription with the link in the email from AWS",
    );
  if (confirmed === 0) return warn("no email address receives alarms", "deploy with --parameters alarmEmail=…");
  return ok(`confirmed email addresses that receive alarms: ${confirmed}`);
}

/** @param wanted how many the stack has; none where it was deployed with `monitoring=off` */
function judgeAlarms(wanted: number, alarms: readonly AlarmState[]): Judgement {
  if (wanted === 0) return warn("the stack has no alarms", "deploy with --parameters monitoring=on");
  const on = alarms.filter(({ state }) => state === "ALARM");
  // The description ends in the section of the runbook.
  const first = on.map(({ description }) => description).find((text) => text !== "") ?? "see the runbook";
  if (on.length > 0) return fail(`in the state ALARM: ${on.map(({ name }) => name).join(", ")}`, first);
  if (alarms.length < wanted) return warn(`${wanted - alarms.length} of ${wanted} alarms are missing`, "deploy again");
  const unknown = alarms.filter(({ state }) => state !== "OK");
  if (unknown.length === 0) return ok(`none of ${wanted} alarms is in the state ALARM`);
  // With no data, these alarms are OK or on; only a new one is neither.
  return cannotTell(`${unknown.length} of ${wanted} alarms have no state yet`, "run this again in ten minutes");
}

/** Amazon Linux 2023 has a release about every two weeks, with security updates: https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html */
const MAX_IMAGE_DAYS = 60;

/** @param now milliseconds since the epoch */
function judgeImage({ id, createdAt }: Awaited<ReturnType<StackReader["image"]>>, now: number): Judgement {
  const next = "update the stack, which takes the newest AMI; with the parameter amiId, name a newer one";
  if (createdAt === undefined) return fail(`the AMI ${id} does not exist, so no instance can start`, next);
  const days = Math.floor((now - createdAt) / 86_400_000);
  const says = `the AMI ${id} of the instances is ${days} days old`;
  return days > MAX_IMAGE_DAYS ? warn(`${says} and lacks newer security updates`, next) : ok(says);
}

/** Queues that only failures go to, by the end of their ids in the stack. */
const DEAD_LETTERS = /(DeadLetters|FailedBatches)[0-9A-F]*$/;

/** How many messages each of these queues has. */
async function deadLetters(stack: StackReader): Promise<{ id: string; messages: number }[]> {
  const queues = (await stack.named("AWS::SQS::Queue")).filter(({ logicalId }) => DEAD_LETTERS.test(logicalId));
  return Promise.all(
    queues.map(async ({ logicalId: id, physicalId }) => ({ id, messages: await stack.messages(physicalId) })),
  );
}

function judgeDeadLetters(queues: readonly { id: string; messages: number }[]): Judgement {
  if (queues.length === 0) return cannotTell("the stack has no dead-letter queue", "check the resources of the stack");
  const full = queues.filter(({ messages }) => messages > 0);
  if (full.length === 0) return ok(`all ${queues.length} dead-letter queues are empty`);
  return fail(
    full.map(({ id, messages }) => `${shortName(id)} has ${messages}`).join("; "),
    "read the messages: they state what failed",
  );
}
