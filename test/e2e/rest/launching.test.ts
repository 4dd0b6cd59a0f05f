// Every way of launching a whole stack that the documents name: cdk deploy and template URL, a new VPC and an existing one.
// The stacks are this file's own: each makes the emulator look at more streams, which slows down what runs beside it.
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { readResults } from "../../../tools/local/results.ts";
import { FILES } from "../../../tools/local/world.ts";
import { apiPolicy, changeAccess } from "../api-access.ts";
import { body, urls } from "../bodies.ts";
import { deployedStackWithoutRest } from "../deployed-stack.ts";
import { EXISTING_VPC, LAUNCHES, type Launched, launchAll } from "../launches.ts";
import { resetStack } from "../reset-stack.ts";
import type { Stack } from "../stack.ts";

const PATH = "/img/logo.svg";

describe("launching", () => {
  const running = deployedStackWithoutRest({ launchedBy: "cdk" });
  let launched: Launched;
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
