import { readFileSync } from "node:fs";
import { GetDeploymentsCommand, GetRestApiCommand, GetStagesCommand } from "@aws-sdk/client-api-gateway";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeStackResourcesCommand,
  paginateDescribeStackEvents,
  type StackEvent,
  type StackResource,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { ListObjectsV2Command, PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { cdk } from "../../local/cdk.ts";
import { readDeployed } from "../../local/deployed.ts";
import { destroy } from "../../local/destroy.ts";
import { LOCAL } from "../../local/paths.ts";
import { readResults } from "../../local/pop-report.ts";
import { logLines } from "./aws-call.ts";
import { body, urls } from "./bodies.ts";
import { listed, listings } from "./listings.ts";
import { NEXT_VERSION, nextVersion } from "./next-version.ts";
import { Stack } from "./stack.ts";

/** A stack beside the one that all tests use, as an operator makes it. */
const BLUE = "PrewarmExistingVpcStack-blue";
const HELD = "/held-while-the-stack-changes.bin";
const PATIENCE = { timeout: 20_000 };

export function lifeCycle(running: () => Stack): void {
  let blue: Promise<Blue>;

  beforeAll(() => {
    // Meanwhile: the first test waits for half a minute.
    blue = launchBlue(running());
    blue.catch(() => undefined);
  });

  it("an update while a request runs: it goes on, and every task counts once", async () => {
    const stack = running();
    const { aws, deployed, fleet } = stack.prewarm;
    await stack.untilAgents(0);
    holdBack(stack);
    const reqId = await stack.start(body({ url_list: urls(HELD, "/index.html"), timeout: 10 }));
    await stack.until(reqId, ({ download_count }) => download_count === 3);
    const before = await lasting(stack);
    const agents = fleet.pids();
    const [instance = ""] = await instances(stack);
    const deployment = await servedDeployment(stack);

    const next = nextVersion();
    await cdk(aws, ["deploy", deployed.stackName, "--require-approval=never"], next, `${next}cdk.out`);

    expect(await lasting(stack)).toEqual(before);
    expect(await servedDeployment(stack)).not.toBe(deployment);
    expect(await instances(stack)).toEqual([instance]);
    expect(fleet.pids()).toEqual(agents);
    // How many are wanted is not asked: the emulator sets that to the minimum where the template names no number.
    // By the key and at the address of before.
    expect(await stack.progress(reqId)).toMatchObject({ status: "IN_PROGRESS", total_count: 6, download_count: 3 });

    stack.setFaults(undefined);
    await stack.post("instances", { DesiredCapacity: 2, req_id: reqId });
    await stack.untilAgents(2);
    const [added = ""] = (await instances(stack)).filter((id) => id !== instance);
    await expect.poll(() => agentLog(added), PATIENCE).toMatch(NEXT_VERSION);
    expect(agentLog(instance)).not.toMatch(NEXT_VERSION);
    const done = await stack.until(reqId, "FINISHED", 120_000);
    expect(done).toMatchObject({ total_count: 6, download_count: 6, failed_count: 0, download_size: 6_000 });
    const results = await readResults(stack.prewarm, reqId);
    expect(new Set(results.map(({ pop, url }) => `${pop} ${url}`)).size).toBe(6);
    expect(results.every(({ ok }) => ok)).toBe(true);
    for (const logs of ["Api", "Aggregation", "Shutdown"]) {
      const group = deployed.resource(`PrewarmPipeline${logs}Logs`, "AWS::Logs::LogGroup");
      await expect.poll(async () => (await logLines(aws, group)).join("\n"), PATIENCE).toMatch(NEXT_VERSION);
    }
    await stack.untilAgents(0);
    expect(await stack.queued()).toBe(0);
  });

  it("another endpoint, or none: the stage serves what the API's policy says now", async () => {
    const { stack, served } = await blue;
    expect(served.map(({ vpce }) => vpce)).toEqual(["", "vpce-0aaaaaaaaaaaaaaaa", "vpce-0bbbbbbbbbbbbbbbb", ""]);
    expect(new Set(served.map(({ deployment }) => deployment)).size).toBe(4);
    for (const { vpce, policy, deployment, deployments } of served) {
      expect(policy).toMatch(vpce === "" ? /^(?!.*SourceVpce)/ : new RegExp(vpce));
      expect(policy).toContain("execute-api:Invoke");
      expect(deployments).toContain(deployment);
    }
    // The key is the same, and lets in.
    expect((await stack.call("GET", "instances")).status).toBe(200);
    expect((await stack.call("GET", "instances", undefined, "")).status).toBe(403);
  });

  it("cdk destroy, while a request runs: nothing is left of the stack, and its bucket was emptied first", async () => {
    const { stack } = await blue;
    const { aws, clients, deployed } = stack.prewarm;
    holdBack(stack);
    const active = await stack.start(body({ url_list: urls(HELD), pops: ["SIN2-C1"] }));
    await stack.until(active, "IN_PROGRESS");
    await stack.untilAgents(1);
    const timers = async () =>
      (await clients.scheduler.send(new ListSchedulesCommand({}))).Schedules?.map(({ Name }) => Name);
    expect(await timers()).toContain(active);
    const Bucket = deployed.resource("PrewarmStorageLists", "AWS::S3::Bucket");
    const keys = (await clients.s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? [];
    // Lists of two requests, and the report of the one that has ended.
    expect(keys.length).toBeGreaterThanOrEqual(6);
    const deletions = await followDeletions(stack, Bucket);
    const parts = listed(await resourcesOf(stack));
    const there = (all: string) => parts.filter((part) => all.includes(nameOf(part))).map(nameOf);
    expect(there(await listings(aws))).toEqual(parts.map(nameOf));
    const stackId = (await resourcesOf(stack))[0]?.StackId ?? "";

    await destroy(aws, BLUE, "blue");

    const after = await listings(aws);
    expect(there(after)).toEqual([]);
    // What the stack made while it ran: the timer of the active request, and the instance.
    expect(await timers()).not.toContain(active);
    expect(after).not.toContain("prewarm_asg_blue");
    // The emulator deletes a bucket with all that is in it; AWS would not. Each object was deleted, by a call.
    await expect.poll(() => deletions().then((deleted) => deleted.sort()), PATIENCE).toEqual(keys.sort());
    const events = await eventsOf(stack, stackId);
    const deleted = events
      .filter(({ ResourceStatus }) => ResourceStatus === "DELETE_COMPLETE")
      .map(({ LogicalResourceId }) => LogicalResourceId ?? "");
    const order = [
      "PrewarmPipelineShutdown492DCDAF",
      "PrewarmStorageEmptiedF3FD86AA",
      "PrewarmStorageLists85C6997E",
      BLUE,
    ];
    expect(deleted.filter((id) => order.includes(id))).toEqual(order);
    expect(events.filter(({ ResourceStatus }) => /SKIPPED|FAILED/.test(ResourceStatus ?? ""))).toEqual([]);
  });
}

interface Served {
  readonly vpce: string;
  readonly policy: string;
  readonly deployment: string;
  readonly deployments: readonly string[];
}

interface Blue {
  readonly stack: Stack;
  /** How the API was after each change of the endpoint. */
  readonly served: readonly Served[];
}

/** Launches the second stack, warms something through it, and makes it private, private otherwise, and public again. */
async function launchBlue({ prewarm, metadata }: Stack): Promise<Blue> {
  const { aws, clients } = prewarm;
  const network = await makeNetwork(prewarm);
  const parameters = Object.entries(network).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  await cdk(aws, ["deploy", BLUE, "-c", "envName=blue", "--require-approval=never", ...parameters]);
  const atWork = await prewarm.putToWork(await readDeployed(clients, BLUE));
  const stack = new Stack({ ...prewarm, ...atWork }, metadata);
  const reqId = await stack.start(body({ url_list: urls("/img/logo.svg"), pops: ["SIN2-C1"] }));
  const served = [await serving(stack, "")];
  for (const vpce of ["vpce-0aaaaaaaaaaaaaaaa", "vpce-0bbbbbbbbbbbbbbbb", ""]) {
    await clients.cloudFormation.send(
      new UpdateStackCommand({
        StackName: BLUE,
        UsePreviousTemplate: true,
        Capabilities: ["CAPABILITY_IAM"],
        Parameters: [
          ...["envName", ...Object.keys(network)].map((name) => ({ ParameterKey: name, UsePreviousValue: true })),
          { ParameterKey: "vpce", ParameterValue: vpce },
        ],
      }),
    );
    const waiting = { client: clients.cloudFormation, minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
    await waitUntilStackUpdateComplete(waiting, { StackName: BLUE });
    served.push(await serving(stack, vpce));
  }
  await stack.until(reqId, "FINISHED");
  return { stack, served };
}

async function serving(stack: Stack, vpce: string): Promise<Served> {
  const { clients, deployed } = stack.prewarm;
  const restApiId = deployed.apiId;
  const { policy = "" } = await clients.apiGateway.send(new GetRestApiCommand({ restApiId }));
  const { items = [] } = await clients.apiGateway.send(new GetDeploymentsCommand({ restApiId }));
  const deployments = items.map(({ id }) => id ?? "");
  return { vpce, policy, deployments, deployment: await servedDeployment(stack) };
}

async function servedDeployment({ prewarm: { clients, deployed } }: Stack): Promise<string> {
  const { item } = await clients.apiGateway.send(new GetStagesCommand({ restApiId: deployed.apiId }));
  return item?.find(({ stageName }) => stageName === "prod")?.deploymentId ?? "";
}

async function makeNetwork({ clients: { ec2 } }: Stack["prewarm"]): Promise<Record<string, string>> {
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }))).Vpc?.VpcId ?? "";
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.8.1.0/24" }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "blue", Description: "blue" }),
  );
  await ec2.send(new CreateKeyPairCommand({ KeyName: "blue" }));
  return { vpc, subnet: Subnet?.SubnetId ?? "", sg: GroupId ?? "", key: "blue" };
}

/** Lets a path hang at every POP, until the faults are taken off. */
function holdBack(stack: Stack): void {
  stack.standIn.edge.addObject(HELD, { size: 1_000 });
  stack.setFaults(({ method, path }) => (method === "GET" && path === HELD ? { kind: "stall" } : undefined));
}

async function resourcesOf({ prewarm: { clients, deployed } }: Stack): Promise<StackResource[]> {
  const command = new DescribeStackResourcesCommand({ StackName: deployed.stackName });
  return (await clients.cloudFormation.send(command)).StackResources ?? [];
}

/** Oldest first. */
async function eventsOf({ prewarm: { clients } }: Stack, StackName: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client: clients.cloudFormation }, { StackName })) {
    events.push(...(page.StackEvents ?? []));
  }
  return events.reverse();
}

/** Names of all that an update has to leave in its place: all but the API's deployments and permissions. */
async function lasting(stack: Stack): Promise<Record<string, string>> {
  const parts = listed(await resourcesOf(stack));
  return Object.fromEntries(parts.map((part) => [part.LogicalResourceId ?? "", nameOf(part)]).sort());
}

/** A queue's id is its URL, whose host depends on who asks. */
function nameOf({ ResourceType, PhysicalResourceId = "" }: StackResource): string {
  return (ResourceType === "AWS::SQS::Queue" && PhysicalResourceId.split("/").at(-1)) || PhysicalResourceId;
}

async function instances({ prewarm: { clients, deployed } }: Stack): Promise<string[]> {
  const name = deployed.resource("PrewarmFleetGroup", "AWS::AutoScaling::AutoScalingGroup");
  const { AutoScalingGroups } = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId }) => InstanceId ?? "");
}

function agentLog(instance: string): string {
  return readFileSync(`${LOCAL}logs/${instance}.log`, "utf8");
}

const notificationSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** The keys of what is deleted in a bucket from now on, each time that it is called those that came since. */
async function followDeletions({ prewarm: { clients } }: Stack, Bucket: string): Promise<() => Promise<string[]>> {
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "deletions" }));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await clients.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: Attributes?.["QueueArn"], Events: ["s3:ObjectRemoved:*"] }],
      },
    }),
  );
  const keys: string[] = [];
  return async () => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    for (const { Body = "{}" } of Messages) {
      keys.push(
        ...notificationSchema.parse(JSON.parse(Body)).Records.map(({ s3 }) => decodeURIComponent(s3.object.key)),
      );
    }
    return [...keys];
  };
}
