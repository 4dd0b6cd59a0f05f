// Each constraint holds for both stacks, with default parameters and with the longest ones, and is shown to fail on a template
// that violates it.
import { describe, expect, test } from "vitest";
import {
  MAX_CIDRS,
  MAX_DISTRIBUTIONS,
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
  ofResources,
  outside,
  textOf,
} from "./aws-constraints.ts";
import { synthesizeStacks } from "./synth.ts";

const many = (count: number, entry: string) => Array.from({ length: count }, () => entry).join();
/** The longest lists, and everything that is off by default. */
const LONGEST = {
  distributions: many(MAX_DISTRIBUTIONS, `E${"A".repeat(14)}`),
  sourceBuckets: many(
    MAX_SOURCE_BUCKETS,
    "bbb/".padEnd(MAX_SOURCE_BUCKETS_LENGTH / MAX_SOURCE_BUCKETS - 2, "p").concat("*"),
  ),
  instanceTypes: many(MAX_INSTANCE_TYPES, "c7gn.".padEnd(MAX_INSTANCE_TYPES_LENGTH / MAX_INSTANCE_TYPES - 1, "x")),
  allowedCidrs: many(MAX_CIDRS, "2001:0db8:0000:0000:0000:0000:0000:0000/128"),
  monitoring: "full",
  tracing: "on",
  lambdaConcurrency: "high",
  monthlyBudget: "100",
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

const mappings = (check: (properties: Json) => string | undefined) => each("AWS::Lambda::EventSourceMapping", check);
const isQueue = ({ StartingPosition }: Json) => StartingPosition === undefined;
const filtersOf = ({ FilterCriteria }: Json): string[] =>
  (FilterCriteria?.Filters ?? []).map(({ Pattern }: Json) => Pattern);
const CHARACTERS = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/;

const IAM_QUOTAS = `${AWS}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const LAMBDA_LIMITS = `${AWS}/lambda/latest/dg/gettingstarted-limits.html`;
const CFN_LIMITS = `${AWS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html`;
const DYNAMODB_LIMITS = `${AWS}/amazondynamodb/latest/developerguide/ServiceQuotas.html`;
const ALARM = `${AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html`;
const QUEUE = `${AWS}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html`;
const MAPPING = `${AWS}/lambda/latest/api/API_CreateEventSourceMapping.html`;
const GATEWAY_LIMITS = `${AWS}/apigateway/latest/developerguide/limits.html`;

const CONSTRAINTS: readonly Constraint[] = [
  {
    holds: "a launch template of a group with instance requirements names its AMI by ID, not by resolve:ssm",
    link: `${AWS}/autoscaling/ec2/userguide/using-systems-manager-parameters.html`,
    violations: (stack) => {
      const byParameter = stack
        .of("AWS::EC2::LaunchTemplate")
        .filter(([, { LaunchTemplateData }]) => /^resolve:ssm:/.test(textOf(LaunchTemplateData.ImageId)));
      const groups = stack
        .of("AWS::AutoScaling::AutoScalingGroup")
        .filter(([, it]) => JSON.stringify(it).includes("InstanceRequirements"));
      return groups.length === 0 ? [] : byParameter.map(([id]) => `${id}: the AMI is a parameter`);
    },
    violate: (template) => {
      first(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.ImageId = "resolve:ssm:/aws/service/x";
    },
  },
  {
    holds: "the inline policies of a role have at most 10,240 characters, without white space",
    link: IAM_QUOTAS,
    violations: (stack) => {
      const sizes = new Map<string, number>();
      for (const [, { Roles, PolicyDocument }] of stack.of("AWS::IAM::Policy")) {
        for (const { Ref } of Roles)
          sizes.set(Ref, (sizes.get(Ref) ?? 0) + jsonOf(PolicyDocument).replaceAll(/\s/g, "").length);
      }
      return [...sizes].filter(([, size]) => size > 10_240).map(([role, size]) => `${role}: ${size} characters`);
    },
    violate: (template) => {
      const { Statement } = first(template, "AWS::IAM::Policy").PolicyDocument;
      Statement.push({
        ...Statement[0],
        Resource: Array.from({ length: 100 }, () => `arn:aws:s3:::${"b".repeat(90)}`),
      });
    },
  },
  {
    holds: "the trust policy of a role has at most 2,048 characters",
    link: IAM_QUOTAS,
    violations: each("AWS::IAM::Role", ({ AssumeRolePolicyDocument: it }) =>
      outside("its size", jsonOf(it).length, 1, 2_048),
    ),
    violate: (template) => {
      first(template, "AWS::IAM::Role").AssumeRolePolicyDocument.Id = "x".repeat(2_048);
    },
  },
  {
    holds: "the description of a role has at most 1,000 characters",
    link: `${AWS}/IAM/latest/APIReference/API_CreateRole.html`,
    ...ofResources("AWS::IAM::Role", ({ Description = "" }) => outside("its length", Description.length, 0, 1_000), {
      Description: "x".repeat(1_001),
    }),
  },
  {
    holds: "the resource policy of an API has at most 8,192 bytes",
    link: GATEWAY_LIMITS,
    ...ofResources("AWS::ApiGateway::RestApi", ({ Policy }) => outside("its size", jsonOf(Policy).length, 1, 8_192), {
      Policy: { Statement: [{ Sid: "x".repeat(8_192) }] },
    }),
  },
  {
    holds: "a private API has the IP address type dualstack",
    link: `${AWS}/apigateway/latest/developerguide/api-gateway-ip-address-type.html`,
    ...ofResources(
      "AWS::ApiGateway::RestApi",
      ({ EndpointConfiguration: { Types, IpAddressType } }) =>
        Types.includes("PRIVATE") && IpAddressType !== "dualstack" ? `it is ${IpAddressType}` : undefined,
      { EndpointConfiguration: { Types: ["PRIVATE"] } },
    ),
  },
  {
    holds: "a function behind an API answers within the API's longest integration timeout, 29 seconds",
    link: GATEWAY_LIMITS,
    violations: (stack) => {
      const text = JSON.stringify(stack.of("AWS::ApiGateway::Method"));
      const behind = stack.of("AWS::Lambda::Function").filter(([id]) => text.includes(`"${id}"`));
      return behind.flatMap(([id, { Timeout }]) => outside(`the timeout of ${id}`, Timeout ?? 3, 1, 29) ?? []);
    },
    violate: (template) => {
      const [[id]] = Object.entries(template.Resources).filter(([id]) =>
        /^PrewarmPipelineApi[0-9A-F]{8}$/.test(id),
      ) as [[string, Json]];
      template.Resources[id].Properties.Timeout = 30;
    },
  },
  {
    holds: "an API compresses from 0 to 10,485,760 bytes on",
    link: `${AWS}/apigateway/latest/api/API_CreateRestApi.html`,
    ...ofResources(
      "AWS::ApiGateway::RestApi",
      ({ MinimumCompressionSize: it }) => outside("MinimumCompressionSize", it, 0, 10_485_760),
      { MinimumCompressionSize: 10_485_761 },
    ),
  },
  {
    holds: "the environment of a function has at most 4 KB",
    link: LAMBDA_LIMITS,
    violations: each("AWS::Lambda::Function", ({ Environment }) =>
      outside("its size", jsonOf(Environment?.Variables ?? {}).length, 0, 4_096),
    ),
    violate: (template) => {
      first(template, "AWS::Lambda::Function").Environment.Variables.X = "x".repeat(4_096);
    },
  },
  {
    holds: "a function runs for at most 900 seconds, with 128 to 10,240 MB",
    link: LAMBDA_LIMITS,
    ...ofResources(
      "AWS::Lambda::Function",
      ({ Timeout, MemorySize }) =>
        outside("Timeout", Timeout, 1, 900) ?? outside("MemorySize", MemorySize, 128, 10_240),
      { Timeout: 901 },
    ),
  },
  {
    holds: "a traced function is created after the policy that lets its role write traces",
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
    violate: (template) => {
      for (const it of Object.values(template.Resources) as Json[])
        if (it.Type === "AWS::Lambda::Function") delete it.DependsOn;
    },
  },
  {
    holds: "with default parameters no concurrency is reserved: an account of ten has none to reserve",
    link: `${AWS}/lambda/latest/dg/configuration-concurrency.html`,
    violations: (stack) =>
      new Deployable(stack.template)
        .of("AWS::Lambda::Function")
        .flatMap(([id, { ReservedConcurrentExecutions: it }]) =>
          it === undefined ? [] : [`${id}: ${it} are reserved`],
        ),
    violate: (template) => {
      first(template, "AWS::Lambda::Function").ReservedConcurrentExecutions = 20;
    },
  },
  {
    holds: "a mapping of a queue runs at least 2 and at most 1,000 batches at once, if it is bounded",
    link: MAPPING,
    ...ofResources(
      "AWS::Lambda::EventSourceMapping",
      (it) => outside("MaximumConcurrency", it.ScalingConfig?.MaximumConcurrency, 2, 1_000),
      { ScalingConfig: { MaximumConcurrency: 1 } },
    ),
  },
  {
    holds: "a mapping of a queue with more than 10 messages a batch waits at least a second for them",
    link: MAPPING,
    violations: mappings((it) =>
      isQueue(it) && (it.BatchSize ?? 10) > 10 && (it.MaximumBatchingWindowInSeconds ?? 0) < 1
        ? `a batch of ${it.BatchSize}`
        : undefined,
    ),
    violate: (template) => {
      const mapping = first(template, "AWS::Lambda::EventSourceMapping");
      delete mapping.StartingPosition;
      delete mapping.MaximumBatchingWindowInSeconds;
      mapping.BatchSize = 11;
    },
  },
  {
    holds: "the messages of a queue that calls a function stay hidden at least as long as the function runs",
    link: `${AWS}/lambda/latest/dg/services-sqs-configure.html`,
    violations: (stack) => {
      const seconds = new Map(stack.of("AWS::SQS::Queue").map(([id, it]) => [id, Number(it.VisibilityTimeout ?? 30)]));
      const functions = new Map(stack.of("AWS::Lambda::Function").map(([id, it]) => [id, Number(it.Timeout ?? 3)]));
      return stack
        .of("AWS::Lambda::EventSourceMapping")
        .filter(([, it]) => isQueue(it))
        .flatMap(([id, { EventSourceArn, FunctionName }]) => {
          const hidden = seconds.get(EventSourceArn["Fn::GetAtt"]?.[0]);
          const runs = functions.get(FunctionName.Ref);
          return hidden !== undefined && runs !== undefined && hidden >= runs
            ? []
            : [`${id}: hidden for ${hidden} s, and it runs for ${runs} s`];
        });
    },
    violate: (template) => {
      const queue = Object.entries(template.Resources).find(([, it]) => (it as Json).Type === "AWS::SQS::Queue") as [
        string,
        Json,
      ];
      queue[1].Properties.VisibilityTimeout = 1;
      const mapping = first(template, "AWS::Lambda::EventSourceMapping");
      delete mapping.StartingPosition;
      mapping.EventSourceArn = { "Fn::GetAtt": [queue[0], "Arn"] };
    },
  },
  {
    holds: "a mapping of a stream reads 1 to 10 batches of a shard at once, of at most 10,000 records",
    link: MAPPING,
    violations: mappings((it) =>
      isQueue(it)
        ? undefined
        : (outside("ParallelizationFactor", it.ParallelizationFactor, 1, 10) ??
          outside("BatchSize", it.BatchSize, 1, 10_000)),
    ),
    violate: (template) => {
      Object.assign(first(template, "AWS::Lambda::EventSourceMapping"), {
        StartingPosition: "LATEST",
        ParallelizationFactor: 11,
      });
    },
  },
  {
    holds: "a mapping of a stream retries at most 10,000 times, records of 1 minute to 7 days",
    link: MAPPING,
    ...ofResources(
      "AWS::Lambda::EventSourceMapping",
      (it) =>
        outside("MaximumRetryAttempts", it.MaximumRetryAttempts, -1, 10_000) ??
        outside(
          "MaximumRecordAgeInSeconds",
          it.MaximumRecordAgeInSeconds === -1 ? undefined : it.MaximumRecordAgeInSeconds,
          60,
          604_800,
        ),
      { MaximumRecordAgeInSeconds: 59 },
    ),
  },
  {
    holds: "a mapping has at most 5 filters, of at most 4,096 characters, whose values are lists",
    link: `${AWS}/lambda/latest/dg/invocation-eventfiltering.html`,
    ...ofResources(
      "AWS::Lambda::EventSourceMapping",
      (it) => {
        const patterns = filtersOf(it);
        const isPattern = (value: Json): boolean =>
          Array.isArray(value) ||
          (typeof value === "object" && value !== null && Object.values(value).every(isPattern));
        return (
          outside("the number of filters", patterns.length, 0, 5) ??
          patterns
            .map(
              (text) =>
                outside("a filter's length", text.length, 2, 4_096) ??
                (isPattern(JSON.parse(text)) ? undefined : `${text} is no pattern`),
            )
            .find((problem) => problem !== undefined)
        );
      },
      {
        FilterCriteria: {
          Filters: [{ Pattern: '{"status":"CREATED"}' }],
        },
      },
    ),
  },
  {
    holds: "an update adds or removes at most one index of a table",
    link: `${AWS}/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html`,
    violations: each("AWS::DynamoDB::Table", ({ GlobalSecondaryIndexes = [] }, id) => {
      const before = RELEASED_INDEXES[id.replace(/[0-9A-F]{8}$/, "")] ?? [];
      const now: string[] = GlobalSecondaryIndexes.map(({ IndexName }: Json) => IndexName);
      const changed = [
        ...now.filter((name) => !before.includes(name)),
        ...before.filter((name) => !now.includes(name)),
      ];
      return changed.length > 1 ? `${changed.join(" and ")} change at once` : undefined;
    }),
    violate: (template) => {
      const indexes = first(template, "AWS::DynamoDB::Table").GlobalSecondaryIndexes;
      indexes.push({ ...indexes[0], IndexName: "second" }, { ...indexes[0], IndexName: "third" });
    },
  },
  {
    holds: "the indexes of a table project at most 100 attributes that are no keys, and are at most 20",
    link: DYNAMODB_LIMITS,
    violations: each("AWS::DynamoDB::Table", ({ GlobalSecondaryIndexes: all = [] }) => {
      const projected = all.flatMap(({ Projection }: Json) => Projection.NonKeyAttributes ?? []).length;
      return (
        outside("the number of indexes", all.length, 0, 20) ??
        outside("the number of projected attributes", projected, 0, 100)
      );
    }),
    violate: (template) => {
      first(template, "AWS::DynamoDB::Table").GlobalSecondaryIndexes[0].Projection.NonKeyAttributes = Array.from(
        { length: 101 },
        (_, i) => `a${i}`,
      );
    },
  },
  {
    holds:
      "a message stays hidden for at most 12 hours, is kept for 1 minute to 14 days and received at most 1,000 times",
    link: QUEUE,
    ...ofResources(
      "AWS::SQS::Queue",
      (it) =>
        outside("VisibilityTimeout", it.VisibilityTimeout, 0, 43_200) ??
        outside("MessageRetentionPeriod", it.MessageRetentionPeriod, 60, 1_209_600) ??
        outside("maxReceiveCount", it.RedrivePolicy?.maxReceiveCount, 1, 1_000),
      { MessageRetentionPeriod: 1_209_601 },
    ),
  },
  {
    holds: "an alarm looks at periods of 10, 20, 30 or a multiple of 60 seconds, and at most a day back",
    link: ALARM,
    ...ofResources(
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
  },
  {
    holds:
      "an alarm goes off at no more data points than it evaluates, and its description has at most 1,024 characters",
    link: ALARM,
    ...ofResources(
      "AWS::CloudWatch::Alarm",
      ({ DatapointsToAlarm, EvaluationPeriods, AlarmDescription = "" }) =>
        outside("DatapointsToAlarm", DatapointsToAlarm, 1, EvaluationPeriods) ??
        outside("its description's length", AlarmDescription.length, 0, 1_024),
      { DatapointsToAlarm: 99 },
    ),
  },
  {
    holds: "a metric filter's pattern has at most 1,024 characters, and its metric one transformation",
    link: `${AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html`,
    violations: (stack) =>
      each(
        "AWS::Logs::MetricFilter",
        ({ FilterPattern, MetricTransformations }) =>
          outside("its length", FilterPattern.length, 0, 1_024) ??
          outside("the number of transformations", MetricTransformations.length, 1, 1),
      )(new Deployable(stack.template)),
    violate: (template) => {
      first(template, "AWS::Logs::MetricFilter").FilterPattern = "x".repeat(1_025);
    },
  },
  {
    holds: "an Auto Scaling group's name has 1 to 255 characters and no colon",
    link: `${AWS}/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html`,
    ...ofResources(
      "AWS::AutoScaling::AutoScalingGroup",
      ({ AutoScalingGroupName: name }) =>
        /^[^:]{1,255}$/.test(textOf(name)) ? undefined : `the name is ${textOf(name)}`,
      { AutoScalingGroupName: "prewarm:prod" },
    ),
  },
  {
    holds:
      "a group with instance requirements chooses On-Demand Instances by the lowest price, and among at most 400 types",
    link: `${AWS}/autoscaling/ec2/APIReference/API_InstancesDistribution.html`,
    violations: each(
      "AWS::AutoScaling::AutoScalingGroup",
      ({ MixedInstancesPolicy: { InstancesDistribution, LaunchTemplate } }) => {
        const [{ InstanceRequirements } = { InstanceRequirements: undefined }] = LaunchTemplate.Overrides;
        if (InstanceRequirements === undefined) return undefined;
        const strategy = InstancesDistribution.OnDemandAllocationStrategy ?? "lowest-price";
        const types: string[] = JSON.parse(jsonOf(InstanceRequirements)).AllowedInstanceTypes;
        return strategy === "lowest-price"
          ? outside("the number of types", types.length, 1, 400)
          : `the strategy is ${strategy}`;
      },
    ),
    violate: (template) => {
      first(
        template,
        "AWS::AutoScaling::AutoScalingGroup",
      ).MixedInstancesPolicy.InstancesDistribution.OnDemandAllocationStrategy = "prioritized";
    },
  },
  {
    holds: "user data has at most 16 KB before it is encoded",
    link: `${AWS}/AWSEC2/latest/UserGuide/user-data.html`,
    violations: each("AWS::EC2::LaunchTemplate", ({ LaunchTemplateData: { UserData } }) =>
      outside("its size", Buffer.byteLength(textOf(UserData)), 0, 16_384),
    ),
    violate: (template) => {
      first(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.UserData = { "Fn::Base64": "#".repeat(16_385) };
    },
  },
  {
    holds: "the description of a security group has at most 255 characters of those that EC2 allows",
    link: `${AWS}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html`,
    violations: each("AWS::EC2::SecurityGroup", ({ GroupDescription: text }) =>
      text.length <= 255 && CHARACTERS.test(text) ? undefined : `the description is '${text}'`,
    ),
    violate: (template) => {
      template.Resources.Broken = {
        Type: "AWS::EC2::SecurityGroup",
        Properties: { GroupDescription: "agents' group" },
      };
    },
  },
  {
    holds: "a rule's cron expression has six fields, of which one of the days is ?",
    link: `${AWS}/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html`,
    ...ofResources(
      "AWS::Events::Rule",
      ({ ScheduleExpression = "" }) => {
        const fields = /^cron\((.*)\)$/.exec(ScheduleExpression)?.[1]?.split(" ") ?? [];
        return fields.length === 6 && (fields[2] === "?") !== (fields[4] === "?")
          ? undefined
          : `the schedule is ${ScheduleExpression}`;
      },
      { ScheduleExpression: "cron(2/5 * * * *)" },
    ),
  },
  {
    holds: "a log group keeps events for one of the periods that CloudWatch Logs knows",
    link: `${AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html`,
    ...ofResources(
      "AWS::Logs::LogGroup",
      ({ RetentionInDays: days }) =>
        [undefined, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827].includes(days)
          ? undefined
          : `${days} days`,
      { RetentionInDays: 31 },
    ),
  },
  {
    holds: "a budget has at most 5 notifications with at most 10 addresses each",
    link: `${AWS}/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html`,
    violations: each(
      "AWS::Budgets::Budget",
      ({ NotificationsWithSubscribers: all }) =>
        outside("the number of notifications", all.length, 0, 5) ??
        all.map(({ Subscribers }: Json) => outside("the number of addresses", Subscribers.length, 1, 10)).find(Boolean),
    ),
    violate: (template) => {
      const budget = first(template, "AWS::Budgets::Budget");
      budget.NotificationsWithSubscribers = Array.from({ length: 6 }, () => budget.NotificationsWithSubscribers[0]);
      delete (Object.values(template.Resources).find((it) => (it as Json).Type === "AWS::Budgets::Budget") as Json)
        .Condition;
    },
  },
  {
    holds: "a template has at most 200 parameters and 200 outputs, whose names are letters and digits",
    link: CFN_LIMITS,
    violations: ({ template: { Parameters = {}, Outputs = {} } }) => [
      ...[outside("the number of parameters", Object.keys(Parameters).length, 0, 200) ?? []].flat(),
      ...[outside("the number of outputs", Object.keys(Outputs).length, 0, 200) ?? []].flat(),
      ...Object.keys({ ...Parameters, ...Outputs }).filter((name) => !/^[a-zA-Z0-9]{1,255}$/.test(name)),
    ],
    violate: (template) => {
      template.Outputs["prewarm-api"] = { Value: "x" };
    },
  },
  {
    holds: "a parameter's value has at most 4,096 bytes, its description 4,000, an output's description 1,024",
    link: CFN_LIMITS,
    violations: ({ template: { Parameters = {}, Outputs = {} } }) =>
      [
        ...Object.entries(Parameters as Json).flatMap(([name, it]: [string, Json]) => [
          outside(`the default of ${name}`, Buffer.byteLength(String(it.Default ?? "")), 0, 4_096) ?? [],
          outside(`the description of ${name}`, Buffer.byteLength(it.Description ?? ""), 0, 4_000) ?? [],
        ]),
        ...Object.entries(Outputs as Json).map(
          ([name, it]: [string, Json]) =>
            outside(`the description of ${name}`, Buffer.byteLength(it.Description ?? ""), 0, 1_024) ?? [],
        ),
      ].flat(),
    violate: (template) => {
      template.Outputs.prewarmapiEndpoint.Description = "x".repeat(1_025);
    },
  },
  {
    holds: "a template has at most 500 resources, and 1 MB",
    link: CFN_LIMITS,
    violations: ({ template }) => [
      ...[outside("the number of resources", Object.keys(template.Resources).length, 1, 500) ?? []].flat(),
      ...[outside("the size", Buffer.byteLength(JSON.stringify(template)), 1, 1_000_000) ?? []].flat(),
    ],
    violate: (template) => {
      template.Metadata.Padding = "x".repeat(1_000_000);
    },
  },
];

describe.each(synthesizeStacks())("$name: AWS accepts it, because", ({ template }) => {
  const json = template.toJSON();
  test.each(CONSTRAINTS)("$holds", ({ violations, violate }) => {
    expect(violations(new Deployable(json))).toEqual([]);
    expect(violations(new Deployable(json, LONGEST))).toEqual([]);
    const broken = structuredClone(json);
    violate(broken);
    expect([...violations(new Deployable(broken)), ...violations(new Deployable(broken, LONGEST))]).not.toEqual([]);
  });
});
