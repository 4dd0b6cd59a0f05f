import { idleByMode, monitoringModes } from "../../../tools/release/cost.ts";
import { idleCost } from "../../../tools/release/idle-cost.ts";
import { type StackTemplate, stackTemplateSchema, stackTemplates } from "../../../tools/release/stack-template.ts";

const QUEUE = { Type: "AWS::SQS::Queue" };
const OF_QUEUE = { EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] } };

const template = (resources: object, rest: object = {}) => stackTemplateSchema.parse({ Resources: resources, ...rest });
const dollars = (resources: object) => idleCost(template(resources)).dollars;
const mapping = (properties: object) => ({
  Queue: QUEUE,
  Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: properties },
});
const alarm = (properties: object) => ({ Alarm: { Type: "AWS::CloudWatch::Alarm", Properties: properties } });

describe("the idle cost of a resource", () => {
  it("of a queue's mapping is five pollers with MaximumConcurrency, and two without", () => {
    const month = (pollers: number) => (pollers * 730 * 3_600 * 0.4e-6) / 20;
    expect(dollars(mapping({ ...OF_QUEUE, ScalingConfig: { MaximumConcurrency: 2 } }))).toBeCloseTo(month(5), 9);
    expect(dollars(mapping(OF_QUEUE))).toBeCloseTo(month(2), 9);
  });

  it("is nothing for a disabled mapping, and for one of a stream of DynamoDB", () => {
    const Table = { Type: "AWS::DynamoDB::Table", Properties: { BillingMode: "PAY_PER_REQUEST" } };
    const stream = { EventSourceArn: { "Fn::GetAtt": ["Table", "StreamArn"] } };
    expect(dollars(mapping({ ...OF_QUEUE, Enabled: false }))).toBe(0);
    expect(dollars({ ...mapping(stream), Table })).toBe(0);
  });

  it("of an alarm is that of each metric that it reads", () => {
    expect(dollars(alarm({ MetricName: "Errors", Period: 300 }))).toBeCloseTo(0.1, 9);
    const Metrics = [
      { Id: "a", MetricStat: {} },
      { Id: "b", MetricStat: {} },
      { Id: "c", Expression: "a + b" },
    ];
    expect(dollars(alarm({ Metrics }))).toBeCloseTo(0.2, 9);
  });

  it("of a schedule is that of the function's runs, and of their traces if there are any", () => {
    const look = (TracingConfig: object) => ({
      Watch: { Type: "AWS::Lambda::Function", Properties: { MemorySize: 512, TracingConfig } },
      Look: {
        Type: "AWS::Events::Rule",
        Properties: {
          ScheduleExpression: "rate(1 minute)",
          Targets: [{ Arn: { "Fn::GetAtt": ["Watch", "Arn"] } }],
        },
      },
    });
    const runs = 43_800;
    const each = 0.2e-6 + 0.15 * 1.33334e-5 + 0.4e-6 + 0.125e-6 + 1e-6 * 0.53;
    expect(dollars(look({ Mode: "PassThrough" }))).toBeCloseTo(runs * each, 9);
    expect(dollars(look({ Mode: "Active" }))).toBeCloseTo(runs * (each + 5e-6), 9);
  });

  it.each([
    ["a type without a rule", { It: { Type: "AWS::EC2::NatGateway" } }, "AWS::EC2::NatGateway"],
    ["an inherited name", { It: { Type: "constructor" } }, "constructor"],
    [
      "an interface endpoint",
      { It: { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Interface" } } },
      "Interface",
    ],
    [
      "a group that is never empty",
      { It: { Type: "AWS::AutoScaling::AutoScalingGroup", Properties: { MinSize: "1" } } },
      "at least 1",
    ],
    ["a provisioned table", { It: { Type: "AWS::DynamoDB::Table", Properties: {} } }, "provisioned"],
    [
      "an alarm on a query",
      alarm({ Metrics: [{ Id: "a", Expression: "SELECT SUM(Errors) FROM SCHEMA()" }] }),
      "Metrics Insights",
    ],
    ["an alarm of high resolution", alarm({ Period: 10 }), "high resolution"],
    ["a mapping with its own pollers", mapping({ ...OF_QUEUE, ProvisionedPollerConfig: {} }), "pollers"],
  ])("is refused for %s", (_, resources, name) => {
    expect(() => dollars(resources)).toThrow(name);
  });

  it("counts only what the conditions leave", () => {
    const conditional = template(
      { Page: { Type: "AWS::CloudWatch::Dashboard", Condition: "IsWatched" } },
      {
        Parameters: { monitoring: { Default: "on" } },
        Conditions: { IsWatched: { "Fn::Equals": [{ Ref: "monitoring" }, "on"] } },
      },
    );
    expect(idleCost(conditional).dollars).toBe(3);
    expect(idleCost(conditional, { monitoring: "off" })).toEqual({ dollars: 0, lines: [], free: [] });
  });
});

describe("the stacks of this checkout", () => {
  const { PrewarmStack, PrewarmExistingVpcStack } = stackTemplates();

  it("have a known price with each value of monitoring, the same for both", () => {
    expect(monitoringModes(PrewarmStack)).toEqual(expect.arrayContaining(["on", "off"]));
    const totals = (stack: StackTemplate) => idleByMode(stack).map(([mode, cost]) => [mode, cost.dollars]);
    expect(totals(PrewarmExistingVpcStack)).toEqual(totals(PrewarmStack));
  });

  it.each([
    ["default parameters", {}, 1],
    ["monitoring=off", { monitoring: "off" }, 0.2],
  ])("cost with %s, %j, less than %d dollars a month", (_, parameters, most) => {
    expect(idleCost(PrewarmStack, parameters).dollars).toBeLessThan(most);
  });
});
