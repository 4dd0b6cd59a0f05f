import { GetRestApiCommand } from "@aws-sdk/client-api-gateway";
import {
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { beforeAll, expect, it } from "vitest";
import { deploy } from "../../tools/local/deploy.ts";
import { type Deployed, readDeployed } from "../../tools/local/deployed.ts";
import { ROOT } from "../../tools/local/paths.ts";
import { readResults } from "../../tools/local/pop-report.ts";
import { CommandError, run } from "../../tools/local/processes.ts";
import { FILES } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { Stack } from "./stack.ts";

const NEW_VPC = "PrewarmStack";
const EXISTING_VPC = "PrewarmExistingVpcStack";
const PATH = "/img/logo.svg";

/** A stack by what it was launched with, and the one POP that it is to warm. */
interface Launch {
  readonly how: "cdk deploy" | "template URL";
  readonly template: string;
  readonly stackName: string;
  readonly envName: string;
  readonly pop: string;
}

/** Every way of launching that the documents name. The first is how the stack was deployed that all tests use. */
const LAUNCHES: readonly Launch[] = [
  { how: "cdk deploy", template: NEW_VPC, stackName: NEW_VPC, envName: "prod", pop: "SIN2-C1" },
  { how: "cdk deploy", template: EXISTING_VPC, stackName: EXISTING_VPC, envName: "second", pop: "ATL56-C1" },
  { how: "template URL", template: NEW_VPC, stackName: "Launched", envName: "third", pop: "DFW55-C3" },
  { how: "template URL", template: EXISTING_VPC, stackName: "LaunchedBeside", envName: "fourth", pop: "FRA56-P2" },
];

type Parameters = Record<string, string>;

/** In seconds: how often CloudFormation is asked, and for how long. */
const PATIENCE = { minDelay: 1, maxDelay: 1, maxWaitTime: 60 };

export function launching(running: () => Stack): void {
  let network: Parameters = {};
  let printed = "";
  const stacks = new Map<string, Stack>();

  beforeAll(async () => {
    const { prewarm, metadata } = running();
    network = await existingNetwork(prewarm);
    const publishing = publish(prewarm);
    const launch = async ({ how, template, stackName, envName }: Launch): Promise<Deployed> => {
      const parameters = { envName, ...(template === EXISTING_VPC ? network : {}) };
      if (how === "cdk deploy") return deploy(prewarm.aws, prewarm.clients, stackName, parameters);
      printed = await publishing;
      return launchByUrl(prewarm, stackName, urlOf(prewarm, printed, template), parameters);
    };
    stacks.set(NEW_VPC, running());
    await Promise.all(
      LAUNCHES.filter(({ stackName }) => !stacks.has(stackName)).map(async (it) => {
        const atWork = await prewarm.putToWork(await launch(it));
        stacks.set(it.stackName, new Stack({ ...prewarm, ...atWork }, metadata));
      }),
    );
  }, 120_000);

  const stackNamed = (stackName: string): Stack => {
    const stack = stacks.get(stackName);
    if (stack === undefined) throw new Error(`${stackName} is not up`);
    return stack;
  };

  // All at once, so that what gets into another's way is seen.
  it.concurrent.each(LAUNCHES.map((launch) => [`${launch.how} of ${launch.template}`, launch] as const))(
    "%s: a request from POST to FINISHED",
    async (_, launch) => {
      const stack = stackNamed(launch.stackName);
      const reqId = await stack.start(body({ url_list: urls(PATH), pops: [launch.pop] }));
      expect(await stack.until(reqId, "FINISHED")).toMatchObject({
        total_count: 1,
        download_count: 1,
        failed_count: 0,
        download_size: FILES[PATH],
      });
      expect(await stack.summary(reqId)).toMatchObject({ status: "FINISHED", failure_pops: [], failure_urls: [] });
      const results = await readResults(stack.prewarm, reqId);
      expect(results).toMatchObject([{ pop: launch.pop, ok: true }]);
      await stack.untilAgents(0);
      expect(await stack.queued()).toBe(0);
      expect((await stack.post("instances", { DesiredCapacity: 0 })).json["message"]).toBe(
        `Auto Scaling Group prewarm_asg_${launch.envName} updated to Desired Capacity: 0`,
      );
    },
  );

  it("no stack has a part of another's", async () => {
    const parts: [logicalId: string, type: string][] = [
      ["PrewarmFleetGroup", "AWS::AutoScaling::AutoScalingGroup"],
      ["PrewarmTaskQueueTasks", "AWS::SQS::Queue"],
      ["PrewarmPipelineTimers", "AWS::Scheduler::ScheduleGroup"],
      ["PrewarmStorageRequest", "AWS::DynamoDB::Table"],
      ["PrewarmStorageLists", "AWS::S3::Bucket"],
    ];
    for (const part of parts) {
      const names = LAUNCHES.map((launch) => stackNamed(launch.stackName).prewarm.deployed.resource(...part));
      expect(new Set(names).size).toBe(LAUNCHES.length);
    }
    // Launched anew, each has its one request, whose timer is gone.
    for (const launch of LAUNCHES.filter(({ stackName }) => stackName !== NEW_VPC)) {
      expect(await stackNamed(launch.stackName).inventory()).toMatchObject({ requests: 1, schedules: 0 });
    }
  });

  it("an update by the same URL: the API of the one in an existing VPC becomes private", async () => {
    const { prewarm } = running();
    const client = prewarm.clients.cloudFormation;
    const vpce = "vpce-0123456789abcdef0";
    await client.send(
      new UpdateStackCommand({
        StackName: "LaunchedBeside",
        TemplateURL: urlOf(prewarm, printed, EXISTING_VPC),
        Capabilities: ["CAPABILITY_IAM"],
        Parameters: [
          ...["envName", ...Object.keys(network)].map((name) => ({ ParameterKey: name, UsePreviousValue: true })),
          { ParameterKey: "vpce", ParameterValue: vpce },
        ],
      }),
    );
    await waitUntilStackUpdateComplete({ client, ...PATIENCE }, { StackName: "LaunchedBeside" });
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "LaunchedBeside" }));
    const values = Stacks?.[0]?.Parameters?.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]);
    expect(Object.fromEntries(values ?? [])).toMatchObject({ envName: "fourth", ...network, vpce });
    const { policy } = await prewarm.clients.apiGateway.send(
      new GetRestApiCommand({ restApiId: stackNamed("LaunchedBeside").prewarm.deployed.apiId }),
    );
    expect(policy).toContain(vpce);
  });

  it("templates are not published to a bucket that is not there: one line, and 1", async () => {
    const failed = await publishTemplates(running().prewarm, "--bucket", "no-such-bucket").catch((error) => error);
    expect(failed).toBeInstanceOf(CommandError);
    expect(failed.message).toMatch(/ ended with 1:\nThere is no bucket no-such-bucket; make it: [^\n]+$/);
  });
}

/** A network as an operator has it already. */
async function existingNetwork({ clients }: Stack["prewarm"]): Promise<Parameters> {
  const { Vpc } = await clients.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const vpc = Vpc?.VpcId ?? "";
  const subnet = async (CidrBlock: string) =>
    (await clients.ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock }))).Subnet?.SubnetId ?? "";
  const group = await clients.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "agents", Description: "agents" }),
  );
  await clients.ec2.send(new CreateKeyPairCommand({ KeyName: "operator" }));
  return {
    vpc,
    subnet: `${await subnet("10.9.1.0/24")},${await subnet("10.9.2.0/24")}`,
    sg: group.GroupId ?? "",
    key: "operator",
  };
}

/** Both templates in a bucket of the user's; what the script printed. */
async function publish(prewarm: Stack["prewarm"]): Promise<string> {
  await prewarm.clients.s3.send(new CreateBucketCommand({ Bucket: "operators-templates" }));
  return publishTemplates(prewarm, "--bucket", "operators-templates", "--prefix", "/prewarm/v1");
}

/** Runs the script as `npm run` does. */
function publishTemplates({ aws }: Stack["prewarm"], ...args: string[]): Promise<string> {
  const script = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/release/publish-templates.ts`];
  return run(process.execPath, [...script, ...args], { ...process.env, ...aws.env }, ROOT);
}

/** The URL that was printed for a template, as the emulator takes it: its path alone counts, for bucket and key. */
function urlOf({ aws }: Stack["prewarm"], printed: string, template: string): string {
  const url = new RegExp(`https://([^.]+)\\.\\S+?(/\\S+/${template}\\.template\\.json)$`, "m").exec(printed);
  if (url === null) throw new Error(`no URL of ${template}:\n${printed}`);
  return `${aws.endpoint}/${url[1]}${url[2]}`;
}

async function launchByUrl(
  { clients }: Stack["prewarm"],
  stackName: string,
  url: string,
  parameters: Parameters,
): Promise<Deployed> {
  const client = clients.cloudFormation;
  await client.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateURL: url,
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await waitUntilStackCreateComplete({ client, ...PATIENCE }, { StackName: stackName });
  return readDeployed(clients, stackName);
}
