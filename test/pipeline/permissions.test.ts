// Each role may do what it does, and nothing else: the permissions of one stack's life, compared with the policies that allowed them.
import { allows, type Grant, grantsOf, mutationsOf } from "../iam/grants.ts";
import type { Deployment } from "./deployment.ts";
import { readDeployment } from "./deployment.ts";
import { decide, describe as inWords, type UsedPermission } from "./iam/authorizer.ts";
import { STACK, useEveryPermission } from "./iam/every-permission.ts";
import { serviceCalls } from "./iam/service-calls.ts";
import { Pipeline } from "./pipeline.ts";

const MULTIPART =
  "The SDK's Upload aborts a multipart upload when a part fails; it begins one for files above 5 MB, which no request of these tests has";
const NOT_MADE =
  "An entry of sourceBuckets is a bucket or a prefix; CloudFormation makes both ARNs of each: lib/permissions.ts";

const NO_TENANTS =
  "Tenants are read by the ids in the stack's list, which is * here: test/pipeline/requests/tenants.test.ts";

/** Grants that no code used, as `role action resource`, without the hashes of logical ids. Each has its reason. */
const UNUSED: Readonly<Record<string, string>> = {
  "PipelineApiRole s3:AbortMultipartUpload arn:aws:s3:::prewarmstoragelists/*": MULTIPART,
  "PipelineGetSizeRole s3:AbortMultipartUpload arn:aws:s3:::prewarmstoragelists/*": MULTIPART,
  "PipelineExpandRole s3:AbortMultipartUpload arn:aws:s3:::prewarmstoragelists/*": MULTIPART,
  "PipelineShutdownRole s3:AbortMultipartUpload arn:aws:s3:::prewarmstoragelists/*": MULTIPART,
  "PipelineExpandRole s3:GetObject arn:aws:s3:::media": NOT_MADE,
  "PipelineExpandRole s3:GetObject arn:aws:s3:::docs/site/*/*": NOT_MADE,
  "PipelineExpandRole s3:ListBucket arn:aws:s3:::-/site": NOT_MADE,
  "PipelineExpandRole s3:ListBucket arn:aws:s3:::-/*": NOT_MADE,
  "PipelineApiRole cloudfront:GetDistributionTenant arn:aws:cloudfront::*:distribution-tenant/*": NO_TENANTS,
  "PipelineExpandRole cloudfront:GetDistributionTenant arn:aws:cloudfront::*:distribution-tenant/*": NO_TENANTS,
  "PipelineGetSizeRole cloudfront:GetDistributionTenant arn:aws:cloudfront::*:distribution-tenant/*": NO_TENANTS,
  "PipelineGetSizeRole dynamodb:Query arn:aws:dynamodb:us-east-1:123456789012:table/PrewarmStorageProgress":
    "Get Size reclaims the permits of a run of it that has died. One that dies with permits is not repeated within a minute here",
  "PipelineShutdownRole dynamodb:PutItem arn:aws:dynamodb:us-east-1:123456789012:table/PrewarmStorageProgress":
    "Shutdown requests another check when a recount does not end in one run, which takes more results than these tests have",
};

const withoutHashes = (text: string) =>
  text.replace(/\bPrewarm(?=\w*Role)/, "").replace(/(?<=[A-Za-z])(?:[0-9A-F]{8}|[0-9a-f]{8})(?=\W|$)/g, "");
const nameOf = (role: string, { action, resource }: Grant) => withoutHashes(`${role} ${action} ${resource}`);

let deployment: Deployment;
let calls: UsedPermission[] = [];
/** With those that AWS services use. */
let all: UsedPermission[] = [];

beforeAll(async () => {
  const pipeline = await Pipeline.start(STACK);
  afterAll(() => pipeline.close());
  deployment = pipeline.deployment;
  await useEveryPermission(pipeline);
  expect(pipeline.aws.faults).toEqual([]);
  calls = pipeline.authorizer.used;
  all = [...calls, ...serviceCalls(deployment)];
}, 180_000);

const grants = (): [role: string, grant: Grant][] =>
  [...deployment.policies.roles].flatMap(([role, statements]) =>
    grantsOf(statements).map((grant): [string, Grant] => [role, grant]),
  );

test("every call is allowed, whether code makes it, an AWS service or a boot script", () => {
  const denied = all.filter((call) => decide(deployment.policies, call) !== "allow");
  expect(denied.map(inWords)).toEqual([]);
});

test("every grant is used, or says why not", () => {
  const unused = grants().filter(([role, grant]) => !all.some((call) => call.role === role && allows(grant, call)));
  expect(unused.map(([role, grant]) => nameOf(role, grant)).sort()).toEqual(Object.keys(UNUSED).sort());
});

test("without any statement, grant or value of a condition, a call is denied", () => {
  const survivors = [...deployment.policies.roles].flatMap(([role, statements]) => {
    const ofRole = all.filter((call) => call.role === role);
    return mutationsOf(statements).flatMap(({ removed, statements: mutant }) => {
      const policies = { ...deployment.policies, roles: new Map([[role, mutant]]) };
      const isDetected = ofRole.some((call) => decide(policies, call) !== "allow");
      return isDetected ? [] : [withoutHashes(`${role} ${removed.replace(" on ", " ")}`)];
    });
  });
  expect(survivors.sort()).toEqual(Object.keys(UNUSED).sort());
});

test("a call whose value differs from that of a condition is denied", () => {
  const conditional = grants().filter(([, { statement }]) => Object.keys(statement.conditions).length > 0);
  expect(conditional.length).toBeGreaterThan(0);
  for (const [role, grant] of conditional) {
    const call = all.find((one) => one.role === role && allows(grant, one));
    if (call === undefined && nameOf(role, grant) in UNUSED) continue;
    if (call === undefined) throw new Error(`${nameOf(role, grant)} is not used`);
    for (const keys of Object.values(grant.statement.conditions))
      for (const key of Object.keys(keys)) {
        const value = Array.isArray(call.context[key]) ? [...call.context[key], "other"] : "other";
        const other = { ...call, context: { ...call.context, [key]: value } };
        expect([inWords(other), allows(grant, other)]).toEqual([inWords(other), false]);
      }
  }
});

test("a call over plain HTTP is denied to everybody", () => {
  const { resources } = deployment.policies;
  const guarded = calls.filter(({ action }) => /^(sqs:|s3:(Put|Delete))/.test(action));
  expect(guarded.length).toBeGreaterThan(0);
  for (const { role, action, resource } of guarded) {
    const call = { role, action, resource, context: { "aws:SecureTransport": "false" } };
    expect(decide({ ...deployment.policies, resources }, call)).toBe("explicit deny");
  }
});

test("each role is trusted by the one service that uses it", () => {
  const { trusted } = deployment.policies;
  for (const { role } of deployment.functions.values()) expect(trusted.get(role)).toEqual(["lambda.amazonaws.com"]);
  expect(trusted.get(deployment.agent.role)).toEqual(["ec2.amazonaws.com"]);
});

describe("the other stack and the other partition", () => {
  const read = (stack: string, parameters: Readonly<Record<string, string>> = {}) =>
    readDeployment(process.env["PREWARM_PUBLISHED"] ?? "", { ...STACK.parameters, ...parameters }, stack).policies;

  test("the stack with a VPC of its own has the same policies", () => {
    const other = read("PrewarmStack", { tracing: "on" });
    expect([...other.roles].sort()).toEqual([...deployment.policies.roles].sort());
    expect(other.resources).toEqual(deployment.policies.resources);
  });

  test("in China, no policy names an ARN of another partition", () => {
    const { roles, resources } = read("PrewarmStack", { "AWS::Partition": "aws-cn", "AWS::Region": "cn-north-1" });
    const arns = [...[...roles.values()].flat(), ...resources].flatMap((statement) => statement.resources);
    expect(arns.filter((arn) => arn !== "*" && !arn.startsWith("arn:aws-cn:"))).toEqual([]);
  });
});
