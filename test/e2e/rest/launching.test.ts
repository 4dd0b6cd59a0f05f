// Every way of launching a whole stack that the documents name: cdk deploy and template URL, a new VPC and an existing one.
// The stacks are this file's own: each makes the emulator look at more streams, which slows down what runs beside it.
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { deploy, existingNetwork } from "../../../tools/local/deploy.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { run } from "../../../tools/local/processes.ts";
import { readResults } from "../../../tools/local/results.ts";
import { FILES } from "../../../tools/local/world.ts";
import { apiPolicy, changeAccess } from "../api-access.ts";
import { body, urls } from "../bodies.ts";
import { deployedStackWithoutRest } from "../deployed-stack.ts";
import { launchByUrl } from "../launch-by-url.ts";
import { resetStack } from "../reset-stack.ts";
import { Stack } from "../stack.ts";

const PATH = "/img/hero.avif";
const NEW_VPC = "PrewarmStack";
const EXISTING_VPC = "PrewarmExistingVpcStack";
const BUCKET = "operators-templates";

/** A stack by what it is launched with, and the one POP that it is to warm. */
interface Launch {
  readonly how: "cdk deploy" | "template URL";
  readonly template: string;
  readonly stackName: string;
  readonly envName: string;
  readonly pop: string;
}

/** The first is how the file's own stack is deployed. */
const LAUNCHES: readonly Launch[] = [
  { how: "cdk deploy", template: NEW_VPC, stackName: NEW_VPC, envName: "prod", pop: "SIN2-C1" },
  { how: "cdk deploy", template: EXISTING_VPC, stackName: EXISTING_VPC, envName: "second", pop: "ATL56-C1" },
  { how: "template URL", template: NEW_VPC, stackName: "Launched", envName: "third", pop: "DFW55-C3" },
  { how: "template URL", template: EXISTING_VPC, stackName: "LaunchedBeside", envName: "fourth", pop: "FRA56-P2" },
];

describe("launching", () => {
  const running = deployedStackWithoutRest({ launchedBy: "cdk" });
  let launched: Awaited<ReturnType<typeof launchAll>>;
  beforeAll(async () => {
    launched = await launchAll(running());
  });

  // All at once, so that what gets into another's way is seen.
  describe("all at once", () => {
    const named = LAUNCHES.map((launch) => [`${launch.how} of ${launch.template}`, launch] as const);
    it.concurrent.for(named)("%s: a request from POST to FINISHED", async ([, launch], test) => {
      const stack = launched.stackNamed(launch.stackName);
      test.onTestFinished(() => resetStack(stack));
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
    });
  });

  it("no stack has a part of another's, nor a request", async (test) => {
    const stacks = LAUNCHES.map(({ stackName }) => launched.stackNamed(stackName));
    for (const stack of stacks) test.onTestFinished(() => resetStack(stack));
    const parts: [logicalId: string, type: string][] = [
      ["PrewarmFleetGroup", "AWS::AutoScaling::AutoScalingGroup"],
      ["PrewarmTaskQueueTasks", "AWS::SQS::Queue"],
      ["PrewarmPipelineTimers", "AWS::Scheduler::ScheduleGroup"],
      ["PrewarmStorageRequest", "AWS::DynamoDB::Table"],
      ["PrewarmStorageLists", "AWS::S3::Bucket"],
    ];
    for (const part of parts) {
      const names = stacks.map(({ prewarm }) => prewarm.deployed.resource(...part));
      expect(new Set(names).size).toBe(LAUNCHES.length);
    }
    const requests = (stack: Stack) => stack.inventory().then((all) => all.requests);
    const before = await Promise.all(stacks.map(requests));
    await Promise.all(
      stacks.map(async (stack) => {
        await stack.until(await stack.start(body({ url_list: urls(PATH), pops: ["SIN2-C1"] })), "FINISHED");
        await stack.untilAgents(0);
      }),
    );
    // One request each more, whose timer is gone.
    expect(await Promise.all(stacks.map(requests))).toEqual(before.map((count) => count + 1));
    for (const stack of stacks) expect((await stack.inventory()).schedules).toBe(0);
  });

  it("an update by the same URL: the API of the one in an existing VPC becomes private", async (test) => {
    const stack = launched.stackNamed("LaunchedBeside");
    const { prewarm } = stack;
    const vpce = "vpce-0123456789abcdef0";
    test.onTestFinished(() => changeAccess(stack, {}));
    await changeAccess(stack, { vpce }, launched.urlOf(EXISTING_VPC));
    const { Stacks } = await prewarm.clients.cloudFormation.send(
      new DescribeStacksCommand({ StackName: "LaunchedBeside" }),
    );
    const values = Stacks?.[0]?.Parameters?.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]);
    expect(Object.fromEntries(values ?? [])).toMatchObject({ envName: "fourth", ...launched.network, vpce });
    expect(await apiPolicy(stack)).toContain(vpce);
  });
});

/** Launches all of them at once beside the first, which is up, and puts them to work. */
async function launchAll(first: Stack) {
  const { prewarm, metadata } = first;
  const network = await existingNetwork(prewarm.clients, "operator");
  const publishing = publish(prewarm);
  const launch = async ({ how, template, stackName, envName }: Launch) => {
    const parameters = { envName, ...(template === EXISTING_VPC ? network : {}) };
    if (how === "cdk deploy") return deploy(prewarm.aws, prewarm.clients, stackName, parameters);
    return launchByUrl(prewarm.clients, stackName, urlIn(await publishing, prewarm, template), parameters);
  };
  const stacks = new Map([[NEW_VPC, first]]);
  await Promise.all(
    LAUNCHES.filter(({ stackName }) => stackName !== NEW_VPC).map(async (it) => {
      const atWork = await prewarm.putToWork(await launch(it));
      stacks.set(it.stackName, new Stack({ ...prewarm, ...atWork }, metadata));
    }),
  );
  const printed = await publishing;
  const stackNamed = (stackName: string) => {
    const stack = stacks.get(stackName);
    if (stack === undefined) throw new Error(`${stackName} is not up`);
    return stack;
  };
  return { network, stackNamed, urlOf: (template: string) => urlIn(printed, prewarm, template) };
}

/** Puts both templates into a bucket of the user's, by the script. @returns what that printed */
async function publish(prewarm: Stack["prewarm"]) {
  await prewarm.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const script = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/release/publish-templates.ts`];
  const args = [...script, "--bucket", BUCKET, "--prefix", "/prewarm/v1"];
  return run(process.execPath, args, { ...process.env, ...prewarm.aws.env }, ROOT);
}

/** The URL that was printed for a template, as the emulator takes it: its path alone counts, for bucket and key. */
function urlIn(printed: string, { aws }: Stack["prewarm"], template: string) {
  const url = new RegExp(`https://([^.]+)\\.\\S+?(/\\S+/${template}\\.template\\.json)$`, "m").exec(printed);
  if (url === null) throw new Error(`no URL of ${template}:\n${printed}`);
  return `${aws.endpoint}/${url[1]}${url[2]}`;
}
