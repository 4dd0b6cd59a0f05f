import type { Template } from "aws-cdk-lib/assertions";
import { VCPU_HOUR } from "../../domain/cost/prices.ts";
import {
  MAX_CIDRS,
  MAX_DISTRIBUTIONS,
  MAX_INSTANCE_TYPES,
  MAX_INSTANCE_TYPES_LENGTH,
  MAX_SOURCE_BUCKETS,
  MAX_SOURCE_BUCKETS_LENGTH,
} from "../../lib/parameters.ts";
import { Deployable } from "./aws-constraints.ts";
import { synthesizeStacks } from "./synth.ts";

const both = synthesizeStacks();
const [newVpc, existingVpc] = both.map(({ template }) => template) as [Template, Template];

interface Parameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly MaxLength?: number;
  readonly ConstraintDescription?: string;
  readonly Description?: string;
}

/** The parameters without CDK's own, which nobody fills in. */
function parametersOf(template: Template): Record<string, Parameter> {
  const { BootstrapVersion: _, ...parameters } = template.findParameters("*");
  return parameters as Record<string, Parameter>;
}

/** Whether CloudFormation accepts a value: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
function accepts(name: string, value: string): boolean {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, MaxLength } =
    parametersOf(existingVpc)[name] ?? parametersOf(newVpc)[name] ?? {};
  if (Type === undefined) throw new Error(`there is no parameter ${name}`);
  if (AllowedValues !== undefined && !AllowedValues.includes(value)) return false;
  if (MaxLength !== undefined && value.length > MaxLength) return false;
  if (Type === "Number") {
    const number = value.trim() === "" ? Number.NaN : Number(value);
    return number >= (MinValue ?? Number.NEGATIVE_INFINITY) && number <= (MaxValue ?? Number.POSITIVE_INFINITY);
  }
  const members = Type === "CommaDelimitedList" ? value.split(",") : [value];
  return AllowedPattern === undefined || members.every((it) => new RegExp(`^(?:${AllowedPattern})$`).test(it));
}

test.each(both)("the defaults of $name are accepted", ({ template }) => {
  for (const [name, { Default }] of Object.entries(parametersOf(template)))
    if (Default !== undefined) expect([name, accepts(name, String(Default))]).toEqual([name, true]);
});

test("every default instance type has a known price", () => {
  const types = String(parametersOf(newVpc)["instanceTypes"]?.Default).split(",");
  const families = new Set(types.map((type) => type.split(".")[0] ?? ""));
  expect([...families].filter((family) => !(family in VCPU_HOUR))).toEqual([]);
});

test("of the stack in an existing VPC, only the network has no default", () => {
  const required = Object.entries(parametersOf(existingVpc)).filter(([, { Default }]) => Default === undefined);
  expect(required.map(([name]) => name).sort()).toEqual(["sg", "subnet", "vpc"]);
});

describe.each(both)("the form of $name in the CloudFormation console", ({ template }) => {
  const { ParameterGroups, ParameterLabels } = template.toJSON()["Metadata"]["AWS::CloudFormation::Interface"] as {
    ParameterGroups: { Label: { default: string }; Parameters: string[] }[];
    ParameterLabels: Record<string, { default: string }>;
  };
  const names = Object.keys(parametersOf(template)).sort();

  test("shows every parameter once, in a group with a label", () => {
    expect(ParameterGroups.flatMap((group) => group.Parameters).sort()).toEqual(names);
    for (const { Label } of ParameterGroups) expect(Label.default).toMatch(/\w{3}/);
  });

  test("has a label and a description of each", () => {
    expect(Object.keys(ParameterLabels).sort()).toEqual(names);
    const labels = Object.values(ParameterLabels).map((label) => label.default);
    expect(new Set(labels).size).toBe(labels.length);
    for (const { Description } of Object.values(parametersOf(template))) expect(Description).toMatch(/\w{3}/);
  });
});

const many = (count: number, entry: (i: number) => string) => Array.from({ length: count }, (_, i) => entry(i)).join();
const distributions = (count: number) => many(count, (i) => `E1ABCDEFGH${i}`);
const cidrs = (count: number) => many(count, (i) => `192.0.2.${i}/32`);
const buckets = (count: number) => many(count, (i) => `bucket-${i}`);

/** Values of each parameter that has a pattern: those that are accepted, and those that are rejected. */
const VALUES: Readonly<Record<string, readonly [accepted: readonly string[], rejected: readonly string[]]>> = {
  envName: [
    ["prod", "blue-2", "0"],
    ["", "Prod", "-a", "a_b", "a".repeat(21)],
  ],
  vpce: [
    ["", "vpce-0123456789abcdef0"],
    ["vpc-0123456789abcdef0", "vpce-", "no"],
  ],
  allowedCidrs: [
    [
      "",
      "203.0.113.7",
      "203.0.113.0/24,2001:db8::/32",
      "0.0.0.0/0",
      "::/0",
      "::1",
      "1::8",
      "2001:db8:0:0:0:0:0:1/128",
      cidrs(MAX_CIDRS),
    ],
    [
      "203.0.113.0/33",
      "203.0.113.256",
      "203.0.113",
      "a.example",
      "203.0.113.0/24, 198.51.100.0/24",
      ",",
      "2001:db8::/129",
      ":::",
      "1:2",
      "::::::::::",
      "2001:db8::1::2/64",
      "1:2:3:4:5:6:7:8:9",
      "12345::1",
      "1::2:3:4:5:6:7:8",
    ].concat(cidrs(MAX_CIDRS + 1)),
  ],
  instanceTypes: [
    [
      "c7gn.*",
      "c8gn.48xlarge",
      "t4g.small",
      "x2gd.metal",
      "im4gn.large",
      "c7g.large,m8g.large",
      many(MAX_INSTANCE_TYPES, () => "c7gn.large"),
    ],
    ["c7i.large", "g5.xlarge", "m7a.large", "c7gn", "c7gn.", "*", "", "a b", "c7g.large, m8g.large"].concat(
      many(MAX_INSTANCE_TYPES + 1, () => "c7g.large"),
      `c7gn.${"x".repeat(MAX_INSTANCE_TYPES_LENGTH)}`,
    ),
  ],
  onDemandPercent: [
    ["0", "50", "100"],
    ["-1", "101", "half", "", "12.5", "00", "1e1"],
  ],
  amiId: [
    ["", "ami-0123456789abcdef0", "ami-01234567"],
    ["ami-", "AMI-01234567", "resolve:ssm:/x", "0123456789abcdef0"],
  ],
  maxRequestBytes: [
    ["1", "10", "1000000000000000"],
    ["0", "", "1e3", "-1", "01", "1000000000000001"],
  ],
  maxDailyBytes: [
    ["1", "10", "1000000000000000"],
    ["0", "", "1e3", "-1", "01", "1000000000000001"],
  ],
  alarmBytesPerHour: [
    ["1", "10", "1000000000000000"],
    ["0", "", "1e3", "-1", "01", "1000000000000001"],
  ],
  distributions: [
    ["*", "E1ABCDEFGHIJKL", "EDFDVBD6EXAMPLE,dt_2wjDZi3hD1ivOXf6rpZJO1AB", distributions(MAX_DISTRIBUTIONS)],
    [
      "",
      "E*",
      "dt_*",
      "cg_2whCJoXMYCjHcxaLGrkllvyABC",
      "*,E1ABCDEFGHIJKL",
      "d111111abcdef8.cloudfront.net",
      "E1/../*",
      "E1ABCDEFGHIJKL, EDFDVBD6EXAMPLE",
    ].concat(distributions(MAX_DISTRIBUTIONS + 1), `dt_${"a".repeat(33)}`),
  ],
  sourceBuckets: [
    ["", "media", "media.example.com", "media/*", "media/films/*", "media/films/a b*", buckets(MAX_SOURCE_BUCKETS)],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a policy
    ["*", "media*", "me*dia", "media/films", "media/*/x*", "Media", "a/*", "media/${aws:username}/*"].concat(
      buckets(MAX_SOURCE_BUCKETS + 1),
      `media/${"x".repeat(MAX_SOURCE_BUCKETS_LENGTH)}*`,
    ),
  ],
  alarmEmail: [
    ["", "ops@example.com"],
    ["ops", "a b@example.com"],
  ],
};

const cases = Object.entries(VALUES).flatMap(([name, values]) =>
  values.flatMap((all, index) => all.map((value) => ({ name, value, isAccepted: index === 0 }))),
);
test.each(cases)("CloudFormation accepts $name=$value: $isAccepted", ({ name, value, isAccepted }) => {
  expect(accepts(name, value)).toBe(isAccepted);
});

test("each parameter whose value has a form has values here", () => {
  const all = Object.entries({ ...parametersOf(newVpc), ...parametersOf(existingVpc) });
  const formed = all.flatMap(([name, { AllowedPattern }]) => (AllowedPattern === undefined ? [] : [name]));
  expect(Object.keys(VALUES).sort()).toEqual(formed.sort());
});

describe("what a parameter changes", () => {
  const PUBLIC = { EndpointConfiguration: { Types: ["REGIONAL"], IpAddressType: "dualstack" } };
  const PRIVATE = {
    EndpointConfiguration: { Types: ["PRIVATE"], VpcEndpointIds: ["vpce-1"], IpAddressType: "dualstack" },
  };
  /** A policy that lets those call the API for whom all of this holds. */
  const policy = (Condition?: object) => ({
    Policy: {
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: "execute-api:Invoke",
          Resource: "execute-api:/*",
          Condition,
        },
      ],
      Version: "2012-10-17",
    },
  });
  const allowed = { "Fn::Split": [",", "192.0.2.0/24"] };
  const fromEndpoint = { StringEquals: { "aws:SourceVpce": "vpce-1" } };
  const launch = (some: object) => ({ LaunchTemplateData: expect.objectContaining(some) });
  const tracing = (Mode: string) => ({ TracingConfig: { Mode } });
  const latestAmi = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

  test.each([
    // A policy that is no longer in the template stays on the API. So there is always one.
    [{}, "ApiGateway::RestApi", { ...PUBLIC, ...policy() }],
    [{ allowedCidrs: "192.0.2.0/24" }, "ApiGateway::RestApi", policy({ IpAddress: { "aws:SourceIp": allowed } })],
    [{ vpce: "vpce-1" }, "ApiGateway::RestApi", { ...PRIVATE, ...policy(fromEndpoint) }],
    [
      { vpce: "vpce-1", allowedCidrs: "192.0.2.0/24" },
      "ApiGateway::RestApi",
      policy({ ...fromEndpoint, IpAddress: { "aws:VpcSourceIp": allowed } }),
    ],
    [{}, "Lambda::Function", tracing("PassThrough")],
    [{ tracing: "on" }, "Lambda::Function", tracing("Active")],
    [{}, "ApiGateway::Stage", { TracingEnabled: false }],
    [{ tracing: "on" }, "ApiGateway::Stage", { TracingEnabled: true }],
    [{}, "EC2::LaunchTemplate", launch({ ImageId: latestAmi })],
    [{ amiId: "ami-1", key: "my-key" }, "EC2::LaunchTemplate", launch({ ImageId: "ami-1", KeyName: "my-key" })],
    [{ subnet: "subnet-1" }, "AutoScaling::AutoScalingGroup", { VPCZoneIdentifier: "subnet-1" }],
    // The subnets decide about public addresses.
    [{ sg: "sg-1" }, "EC2::LaunchTemplate", launch({ SecurityGroupIds: ["sg-1"] })],
    [
      {},
      "EC2::LaunchTemplate",
      { LaunchTemplateData: expect.not.objectContaining({ NetworkInterfaces: expect.anything() }) },
    ],
  ])("%j: each %s", (given, type, has) => {
    const resources = new Deployable(existingVpc.toJSON(), given).of(`AWS::${type}`);
    expect(resources).not.toEqual([]);
    for (const [, properties] of resources)
      for (const [name, value] of Object.entries(has)) expect(properties[name]).toEqual(value);
  });

  test.each([
    [{}, "SNS::Subscription", 0],
    [{ alarmEmail: "ops@example.com" }, "SNS::Subscription", 1],
    [{ monitoring: "off" }, "CloudWatch::Alarm", 0],
    [{ monitoring: "off" }, "CloudWatch::Dashboard", 0],
    // It finds requests that were forgotten.
    [{ monitoring: "off" }, "Events::Rule", 1],
  ])("%j: of %s there are %i", (given, type, count) => {
    expect(new Deployable(existingVpc.toJSON(), given).of(`AWS::${type}`)).toHaveLength(count);
  });

  test("in a VPC of its own, an instance has a public address", () => {
    const launches = new Deployable(newVpc.toJSON()).of("AWS::EC2::LaunchTemplate");
    expect(launches).toMatchObject([
      [expect.any(String), { LaunchTemplateData: { NetworkInterfaces: [{ AssociatePublicIpAddress: true }] } }],
    ]);
  });

  test.each([
    ["4000", undefined],
    ["8000", { WriteUnitsPerSecond: "8000" }],
  ])(
    "warmWritesPerSecond=%s: the table of results is as warm as that, and a new table's usual without it",
    (given, warm) => {
      const tables = new Deployable(existingVpc.toJSON(), { warmWritesPerSecond: given }).of("AWS::DynamoDB::Table");
      const results = tables.find(([id]) => id.includes("StorageRequestTask"));
      expect(results?.[1].WarmThroughput).toEqual(warm);
    },
  );

  test.each([
    ["3", [0, 1, 2]],
    ["2", [0, 1, 0]],
  ])("zones=%s: the subnets of a new VPC lie in these of the account's zones: %j", (zones, indexes) => {
    const subnets = new Deployable(newVpc.toJSON(), { zones }).of("AWS::EC2::Subnet");
    const zone = (index: number) => ({ "Fn::Select": [index, { "Fn::GetAZs": "" }] });
    expect(subnets.map(([, { AvailabilityZone }]) => AvailabilityZone)).toEqual(indexes.map(zone));
  });

  test("few concurrent executions are not used up by streams: one request at a time leaves some of ten for the API", () => {
    const batches = (lambdaConcurrency: string) =>
      new Deployable(existingVpc.toJSON(), { lambdaConcurrency })
        .of("AWS::Lambda::EventSourceMapping")
        .map(([, properties]) => properties.ParallelizationFactor)
        .sort((a, b) => a - b);
    expect([batches("low"), batches("high")]).toEqual([
      [1, 1, 1, 2],
      [2, 10, 10, 10],
    ]);
  });
});
