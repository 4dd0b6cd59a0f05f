import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { CAPS } from "../../domain/request/caps.ts";
import {
  MAX_CIDRS,
  MAX_DISTRIBUTIONS,
  MAX_INSTANCE_TYPES,
  MAX_INSTANCE_TYPES_LENGTH,
  MAX_SOURCE_BUCKETS,
  MAX_SOURCE_BUCKETS_LENGTH,
} from "../../lib/parameters.ts";
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

const COMMON = {
  envName: "prod",
  console: "on",
  allowedCidrs: "",
  maxCallsPerDay: 100_000,
  onDemandPercent: "0",
  amiId: "",
  latestAmi: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
  firstByteSeconds: 120,
  distributions: "*",
  sourceBuckets: "",
  monitoring: "on",
  alarmEmail: "",
  monthlyBudget: "0",
  tracing: "off",
  spotPricePerHour: 0,
  lambdaConcurrency: "low",
  warmWritesPerSecond: 4_000,
  stallSeconds: 900,
  instanceTypes: expect.stringMatching(/^c8gn\.medium,/),
  // A text: CloudFormation writes so large a number with an exponent.
  ...Object.fromEntries(Object.entries(CAPS).map(([name, cap]) => [name, cap.default])),
  maxRequestBytes: "10000000000000",
};

const defaultsOf = (template: Template) =>
  Object.fromEntries(Object.entries(parametersOf(template)).map(([name, it]) => [name, it.Default]));

describe("defaults", () => {
  test("of the stack with a VPC of its own", () => {
    expect(defaultsOf(newVpc)).toEqual({ ...COMMON, zones: "3" });
  });

  test("of the stack in an existing VPC, where only the network is required", () => {
    expect(defaultsOf(existingVpc)).toEqual({
      ...COMMON,
      vpc: undefined,
      subnet: undefined,
      sg: undefined,
      key: "",
      vpce: "",
    });
    const types = Object.entries(parametersOf(existingVpc)).map(([name, { Type }]) => [name, Type]);
    expect(Object.fromEntries(types)).toMatchObject({
      vpc: "AWS::EC2::VPC::Id",
      subnet: "List<AWS::EC2::Subnet::Id>",
      sg: "AWS::EC2::SecurityGroup::Id",
      latestAmi: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
    });
  });

  test.each(both)("of $name are accepted", ({ template }) => {
    for (const [name, { Default }] of Object.entries(parametersOf(template))) {
      if (Default !== undefined) expect([name, accepts(name, String(Default))]).toEqual([name, true]);
    }
  });
});

describe.each(both)("the form of $name in the CloudFormation console", ({ template }) => {
  const { ParameterGroups, ParameterLabels } = template.toJSON()["Metadata"]["AWS::CloudFormation::Interface"] as {
    ParameterGroups: { Label: { default: string }; Parameters: string[] }[];
    ParameterLabels: Record<string, { default: string }>;
  };
  const names = Object.keys(parametersOf(template)).sort();

  test("shows every parameter once, in a group with a label", () => {
    expect(ParameterGroups.flatMap((group) => group.Parameters).sort()).toEqual(names);
    expect(ParameterGroups.map(({ Label }) => Label.default)).toEqual([
      ...["Deployment", "Network", "Access to the API", "Instances", "Limits of requests"],
      ...["Monitoring and cost", "Throughput"],
    ]);
  });

  test("has a label and a description of each", () => {
    expect(Object.keys(ParameterLabels).sort()).toEqual(names);
    const labels = Object.values(ParameterLabels).map((label) => label.default);
    expect(new Set(labels).size).toBe(labels.length);
    for (const { Description } of Object.values(parametersOf(template))) expect(Description).toMatch(/\w{3}/);
  });

  test("says what is right where a value is restricted", () => {
    for (const [name, it] of Object.entries(parametersOf(template))) {
      if (it.AllowedPattern !== undefined) expect([name, it.ConstraintDescription]).toEqual([name, expect.any(String)]);
    }
  });
});

const many = (count: number, entry: (i: number) => string) => Array.from({ length: count }, (_, i) => entry(i)).join();
const distributions = (count: number) => many(count, (i) => `E1ABCDEFGH${i}`);
const cidrs = (count: number) => many(count, (i) => `192.0.2.${i}/32`);
const buckets = (count: number) => many(count, (i) => `bucket-${i}`);

/** Values of each parameter: those that are accepted, and those that are rejected. */
const VALUES: Readonly<Record<string, readonly [accepted: readonly string[], rejected: readonly string[]]>> = {
  envName: [
    ["prod", "blue-2", "0"],
    ["", "Prod", "-a", "a_b", "a".repeat(21)],
  ],
  console: [
    ["on", "off"],
    ["", "yes"],
  ],
  zones: [
    ["2", "3"],
    ["1", "4", ""],
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
  maxCallsPerDay: [
    ["1", "100000000"],
    ["0", "-1", "many"],
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
  firstByteSeconds: [
    ["1", "180"],
    ["0", "181"],
  ],
  maxInstances: [
    ["0", "300"],
    ["-1", "301"],
  ],
  maxTimeout: [
    ["1", "10080"],
    ["0", "10081"],
  ],
  maxActiveRequests: [
    ["1", "1000"],
    ["0", "1001"],
  ],
  maxTasks: [
    ["1", "1000000000"],
    ["0", "1000000001"],
  ],
  maxRequestBytes: [
    ["1", "10", "1000000000000000"],
    ["0", "", "1e3", "-1", "01", "1000000000000001"],
  ],
  distributions: [
    ["*", "E1ABCDEFGHIJKL", "EDFDVBD6EXAMPLE", distributions(MAX_DISTRIBUTIONS)],
    [
      "",
      "E*",
      "*,E1ABCDEFGHIJKL",
      "d111111abcdef8.cloudfront.net",
      "E1/../*",
      "E1ABCDEFGHIJKL, EDFDVBD6EXAMPLE",
    ].concat(distributions(MAX_DISTRIBUTIONS + 1)),
  ],
  sourceBuckets: [
    ["", "media", "media.example.com", "media/*", "media/films/*", "media/films/a b*", buckets(MAX_SOURCE_BUCKETS)],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a policy
    ["*", "media*", "me*dia", "media/films", "media/*/x*", "Media", "a/*", "media/${aws:username}/*"].concat(
      buckets(MAX_SOURCE_BUCKETS + 1),
      `media/${"x".repeat(MAX_SOURCE_BUCKETS_LENGTH)}*`,
    ),
  ],
  monitoring: [
    ["on", "off", "full"],
    ["", "yes"],
  ],
  alarmEmail: [
    ["", "ops@example.com"],
    ["ops", "a b@example.com"],
  ],
  monthlyBudget: [
    ["0", "1000000"],
    ["-1", "1000001", "0.0", "00", "1.5"],
  ],
  tracing: [
    ["on", "off"],
    ["", "active"],
  ],
  spotPricePerHour: [
    ["0", "0.0123", "100"],
    ["-1", "101"],
  ],
  lambdaConcurrency: [
    ["low", "high"],
    ["", "medium"],
  ],
  warmWritesPerSecond: [
    ["4000", "40000"],
    ["3999", "40001"],
  ],
  stallSeconds: [
    ["5", "7200"],
    ["4", "7201"],
  ],
};

describe("CloudFormation", () => {
  const restricted = [newVpc, existingVpc].flatMap((template) =>
    Object.entries(parametersOf(template)).flatMap(([name, it]) =>
      (it.AllowedPattern ?? it.AllowedValues ?? it.MinValue) ? [name] : [],
    ),
  );

  test("restricts the values of exactly these parameters", () => {
    expect(Object.keys(VALUES).sort()).toEqual(
      [...new Set([...restricted, "maxInstances", "onDemandPercent", "monthlyBudget", "spotPricePerHour"])].sort(),
    );
  });

  const cases = Object.entries(VALUES);
  const shown = (value: string) => (value.length > 60 ? `${value.slice(0, 57)}…` : value);
  test.each(cases.flatMap(([name, [accepted]]) => accepted.map((value) => [name, shown(value), value] as const)))(
    "accepts %s %j",
    (name, _, value) => expect(accepts(name, value)).toBe(true),
  );
  test.each(cases.flatMap(([name, [, rejected]]) => rejected.map((value) => [name, shown(value), value] as const)))(
    "rejects %s %j",
    (name, _, value) => expect(accepts(name, value)).toBe(false),
  );
});
