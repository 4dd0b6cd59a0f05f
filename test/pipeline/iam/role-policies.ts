// The policies of a template: what each role allows, and what queues and buckets deny.

import type { ConfiguredStack } from "../../../tools/release/stack-template.ts";
import { parseStatement, type Statement } from "../../iam/policy.ts";

type Json = Record<string, unknown>;

export interface RolePolicies {
  /** By the logical id of the role. Only these: nothing else allows a role anything. */
  readonly roles: ReadonlyMap<string, readonly Statement[]>;
  /** The services that may assume each role, by its logical id. */
  readonly trusted: ReadonlyMap<string, readonly string[]>;
  /** Of queues and buckets. They count for every caller. */
  readonly resources: readonly Statement[];
}

/** @throws Error for a policy that stands elsewhere than in AWS::IAM::Policy: a managed policy, a boundary */
export function readRolePolicies(template: ConfiguredStack): RolePolicies {
  const roles = new Map<string, Statement[]>();
  const trusted = new Map<string, string[]>();
  for (const [id, { Properties }] of template.of("AWS::IAM::Role")) {
    const others = Object.keys(Properties).filter((name) => /Polic|Boundary/.test(name));
    if (others.join() !== "AssumeRolePolicyDocument") throw new Error(`${id} has ${others.join()}`);
    roles.set(id, []);
    trusted.set(id, servicesIn(Properties["AssumeRolePolicyDocument"]));
  }
  for (const type of ["AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"])
    if (template.of(type).length > 0) throw new Error(`${type} is not supported here`);
  for (const [, { Properties }] of template.of("AWS::IAM::Policy")) {
    const statements = statementsIn(template, Properties["PolicyDocument"]);
    for (const role of template.list(Properties["Roles"])) roles.get(role)?.push(...statements);
  }
  const ofResources = ["AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"].flatMap((type) =>
    template.of(type).flatMap(([, { Properties }]) => statementsIn(template, Properties["PolicyDocument"])),
  );
  return { roles, trusted, resources: ofResources };
}

function statementsIn(template: ConfiguredStack, document: unknown): Statement[] {
  const { Statement } = document as { readonly Statement: readonly Json[] };
  return Statement.map(({ Effect, Resource, Condition = {}, ...rest }) =>
    parseStatement({
      ...rest,
      Effect: template.text(Effect),
      Resource: template.list(Resource),
      Condition: conditionsIn(template, Condition as Json),
    }),
  );
}

function conditionsIn(template: ConfiguredStack, condition: Json): Json {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys as Json).map(([key, values]) => [key, template.list(values)])),
    ]),
  );
}

/** Conditions of a trust, such as `aws:SourceAccount`, restrict for whom the service acts, and are not read. */
function servicesIn(document: unknown): string[] {
  const { Statement } = document as {
    readonly Statement: readonly { Action: string; Principal: { Service: string } }[];
  };
  return Statement.filter(({ Action }) => Action === "sts:AssumeRole").flatMap(({ Principal }) =>
    [Principal.Service].flat(),
  );
}
