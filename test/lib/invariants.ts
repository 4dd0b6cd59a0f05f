import type { Template } from "aws-cdk-lib/assertions";
import { API_RATES } from "../../domain/api/rates.ts";
import { MAX_RECEIVES } from "../../domain/limits.ts";
import { KEEP_DAYS } from "../../domain/timestamps.ts";
import { idOf, type Resource, resourcesOf, theOnly } from "./synth.ts";

/** Tests of what holds in every stack, whatever is added to it. */
export function testInvariants(template: Template): void {
  /** Checks each resource of a type, of which there must be some. */
  const every = (type: string, check: (properties: Resource["Properties"], id: string) => void) => {
    const all = resourcesOf(template, type);
    expect(all).not.toEqual([]);
    for (const [id, { Properties }] of all) check(Properties, id);
  };
  const idsOf = (type: string) => resourcesOf(template, type).map(([id]) => id);

  test("every function is Graviton on Node 24, has the memory it needs, and keeps its logs for a while", () => {
    const logGroups = idsOf("AWS::Logs::LogGroup");
    every("AWS::Lambda::Function", ({ Architectures, Runtime, LoggingConfig, MemorySize }, id) => {
      expect([Architectures, Runtime]).toEqual([["arm64"], "nodejs24.x"]);
      expect(MemorySize).toBeGreaterThanOrEqual(id.includes("Page") ? 256 : 512);
      expect(logGroups).toContain(LoggingConfig.LogGroup.Ref);
    });
    every("AWS::Logs::LogGroup", ({ RetentionInDays }) => expect(RetentionInDays).toBe(30));
    // And the log group of the agents.
    expect(new Set(logGroups).size).toBe(idsOf("AWS::Lambda::Function").length + 1);
  });

  test("every queue has a dead-letter queue or is one, is encrypted, and takes no plain HTTP", () => {
    const text = JSON.stringify(template.toJSON());
    every("AWS::SQS::Queue", ({ RedrivePolicy, SqsManagedSseEnabled }, id) => {
      const arn = `{"Fn::GetAtt":["${id}","Arn"]}`;
      const takesTheDead = [`"deadLetterTargetArn":${arn}`, `"OnFailure":{"Destination":${arn}`].some((use) =>
        text.includes(use),
      );
      expect([id, RedrivePolicy !== undefined || takesTheDead]).toEqual([id, true]);
      expect(SqsManagedSseEnabled).toBe(true);
      expect(text).toMatch(
        new RegExp(
          `"aws:SecureTransport":"false"}},"Effect":"Deny","Principal":{"AWS":"\\*"},"Resource":${arn.replaceAll(/[[\]{}]/g, "\\$&")}`,
        ),
      );
    });
  });

  test("a task message is received a few times, and then kept for two weeks, hidden for as long as Watch works on it", () => {
    const watch = resourcesOf(template, "AWS::Lambda::Function").find(([id]) => id.includes("Watch"));
    const timeout: number = watch?.[1].Properties.Timeout;
    // Watch runs every minute.
    expect(timeout).toBeLessThanOrEqual(60);
    for (const [id, { Properties: queue }] of resourcesOf(template, "AWS::SQS::Queue")) {
      if (/TaskQueue(Tasks|Express)/.test(id)) expect(queue.RedrivePolicy.maxReceiveCount).toBe(MAX_RECEIVES);
      else expect([id, queue.MessageRetentionPeriod]).toEqual([id, 14 * 86_400]);
      if (id.includes("DeadLetters")) expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(timeout);
    }
  });

  test("the bucket is private, encrypted and closed to plain HTTP, and forgets what is old", () => {
    const bucket = theOnly(template, "AWS::S3::Bucket");
    const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
      bucket.PublicAccessBlockConfiguration;
    expect([BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets]).toEqual(Array(4).fill(true));
    expect(JSON.stringify(bucket.BucketEncryption)).toContain('"SSEAlgorithm":"AES256"');
    expect(JSON.stringify(theOnly(template, "AWS::S3::BucketPolicy"))).toContain('"aws:SecureTransport":"false"');
    const [rule] = bucket.LifecycleConfiguration.Rules;
    const AbortIncompleteMultipartUpload = { DaysAfterInitiation: 1 };
    expect(rule).toEqual({ AbortIncompleteMultipartUpload, ExpirationInDays: KEEP_DAYS, Status: "Enabled" });
  });

  test("everything is deleted with the stack, and what writes to the bucket before the bucket is emptied", () => {
    const resources: Record<string, { DeletionPolicy?: string; DependsOn?: string[] }> = template.toJSON()["Resources"];
    for (const [id, { DeletionPolicy = "Delete" }] of Object.entries(resources))
      expect([id, DeletionPolicy]).toEqual([id, "Delete"]);
    const roles = resourcesOf(template, "AWS::IAM::Policy")
      .filter(([, it]) => JSON.stringify(it).includes("s3:PutObject"))
      .flatMap(([, { Properties }]) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref));
    const writers = resourcesOf(template, "AWS::Lambda::Function").filter(([, { Properties }]) =>
      roles.includes(Properties.Role["Fn::GetAtt"][0]),
    );
    expect(writers.length).toBeGreaterThanOrEqual(4);
    for (const [id] of writers) expect(resources[id]?.DependsOn).toContain(idOf(template, "Custom::EmptiedBucket"));
  });

  test("a service acts in a role, or publishes to the topic, for this account alone", () => {
    const ofAccount = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };
    every("AWS::IAM::Role", ({ AssumeRolePolicyDocument: { Statement } }) => {
      expect(Statement).toHaveLength(1);
      expect(Statement[0]).toMatchObject({ Action: "sts:AssumeRole", Principal: { Service: expect.anything() } });
      if (JSON.stringify(Statement).includes("scheduler")) expect(Statement[0].Condition).toEqual(ofAccount);
    });
    const { Statement } = theOnly(template, "AWS::SNS::TopicPolicy").PolicyDocument;
    expect(Statement).toMatchObject([
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" }, Condition: ofAccount },
    ]);
  });

  test("nobody can connect: no ingress rule, and no public function", () => {
    template.resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
    for (const [, { Properties }] of resourcesOf(template, "AWS::EC2::SecurityGroup")) {
      expect(Properties.SecurityGroupIngress ?? []).toEqual([]);
    }
    template.resourceCountIs("AWS::Lambda::Url", 0);
    every("AWS::Lambda::Permission", ({ Principal, SourceArn }) => {
      expect(["apigateway.amazonaws.com", "events.amazonaws.com"]).toContain(Principal);
      expect(SourceArn).toBeDefined();
    });
  });

  test("an instance's metadata needs a token and stays on it, and its disk is encrypted", () => {
    const { MetadataOptions, BlockDeviceMappings } = theOnly(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData;
    expect(MetadataOptions).toMatchObject({ HttpTokens: "required", HttpPutResponseHopLimit: 1 });
    expect(BlockDeviceMappings).toMatchObject([{ Ebs: { Encrypted: true } }]);
  });

  test("the group takes Spot Instances of all allowed types, and keeps an instance until it is interrupted", () => {
    const { CapacityRebalance, MixedInstancesPolicy } = theOnly(template, "AWS::AutoScaling::AutoScalingGroup");
    expect(CapacityRebalance).toBe(false);
    const { InstancesDistribution, LaunchTemplate } = MixedInstancesPolicy;
    expect(InstancesDistribution).toEqual({
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: { Ref: "onDemandPercent" },
      OnDemandAllocationStrategy: "lowest-price",
      SpotAllocationStrategy: "price-capacity-optimized",
    });
    const unprotected = 999_999;
    expect(LaunchTemplate.Overrides[0].InstanceRequirements).toMatchObject({
      BurstablePerformance: "included",
      CpuManufacturers: ["amazon-web-services"],
      SpotMaxPricePercentageOverLowestPrice: unprotected,
      OnDemandMaxPricePercentageOverLowestPrice: unprotected,
    });
  });

  test("the API bounds calls in all, of each key, and of what occupies a function for long", () => {
    const bounds = (rate: number, burst: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
    const { MethodSettings } = theOnly(template, "AWS::ApiGateway::Stage");
    const { key, ...routes } = API_RATES;
    expect(MethodSettings[0]).toMatchObject({ HttpMethod: "*", ResourcePath: "/*", ...bounds(50, 100) });
    for (const [route, { rate, burst }] of Object.entries(routes)) {
      const [HttpMethod, path = ""] = route.split(" ");
      const ResourcePath = `/~1${path.slice(1)}`;
      expect(MethodSettings).toContainEqual(
        expect.objectContaining({ HttpMethod, ResourcePath, ...bounds(rate, burst) }),
      );
    }
    expect(theOnly(template, "AWS::ApiGateway::UsagePlan")).toMatchObject({
      Throttle: { RateLimit: key.rate, BurstLimit: key.burst },
      Quota: { Limit: { Ref: "maxCallsPerDay" }, Period: "DAY" },
    });
  });

  test("a rule invokes Watch", () => {
    const watch = idOf(template, "AWS::Lambda::Function", "MonitoringWatch");
    expect(theOnly(template, "AWS::Events::Rule").Targets).toMatchObject([{ Arn: { "Fn::GetAtt": [watch, "Arn"] } }]);
  });

  test("no stream has more than two readers, as AWS throttles a third, and its records are kept for half a day", () => {
    const readers = new Map<string, number>();
    every("AWS::Lambda::EventSourceMapping", ({ EventSourceArn, MaximumRecordAgeInSeconds }) => {
      expect(MaximumRecordAgeInSeconds).toBe(43_200);
      const source = JSON.stringify(EventSourceArn);
      readers.set(source, (readers.get(source) ?? 0) + 1);
    });
    for (const [source, count] of readers) expect([source, count <= 2]).toEqual([source, true]);
  });

  test("every table has a stream that somebody reads or none, a time to live and a price by use", () => {
    const text = JSON.stringify(resourcesOf(template, "AWS::Lambda::EventSourceMapping"));
    every("AWS::DynamoDB::Table", ({ StreamSpecification, TimeToLiveSpecification, BillingMode }, id) => {
      expect([id, text.includes(`"${id}","StreamArn"`)]).toEqual([id, StreamSpecification !== undefined]);
      expect(TimeToLiveSpecification).toEqual({ AttributeName: "expire_at", Enabled: true });
      expect(BillingMode).toBe("PAY_PER_REQUEST");
    });
  });

  test("there is nothing that only CDK needs: every function and custom resource is ours, and no SSM parameter", () => {
    const all = Object.values(template.toJSON()["Resources"] as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    const odd = all.filter((type) => /^(Custom::|AWS::CloudFormation::|AWS::SSM::|AWS::CDK::)/.test(type));
    for (const type of odd) expect(["Custom::EmptiedBucket", "Custom::ApiDeployment"]).toContain(type);
  });

  test("no role may do everything; only calls that cannot be limited to a resource are allowed on all", () => {
    const WITHOUT_RESOURCE =
      /^(autoscaling:DescribeAutoScalingGroups|dynamodb:ListStreams|cloudfront:List(Distributions|ContinuousDeploymentPolicies)|ssm(messages)?:\w+|xray:Put\w+)$/;
    every("AWS::IAM::Policy", ({ PolicyDocument }) => {
      for (const { Action, Effect, Resource } of PolicyDocument.Statement) {
        const actions = [Action].flat();
        // That of lib/tracing.ts denies where tracing is off.
        expect(["Allow", JSON.stringify({ "Fn::If": ["PrewarmTracingIsOn3429F0EF", "Allow", "Deny"] })]).toContain(
          typeof Effect === "string" ? Effect : JSON.stringify(Effect),
        );
        expect(actions.filter((action) => /^(\*|\w+:\*)$/.test(action))).toEqual([]);
        if ([Resource].flat().includes("*")) for (const action of actions) expect(action).toMatch(WITHOUT_RESOURCE);
      }
    });
  });
}
