import { CfnCondition, type CfnParameter, type CfnResource, Fn } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { inPartition } from "./in-china.ts";

/** What of other buckets the sources of requests may be read from: the stack's parameter, and what follows from it. */
export class SourceBuckets extends Construct {
  constructor(
    private readonly parent: Construct,
    id: string,
    private readonly parameter: CfnParameter,
  ) {
    super(parent, id);
  }

  /**
   * Lets a function read what the parameter names, and list its buckets. Of these, the code lists no more than the parameter
   * names: a list in CloudFormation cannot be made into pairs of bucket and prefix.
   */
  allowReading({ role }: lambda.Function): void {
    const entries = Fn.split(",", this.parameter.valueAsString);
    const policy = new iam.Policy(this, "Reading", {
      roles: role === undefined ? [] : [role],
      statements: [
        new iam.PolicyStatement({
          actions: ["s3:GetObject"],
          resources: inPartition(this.parent, (partition) => objects(`arn:${partition}:s3:::`, entries)),
        }),
        new iam.PolicyStatement({
          actions: ["s3:ListBucket"],
          resources: inPartition(this.parent, (partition) => buckets(`arn:${partition}:s3:::`, entries)),
        }),
      ],
    });
    const isEmpty = Fn.conditionEquals(this.parameter.valueAsString, "");
    const hasSome = new CfnCondition(this, "HasSome", { expression: Fn.conditionNot(isEmpty) });
    (policy.node.defaultChild as CfnResource).cfnOptions.condition = hasSome;
  }
}

/** All objects of each entry that is a bucket, and each entry that is a prefix, as it is. Both are made of every entry. */
function objects(before: string, entries: string[]): string[] {
  return Fn.split(",", `${before}${Fn.join(`/*,${before}`, entries)}/*,${before}${Fn.join(`,${before}`, entries)}`);
}

/**
 * The bucket of each entry. What is behind a slash becomes the ARN of an object in a bucket called `-`, which cannot be:
 * CloudFormation knows no way to leave it out.
 */
function buckets(before: string, entries: string[]): string[] {
  const parts = Fn.split("/", `${before}${Fn.join(`,${before}`, entries)}`);
  return Fn.split(",", Fn.join(`,${before}-/`, parts));
}
