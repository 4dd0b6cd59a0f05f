import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { Pipeline } from "../../lib/pipeline.ts";
import { Queues } from "../../lib/queues.ts";
import { Storage } from "../../lib/storage.ts";
import { newApp, rendered, resourcesOf } from "./synth.ts";

const app = newApp();
const stack = new Stack(app, "Test");
const parameters = addParameters(stack, NEW_VPC);
const [storage, queues] = [new Storage(stack, "Storage", parameters), new Queues(stack, "TaskQueue")];
new Pipeline(stack, "Pipeline", { storage, queues, groupName: "prewarm_asg_test", parameters });
const template = Template.fromStack(stack);

/** `PipelineGetSize430B4FBA` as `GetSize`. */
const nameOf = (logicalId: string) =>
  logicalId.replace(/^(Pipeline|Storage|TaskQueue)/, "").replace(/[0-9A-F]{8}$/, "");
const functions = new Map(
  resourcesOf(template, "AWS::Lambda::Function")
    .filter(([id]) => id.startsWith("Pipeline"))
    .map(([id, { Properties }]) => [nameOf(id), Properties]),
);

const mappings = resourcesOf(template, "AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => Properties);

describe("the streams", () => {
  const sources = mappings
    .filter(({ StartingPosition }) => StartingPosition !== undefined)
    .map((Properties) => ({
      call: `${nameOf(Properties.EventSourceArn["Fn::GetAtt"][0])} → ${nameOf(Properties.FunctionName.Ref)}`,
      properties: Properties,
    }));

  test("lose nothing: they begin at the beginning, try again, and keep what failed for good", () => {
    const [[failedBatches] = []] = resourcesOf(template, "AWS::SQS::Queue").filter(([id]) =>
      id.includes("FailedBatches"),
    );
    for (const { properties } of sources) {
      expect(properties).toMatchObject({
        StartingPosition: "TRIM_HORIZON",
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [failedBatches, "Arn"] } } },
      });
      expect(properties.MaximumRetryAttempts).toBeGreaterThanOrEqual(20);
    }
  });

  test("count a batch of results as one: it is never split", () => {
    const { properties } = sources.find(({ call }) => call === "RequestTask → Aggregation") ?? {};
    expect(properties).toMatchObject({ BisectBatchOnFunctionError: false, MaximumBatchingWindowInSeconds: 1 });
  });
});

describe("Shutdown and Expand", () => {
  test("are invoked asynchronously, and no queue is polled for them", () => {
    expect(mappings.filter(({ EventSourceArn }) => !JSON.stringify(EventSourceArn).includes("StreamArn"))).toEqual([]);
  });

  test("are repeated by Lambda for as long as it does, and keep what failed for good", () => {
    const configs = resourcesOf(template, "AWS::Lambda::EventInvokeConfig").map(([, { Properties }]) => Properties);
    expect(configs.map(({ FunctionName }) => nameOf(FunctionName.Ref)).sort()).toEqual(["Expand", "Shutdown"]);
    for (const config of configs) {
      expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 });
      expect(JSON.stringify(config.DestinationConfig.OnFailure)).toContain("FailedBatches");
    }
  });

  test("may invoke themselves more often than Lambda lets a loop, and no other function may", () => {
    const loops = [...functions].filter(([, { RecursiveLoop }]) => RecursiveLoop === "Allow").map(([name]) => name);
    expect(loops.sort()).toEqual(["Expand", "Shutdown"]);
  });

  test("name themselves in no variable and depend on no policy that names them: CloudFormation refuses such a cycle", () => {
    for (const [id, resource] of Object.entries(template.findResources("AWS::Lambda::Function"))) {
      const { Properties, DependsOn = [] } = resource;
      expect(JSON.stringify(Properties.Environment ?? {})).not.toContain(`"${id}"`);
      const policies = resourcesOf(template, "AWS::IAM::Policy").filter(([policy]) => DependsOn.includes(policy));
      for (const [, policy] of policies) expect(JSON.stringify(policy.Properties)).not.toContain(`"${id}"`);
    }
  });
});

describe("what each function may do", () => {
  const allowed = (name: string): string[] => {
    const role = functions.get(name).Role["Fn::GetAtt"][0];
    return resourcesOf(template, "AWS::IAM::Policy")
      .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .flatMap(({ Action }) => Action);
  };

  test.each([
    { name: "GetSize", never: /^(sqs:(Purge|Receive)|autoscaling|scheduler|iam|cloudfront:Create)/ },
    { name: "Aggregation", never: /^(sqs:(Purge|Receive)|s3|autoscaling|scheduler|cloudfront|iam):?/ },
    { name: "Api", never: /^(sqs:(Purge|Receive)|cloudfront:(Create|Get))/ },
  ])("$name: not what is none of its business", ({ name, never }) => {
    expect(allowed(name).filter((action) => never.test(action))).toEqual([]);
  });

  test("to a fleet: this group's size and no other's", () => {
    const sizes = resourcesOf(template, "AWS::IAM::Policy")
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === "autoscaling:SetDesiredCapacity");
    expect(sizes).toHaveLength(3);
    for (const { Resource } of sizes) expect(rendered(Resource)).toMatch(/autoScalingGroupName\/prewarm_asg_test$/);
  });
});

test("the queues keep a task longer than the longest request lasts", () => {
  const kept = resourcesOf(template, "AWS::SQS::Queue").map(([id, { Properties }]) => ({
    name: nameOf(id),
    seconds: Properties.MessageRetentionPeriod,
  }));
  for (const lane of ["Tasks", "Express"])
    expect(kept.find(({ name }) => name === lane)?.seconds).toBeGreaterThan(10_080 * 60);
});
