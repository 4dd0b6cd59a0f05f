// Each constraint holds for both stacks, with default parameters and with the longest ones, and is shown to fail on a template
// that violates it.
import {
  MAX_CIDRS,
  MAX_DISTRIBUTIONS,
  MAX_DISTRIBUTIONS_LENGTH,
  MAX_INSTANCE_TYPES,
  MAX_INSTANCE_TYPES_LENGTH,
  MAX_SOURCE_BUCKETS,
  MAX_SOURCE_BUCKETS_LENGTH,
} from "../../lib/parameters.ts";
import {
  AWS,
  type Constraint,
  Deployable,
  each,
  first,
  type Json,
  jsonOf,
  limits,
  ofResources,
  outside,
  textOf,
} from "./aws-constraints.ts";
import { synthesizeStacks } from "./synth.ts";

const many = (count: number, entry: string) => Array.from({ length: count }, () => entry).join();
/** The longest lists, and everything that is off by default. */
const LONGEST = {
  distributions: many(MAX_DISTRIBUTIONS, "E".padEnd(Math.floor(MAX_DISTRIBUTIONS_LENGTH / MAX_DISTRIBUTIONS) - 1, "A")),
  sourceBuckets: many(
    MAX_SOURCE_BUCKETS,
    "bbb/".padEnd(MAX_SOURCE_BUCKETS_LENGTH / MAX_SOURCE_BUCKETS - 2, "p").concat("*"),
  ),
  instanceTypes: many(MAX_INSTANCE_TYPES, "c7gn.".padEnd(MAX_INSTANCE_TYPES_LENGTH / MAX_INSTANCE_TYPES - 1, "x")),
  allowedCidrs: many(MAX_CIDRS, "2001:0db8:0000:0000:0000:0000:0000:0000/128"),
  monitoring: "full",
  tracing: "on",
  lambdaConcurrency: "high",
  alarmEmail: "ops@example.com",
  key: "my-key",
  vpce: "vpce-0123456789abcdef0",
  onDemandPercent: "100",
  amiId: "ami-0123456789abcdef0",
};

/** Indexes of the tables in the newest release. At most one of a table may be added or removed in one update. */
const RELEASED_INDEXES: Readonly<Record<string, readonly string[]>> = {
  PrewarmStorageRequest: ["active", "closing", "newest"],
};

const CHARACTERS = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/;

const IAM_QUOTAS = `${AWS}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const LAMBDA_LIMITS = `${AWS}/lambda/latest/dg/gettingstarted-limits.html`;
const CFN_LIMITS = `${AWS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html`;
const ALARM = `${AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`;
const GATEWAY_LIMITS = `${AWS}/apigateway/latest/developerguide/limits.html`;
const GROUP = "AWS::AutoScaling::AutoScalingGroup";

/** By what holds for every template that AWS accepts. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  "a launch template of a group with instance requirements names its AMI by ID, not by resolve:ssm": {
    link: `${AWS}/autoscaling/ec2/userguide/using-systems-manager-parameters.html`,
    violations: (stack) =>
      JSON.stringify(stack.of(GROUP)).includes("InstanceRequirements")
        ? each("AWS::EC2::LaunchTemplate", ({ LaunchTemplateData }) =>
            /^resolve:ssm:/.test(textOf(LaunchTemplateData.ImageId)) ? "the AMI is a parameter" : undefined,
          )(stack)
        : [],
    violate: [
      (template) => {
        first(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.ImageId = "resolve:ssm:/aws/service/x";
      },
    ],
  },
  "the inline policies of a role have at most 10,240 characters, without white space": {
    link: IAM_QUOTAS,
    violations: (stack) => {
      const sizes = new Map<string, number>();
      for (const [, { Roles, PolicyDocument }] of stack.of("AWS::IAM::Policy")) {
        for (const { Ref } of Roles)
          sizes.set(Ref, (sizes.get(Ref) ?? 0) + jsonOf(PolicyDocument).replaceAll(/\s/g, "").length);
      }
      return [...sizes].filter(([, size]) => size > 10_240).map(([role, size]) => `${role}: ${size} characters`);
    },
    violate: [
      (template) => {
        const { Statement } = first(template, "AWS::IAM::Policy").PolicyDocument;
        Statement.push({ ...Statement[0], Resource: "x".repeat(10_000) });
      },
    ],
  },
  "the trust policy of a role has at most 2,048 characters": limits(IAM_QUOTAS, "AWS::IAM::Role", {
    "AssumeRolePolicyDocument.json": [1, 2_048],
  }),
  "the description of a role has at most 1,000 characters": limits(
    `${AWS}/IAM/latest/APIReference/API_CreateRole.html`,
    "AWS::IAM::Role",
    { "Description.length": [0, 1_000] },
  ),
  "the resource policy of an API has at most 8,192 bytes": limits(GATEWAY_LIMITS, "AWS::ApiGateway::RestApi", {
    "Policy.json": [1, 8_192],
  }),
  "a private API has the IP address type dualstack": ofResources(
    `${AWS}/apigateway/latest/developerguide/api-gateway-ip-address-type.html`,
    "AWS::ApiGateway::RestApi",
    ({ EndpointConfiguration: { Types, IpAddressType } }) =>
      Types.includes("PRIVATE") && IpAddressType !== "dualstack" ? `it is ${IpAddressType}` : undefined,
    { EndpointConfiguration: { Types: ["PRIVATE"] } },
  ),
  "a function behind an API answers within the API's longest integration timeout, 29 seconds": {
    link: GATEWAY_LIMITS,
    violations: (stack) => {
      const text = JSON.stringify(stack.of("AWS::ApiGateway::Method"));
      return each("AWS::Lambda::Function", ({ Timeout }, id) =>
        text.includes(`"${id}"`) ? outside("Timeout", Timeout ?? 3, 1, 29) : undefined,
      )(stack);
    },
    violate: [
      ({ Resources }) => {
        const api = Object.keys(Resources).find((id) => /^PrewarmPipelineApi[0-9A-F]{8}$/.test(id)) ?? "";
        Resources[api].Properties.Timeout = 30;
      },
    ],
  },
  "an API compresses from 0 to 10,485,760 bytes on": limits(
    `${AWS}/apigateway/latest/api/API_CreateRestApi.html`,
    "AWS::ApiGateway::RestApi",
    { MinimumCompressionSize: [0, 10_485_760] },
  ),
  "the environment of a function has at most 4 KB": limits(LAMBDA_LIMITS, "AWS::Lambda::Function", {
    "Environment.Variables.json": [0, 4_096],
  }),
  "a function runs for at most 900 seconds, with 128 to 10,240 MB": limits(LAMBDA_LIMITS, "AWS::Lambda::Function", {
    Timeout: [1, 900],
    MemorySize: [128, 10_240],
  }),
  "a traced function is created after the policy that lets its role write traces": {
    link: `${AWS}/lambda/latest/dg/services-xray.html`,
    violations: (stack) => {
      const writing = stack.all().filter(([, it]) => JSON.stringify(it).includes("xray:PutTraceSegments"));
      return stack.all().flatMap(([id, { Type, Properties, DependsOn }]) => {
        const { TracingConfig, Role } = Properties as Json;
        if (Type !== "AWS::Lambda::Function" || TracingConfig?.Mode !== "Active") return [];
        const ofRole = writing.find(([, it]) =>
          JSON.stringify(it.Properties["Roles"]).includes(`"${Role["Fn::GetAtt"][0]}"`),
        );
        return [DependsOn ?? []].flat().includes(ofRole?.[0] ?? "none")
          ? []
          : [`${id}: it does not depend on such a policy`];
      });
    },
    violate: [
      (template) => {
        for (const it of Object.values(template.Resources) as Json[])
          if (it.Type === "AWS::Lambda::Function") delete it.DependsOn;
      },
    ],
  },
  "with default parameters no concurrency is reserved: an account of ten has none to reserve": {
    link: `${AWS}/lambda/latest/dg/configuration-concurrency.html`,
    violations: ({ template }) =>
      each("AWS::Lambda::Function", ({ ReservedConcurrentExecutions: it }) =>
        it === undefined ? undefined : `${it} are reserved`,
      )(new Deployable(template)),
    violate: [
      (template) => {
        first(template, "AWS::Lambda::Function").ReservedConcurrentExecutions = 20;
      },
    ],
  },
  "a mapping of a stream reads 1 to 10 batches of a shard at once, of at most 10,000 records, and retries those of 1 minute to 7 days":
    limits(`${AWS}/lambda/latest/api/API_CreateEventSourceMapping.html`, "AWS::Lambda::EventSourceMapping", {
      ParallelizationFactor: [1, 10],
      BatchSize: [1, 10_000],
      MaximumRetryAttempts: [-1, 10_000],
      MaximumRecordAgeInSeconds: [60, 604_800],
    }),
  "a mapping has at most 5 filters, of at most 4,096 characters, whose values are lists": ofResources(
    `${AWS}/lambda/latest/dg/invocation-eventfiltering.html`,
    "AWS::Lambda::EventSourceMapping",
    ({ FilterCriteria }) => {
      const patterns: string[] = (FilterCriteria?.Filters ?? []).map(({ Pattern }: Json) => Pattern);
      const isPattern = (value: Json): boolean =>
        Array.isArray(value) || (typeof value === "object" && value !== null && Object.values(value).every(isPattern));
      return (
        outside("the number of filters", patterns.length, 0, 5) ??
        patterns.find((text) => text.length > 4_096 || !isPattern(JSON.parse(text)))
      );
    },
    { FilterCriteria: { Filters: [{ Pattern: '{"status":"CREATED"}' }] } },
  ),
  "an update adds or removes at most one index of a table": {
    link: `${AWS}/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html`,
    violations: each("AWS::DynamoDB::Table", ({ GlobalSecondaryIndexes = [] }, id) => {
      const before = RELEASED_INDEXES[id.replace(/[0-9A-F]{8}$/, "")] ?? [];
      const now: string[] = GlobalSecondaryIndexes.map(({ IndexName }: Json) => IndexName);
      const changed = [...new Set([...now, ...before])].filter((name) => now.includes(name) !== before.includes(name));
      return changed.length > 1 ? `${changed.join(" and ")} change at once` : undefined;
    }),
    violate: [
      (template) => {
        const indexes = first(template, "AWS::DynamoDB::Table").GlobalSecondaryIndexes;
        indexes.push({ ...indexes[0], IndexName: "second" }, { ...indexes[0], IndexName: "third" });
      },
    ],
  },
  "the indexes of a table project at most 100 attributes that are no keys, and are at most 20": ofResources(
    `${AWS}/amazondynamodb/latest/developerguide/ServiceQuotas.html`,
    "AWS::DynamoDB::Table",
    ({ GlobalSecondaryIndexes: all = [] }) => {
      const projected = all.flatMap(({ Projection }: Json) => Projection.NonKeyAttributes ?? []).length;
      return (
        outside("the number of indexes", all.length, 0, 20) ??
        outside("the number of projected attributes", projected, 0, 100)
      );
    },
    { GlobalSecondaryIndexes: [{ Projection: { NonKeyAttributes: Array(101).fill("a") } }] },
  ),
  "a message stays hidden for at most 12 hours, is kept for 1 minute to 14 days and received at most 1,000 times":
    limits(`${AWS}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html`, "AWS::SQS::Queue", {
      VisibilityTimeout: [0, 43_200],
      MessageRetentionPeriod: [60, 1_209_600],
      "RedrivePolicy.maxReceiveCount": [1, 1_000],
    }),
  "an alarm looks at periods of 10, 20, 30 or a multiple of 60 seconds, and at most a day back": ofResources(
    ALARM,
    "AWS::CloudWatch::Alarm",
    ({ Period, EvaluationPeriods }) => {
      if (Period === undefined) return undefined;
      if (![10, 20, 30].includes(Period) && Period % 60 !== 0) return `a period of ${Period} s`;
      return outside(
        "what it looks at, in seconds,",
        Period * EvaluationPeriods,
        10,
        Period < 3_600 ? 86_400 : 604_800,
      );
    },
    { Period: 90 },
  ),
  "an alarm goes off at no more data points than it evaluates": ofResources(
    ALARM,
    "AWS::CloudWatch::Alarm",
    ({ DatapointsToAlarm, EvaluationPeriods }) => outside("DatapointsToAlarm", DatapointsToAlarm, 1, EvaluationPeriods),
    { DatapointsToAlarm: 99 },
  ),
  "an alarm's description has at most 1,024 characters": limits(ALARM, "AWS::CloudWatch::Alarm", {
    "AlarmDescription.length": [0, 1_024],
  }),
  "a metric filter's pattern has at most 1,024 characters, and its metric one transformation": limits(
    `${AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html`,
    "AWS::Logs::MetricFilter",
    { "FilterPattern.length": [0, 1_024], "MetricTransformations.length": [1, 1] },
  ),
  "an Auto Scaling group's name has 1 to 255 characters and no colon": ofResources(
    `${AWS}/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html`,
    GROUP,
    ({ AutoScalingGroupName: name }) =>
      /^[^:]{1,255}$/.test(textOf(name)) ? undefined : `the name is ${textOf(name)}`,
    { AutoScalingGroupName: "prewarm:prod" },
  ),
  "a group with instance requirements chooses On-Demand Instances by the lowest price, and among at most 400 types": {
    link: `${AWS}/autoscaling/ec2/APIReference/API_InstancesDistribution.html`,
    violations: each(GROUP, ({ MixedInstancesPolicy: { InstancesDistribution, LaunchTemplate } }) => {
      const [{ InstanceRequirements } = { InstanceRequirements: undefined }] = LaunchTemplate.Overrides;
      if (InstanceRequirements === undefined) return undefined;
      const strategy = InstancesDistribution.OnDemandAllocationStrategy ?? "lowest-price";
      const types: string[] = JSON.parse(jsonOf(InstanceRequirements)).AllowedInstanceTypes;
      return strategy === "lowest-price"
        ? outside("the number of types", types.length, 1, 400)
        : `the strategy is ${strategy}`;
    }),
    violate: [
      (template) => {
        const { InstancesDistribution } = first(template, GROUP).MixedInstancesPolicy;
        InstancesDistribution.OnDemandAllocationStrategy = "prioritized";
      },
    ],
  },
  "user data has at most 16 KB before it is encoded": ofResources(
    `${AWS}/AWSEC2/latest/UserGuide/user-data.html`,
    "AWS::EC2::LaunchTemplate",
    ({ LaunchTemplateData: { UserData } }) => outside("its size", Buffer.byteLength(textOf(UserData)), 0, 16_384),
    { LaunchTemplateData: { UserData: "#".repeat(16_385) } },
  ),
  "the description of a security group has at most 255 characters of those that EC2 allows": {
    link: `${AWS}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html`,
    violations: each("AWS::EC2::SecurityGroup", ({ GroupDescription: text }) =>
      text.length <= 255 && CHARACTERS.test(text) ? undefined : `the description is '${text}'`,
    ),
    violate: [
      ({ Resources }) => {
        Resources.Broken = { Type: "AWS::EC2::SecurityGroup", Properties: { GroupDescription: "agents' group" } };
      },
    ],
  },
  "a rule's rate has a unit in the singular for 1, and else in the plural": ofResources(
    `${AWS}/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html`,
    "AWS::Events::Rule",
    ({ ScheduleExpression = "" }) =>
      /^rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)$/.test(ScheduleExpression)
        ? undefined
        : `the schedule is ${ScheduleExpression}`,
    { ScheduleExpression: "rate(1 minutes)" },
  ),
  "a log group keeps events for one of the periods that CloudWatch Logs knows": ofResources(
    `${AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html`,
    "AWS::Logs::LogGroup",
    ({ RetentionInDays: days }) =>
      [undefined, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827].includes(days)
        ? undefined
        : `${days} days`,
    { RetentionInDays: 31 },
  ),
  "a template has at most 200 parameters and 200 outputs, whose names are letters and digits": {
    link: CFN_LIMITS,
    violations: ({ template: { Parameters = {}, Outputs = {} } }) => [
      ...[Parameters, Outputs].flatMap((it) => outside("the number", Object.keys(it).length, 0, 200) ?? []),
      ...Object.keys({ ...Parameters, ...Outputs }).filter((name) => !/^[a-zA-Z0-9]{1,255}$/.test(name)),
    ],
    violate: [
      (template) => {
        template.Outputs["prewarm-api"] = { Value: "x" };
      },
    ],
  },
  "a parameter's value has at most 4,096 bytes, its description 4,000, an output's description 1,024": {
    link: CFN_LIMITS,
    violations: ({ template: { Parameters = {}, Outputs = {} } }) => {
      const check = (name: string, text: unknown, max: number) =>
        outside(name, Buffer.byteLength(String(text ?? "")), 0, max) ?? [];
      return [
        ...Object.entries<Json>(Parameters).flatMap(([name, { Default, Description }]) => [
          check(`the default of ${name}`, Default, 4_096),
          check(`the description of ${name}`, Description, 4_000),
        ]),
        ...Object.entries<Json>(Outputs).map(([name, { Description }]) =>
          check(`the description of ${name}`, Description, 1_024),
        ),
      ].flat();
    },
    violate: [
      (template) => {
        template.Outputs.prewarmapiEndpoint.Description = "x".repeat(1_025);
      },
    ],
  },
  "a template has at most 500 resources, and 1 MB": {
    link: CFN_LIMITS,
    violations: ({ template }) =>
      [
        outside("the number of resources", Object.keys(template.Resources).length, 1, 500) ?? [],
        outside("the size", Buffer.byteLength(JSON.stringify(template)), 1, 1_000_000) ?? [],
      ].flat(),
    violate: [
      (template) => {
        template.Metadata.Padding = "x".repeat(1_000_000);
      },
    ],
  },
};

describe.each(synthesizeStacks())("$name: AWS accepts it, because", ({ template }) => {
  const json = template.toJSON();
  test.each(Object.entries(CONSTRAINTS))("%s", (_, { violations, violate }) => {
    const found = (it: Json) => [...violations(new Deployable(it)), ...violations(new Deployable(it, LONGEST))];
    expect(found(json)).toEqual([]);
    for (const change of violate) {
      const broken = structuredClone(json);
      change(broken);
      expect(found(broken)).not.toEqual([]);
    }
  });
});
