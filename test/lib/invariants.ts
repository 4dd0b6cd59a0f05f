import type { Template } from "aws-cdk-lib/assertions";
import { type Resource, resourcesOf } from "./synth.ts";

/** Tests of what holds in every stack, whatever is added to it. */
export function testInvariants(template: Template): void {
  /** Checks each resource of a type, of which there must be some. */
  const every = (type: string, check: (properties: Resource["Properties"], id: string) => void) => {
    const all = resourcesOf(template, type);
    expect(all).not.toEqual([]);
    for (const [id, { Properties }] of all) check(Properties, id);
  };
  const idsOf = (type: string) => resourcesOf(template, type).map(([id]) => id);

  test("every function is Graviton on Node 24, and keeps its logs for a while", () => {
    const logGroups = idsOf("AWS::Logs::LogGroup");
    every("AWS::Lambda::Function", ({ Architectures, Runtime, LoggingConfig }) => {
      expect([Architectures, Runtime]).toEqual([["arm64"], "nodejs24.x"]);
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

  test("instance metadata needs a token", () => {
    every("AWS::EC2::LaunchTemplate", ({ LaunchTemplateData }) => {
      expect(LaunchTemplateData.MetadataOptions.HttpTokens).toBe("required");
    });
  });

  test("no stream has more than two readers: AWS throttles a third", () => {
    const readers = new Map<string, number>();
    every("AWS::Lambda::EventSourceMapping", ({ EventSourceArn }) => {
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
