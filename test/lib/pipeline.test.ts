import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { Pipeline } from "../../lib/pipeline.ts";
import { Queues } from "../../lib/queues.ts";
import { Storage } from "../../lib/storage.ts";
import { idOf, propertiesOf, resourcesOf, synthesize } from "./synth.ts";

const template = synthesize((stack) => {
  const parameters = addParameters(stack, NEW_VPC);
  const [storage, queues] = [new Storage(stack, "Storage", parameters), new Queues(stack, "TaskQueue")];
  return new Pipeline(stack, "Pipeline", { storage, queues, groupName: "prewarm_asg_test", parameters });
});

/** `PipelineGetSize430B4FBA` as `GetSize`. */
const nameOf = (logicalId: string) =>
  logicalId.replace(/^(Pipeline|Storage|TaskQueue)/, "").replace(/[0-9A-F]{8}$/, "");
const mappings = propertiesOf(template, "AWS::Lambda::EventSourceMapping");

describe("the streams", () => {
  const sources = mappings.filter(({ StartingPosition }) => StartingPosition !== undefined);

  test("lose nothing: they begin at the beginning, try again, and keep what failed for good", () => {
    const failedBatches = idOf(template, "AWS::SQS::Queue", "FailedBatches");
    for (const source of sources) {
      expect(source).toMatchObject({
        StartingPosition: "TRIM_HORIZON",
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [failedBatches, "Arn"] } } },
      });
      expect(source.MaximumRetryAttempts).toBeGreaterThanOrEqual(20);
    }
  });

  test("start each step alone, so that it has the function's whole time", () => {
    for (const { FunctionName, BatchSize } of sources)
      if (nameOf(FunctionName.Ref) !== "Aggregation") expect(BatchSize).toBe(1);
  });

  test("count a batch of results as one: it is never split", () => {
    const counting = sources.find(({ FunctionName }) => nameOf(FunctionName.Ref) === "Aggregation");
    expect(counting).toMatchObject({ BisectBatchOnFunctionError: false, MaximumBatchingWindowInSeconds: 1 });
  });
});

describe("Shutdown and Expand", () => {
  test("are invoked asynchronously, and no queue is polled for them", () => {
    expect(mappings.filter(({ EventSourceArn }) => !JSON.stringify(EventSourceArn).includes("StreamArn"))).toEqual([]);
  });

  test("are repeated by Lambda for as long as it does, and keep what failed for good", () => {
    const configs = propertiesOf(template, "AWS::Lambda::EventInvokeConfig");
    expect(configs.map(({ FunctionName }) => nameOf(FunctionName.Ref)).sort()).toEqual(["Expand", "Shutdown"]);
    for (const config of configs) {
      expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 });
      expect(JSON.stringify(config.DestinationConfig.OnFailure)).toContain("FailedBatches");
    }
  });

  test("may invoke themselves more often than Lambda lets a loop, and no other function may", () => {
    const loops = resourcesOf(template, "AWS::Lambda::Function").filter(
      ([, it]) => it.Properties.RecursiveLoop === "Allow",
    );
    expect(loops.map(([id]) => nameOf(id)).sort()).toEqual(["Expand", "Shutdown"]);
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

test("the queues keep a task longer than the longest request lasts", () => {
  const lanes = resourcesOf(template, "AWS::SQS::Queue").filter(([id]) => /^TaskQueue(Tasks|Express)/.test(id));
  expect(lanes).toHaveLength(2);
  for (const [, { Properties }] of lanes) expect(Properties.MessageRetentionPeriod).toBeGreaterThan(10_080 * 60);
});
