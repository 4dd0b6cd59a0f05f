// The life cycle of a whole stack: updated by cdk deploy while a request runs, its API made private, and destroyed.
// Each test changes a stack that is its own: the first updates the one of this file, the others launch one beside it.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeStackResourcesCommand,
  paginateDescribeStackEvents,
  type StackEvent,
  type StackResource,
} from "@aws-sdk/client-cloudformation";
import { ListObjectsV2Command, PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { cdk, deploy, destroy, existingNetwork } from "../../../tools/local/deploy.ts";
import { LOCAL, ROOT, RUN } from "../../../tools/local/paths.ts";
import { readResults } from "../../../tools/local/results.ts";
import { type ApiAccess, changeAccess, servedDeployment, serving } from "../api-access.ts";
import { logLines } from "../aws-call.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../edge-control.ts";
import { listed, listings } from "../listings.ts";
import { Stack } from "../stack.ts";

const HELD = "/held-while-the-stack-changes.bin";
const PATIENCE = { timeout: 90_000 };

const SAYS = "the next version";
/** What the next version's functions and agents log at their start. */
const NEXT_VERSION = new RegExp(SAYS);

/** All that a deployment is made of. */
const PARTS = [
  ...["agent", "aws", "bin", "client", "console", "domain", "lambdas", "lib", "probe", "docs/openapi.json"],
  ...["cdk.json", "tsconfig.json", "package.json", "package-lock.json"],
];

describe("life cycle", () => {
  const running = deployedStack({ launchedBy: "cdk" });

  it("an update while a request runs: it goes on, and every task counts once", async () => {
    const stack = running();
    const { aws, deployed, fleet } = stack.prewarm;
    await stack.untilAgents(0);
    const release = holdBack(stack, HELD);
    const reqId = await stack.start(body({ url_list: urls(HELD, "/img/hero.avif"), timeout: 20 }));
    await stack.until(reqId, ({ download_count }) => download_count === 3);
    const before = await lasting(stack);
    const agents = fleet.pids();
    const [instance = ""] = await instances(stack);
    const deployment = await servedDeployment(stack);

    const next = nextVersion();
    await cdk(aws, ["deploy", "--require-approval=never"], next, `${next}cdk.out`);

    expect(await lasting(stack)).toEqual(before);
    expect(await servedDeployment(stack)).not.toBe(deployment);
    expect(await instances(stack)).toEqual([instance]);
    expect(fleet.pids()).toEqual(agents);
    // How many are wanted is not asked: the emulator sets that to the minimum where the template names no number.
    // By the key and at the address of before.
    expect(await stack.progress(reqId)).toMatchObject({ status: "IN_PROGRESS", total_count: 6, download_count: 3 });

    release();
    await stack.post("instances", { DesiredCapacity: 2, req_id: reqId });
    await stack.untilAgents(2);
    const [added = ""] = (await instances(stack)).filter((id) => id !== instance);
    await expect.poll(() => agentLog(added), PATIENCE).toMatch(NEXT_VERSION);
    expect(agentLog(instance)).not.toMatch(NEXT_VERSION);
    const done = await stack.until(reqId, "FINISHED", 120_000);
    expect(done).toMatchObject({ total_count: 6, download_count: 6, failed_count: 0, download_size: 3 * 51_000 });
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

  it("another endpoint, other addresses, or none: the stage serves what the API's policy says now", async () => {
    const stack = await launchBeside(running(), "blue");
    const reqId = await stack.start(body({ url_list: urls("/img/logo.svg"), pops: ["SIN2-C1"] }));
    const accesses: ApiAccess[] = [
      {},
      { vpce: "vpce-0aaaaaaaaaaaaaaaa" },
      { vpce: "vpce-0bbbbbbbbbbbbbbbb", allowedCidrs: "10.0.0.0/8" },
      { allowedCidrs: "203.0.113.0/24,2001:db8::/32" },
      {},
    ];
    const deployments = new Set<string>();
    for (const [changes, access] of accesses.entries()) {
      if (changes > 0) await changeAccess(stack, access);
      const served = await serving(stack);
      const { vpce, allowedCidrs } = access;
      expect(served.policy).toMatch(vpce === undefined ? /^(?!.*SourceVpce)/ : new RegExp(vpce));
      if (allowedCidrs === undefined) expect(served.policy).not.toContain("IpAddress");
      for (const cidr of allowedCidrs?.split(",") ?? []) expect(served.policy).toContain(cidr);
      expect(served.policy).toContain("execute-api:Invoke");
      expect(served.deployments).toContain(served.deployment);
      deployments.add(served.deployment);
    }
    expect(deployments.size).toBe(accesses.length);
    await stack.until(reqId, "FINISHED");
    // The key is the same, and lets in.
    expect((await stack.call("GET", "instances")).status).toBe(200);
    expect((await stack.call("GET", "instances", undefined, "")).status).toBe(403);
  });

  it("cdk destroy, while a request runs: nothing is left of the stack, and its bucket was emptied first", async () => {
    const stack = await launchBeside(running(), "green");
    const { aws, clients, deployed } = stack.prewarm;
    await stack.until(await stack.start(body({ pops: ["SIN2-C1"] })), "FINISHED");
    holdBack(stack, HELD);
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

    await destroy(aws, deployed.stackName);

    const after = await listings(aws);
    expect(there(after)).toEqual([]);
    // What the stack made while it ran: the timer of the active request, and the instance.
    expect(await timers()).not.toContain(active);
    expect(after).not.toContain("prewarm_asg_green");
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
      deployed.stackName,
    ];
    expect(deleted.filter((id) => order.includes(id))).toEqual(order);
    expect(events.filter(({ ResourceStatus }) => /SKIPPED|FAILED/.test(ResourceStatus ?? ""))).toEqual([]);
  });
});

async function resourcesOf({ prewarm: { clients, deployed } }: Stack) {
  const command = new DescribeStackResourcesCommand({ StackName: deployed.stackName });
  return (await clients.cloudFormation.send(command)).StackResources ?? [];
}

/** Oldest first. */
async function eventsOf({ prewarm: { clients } }: Stack, StackName: string) {
  const events: StackEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client: clients.cloudFormation }, { StackName })) {
    events.push(...(page.StackEvents ?? []));
  }
  return events.reverse();
}

/** Names of all that an update has to leave in its place: all but the API's deployments and permissions. */
async function lasting(stack: Stack) {
  const parts = listed(await resourcesOf(stack));
  return Object.fromEntries(parts.map((part) => [part.LogicalResourceId ?? "", nameOf(part)]).sort());
}

/** A queue's id is its URL, whose host depends on who asks. */
function nameOf({ ResourceType, PhysicalResourceId = "" }: StackResource) {
  return (ResourceType === "AWS::SQS::Queue" && PhysicalResourceId.split("/").at(-1)) || PhysicalResourceId;
}

async function instances({ prewarm: { clients, deployed } }: Stack) {
  const name = deployed.resource("PrewarmFleetGroup", "AWS::AutoScaling::AutoScalingGroup");
  const { AutoScalingGroups } = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return (AutoScalingGroups?.[0]?.Instances ?? []).map(({ InstanceId }) => InstanceId ?? "");
}

function agentLog(instance: string) {
  return readFileSync(`${LOCAL}logs/${instance}.log`, "utf8");
}

/** Deploys a stack in an existing VPC under a name that no other test uses, as an operator does, and puts it to work. */
async function launchBeside({ prewarm, metadata }: Stack, envName: string): Promise<Stack> {
  const { aws, clients } = prewarm;
  const stackName = `PrewarmExistingVpcStack-${envName}`;
  const network = await existingNetwork(clients, envName);
  const deployed = await deploy(aws, clients, stackName, network);
  return new Stack({ ...prewarm, ...(await prewarm.putToWork(deployed)) }, metadata);
}

/** A copy of the project as its next version may be: other functions, another agent, another API. Returns its folder. */
function nextVersion() {
  const folder = `${RUN}next/`;
  mkdirSync(folder, { recursive: true });
  for (const part of PARTS) cpSync(ROOT + part, folder + part, { recursive: true });
  const change = (file: string, by: (text: string) => string) => {
    const text = readFileSync(folder + file, "utf8");
    if (by(text) === text) throw new Error(`${file} is as it was`);
    writeFileSync(folder + file, by(text));
  };
  for (const entry of readdirSync(`${folder}lambdas`, { withFileTypes: true })) {
    if (entry.isDirectory()) change(`lambdas/${entry.name}/index.ts`, (text) => `console.log("${SAYS}");\n${text}`);
  }
  change("agent/main.ts", (text) => `console.log("${SAYS}");\n${text}`);
  change("lib/api.ts", (text) => text.replace("Unknown route;", "No such route;"));
  return folder;
}

const notificationSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** Returns what tells the keys of all that was deleted in a bucket until then. It follows until the test ends. */
async function followDeletions({ prewarm: { clients } }: Stack, Bucket: string): Promise<() => Promise<string[]>> {
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "deletions" }));
  onTestFinished(async () => void (await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }))));
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
