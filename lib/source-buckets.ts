import { CfnCondition, CfnParameter, type CfnResource, Fn, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { SOURCE_BUCKETS_PARAMETER } from "../domain/sources/source-buckets.ts";
import { inPartition } from "./in-china.ts";

/** What of other buckets the sources of requests may be read from: the stack's parameter, and what follows from it. */
export class SourceBuckets extends Construct {
  private readonly entries: CfnParameter;

  constructor(
    private readonly parent: Construct,
    id: string,
  ) {
    super(parent, id);
    this.entries = new CfnParameter(Stack.of(this), SOURCE_BUCKETS_PARAMETER, {
      type: "CommaDelimitedList",
      default: "",
      allowedPattern: "|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?$,]*[*])?",
      constraintDescription: "buckets, or prefixes such as media-bucket/films/*, separated by commas; or nothing",
      description:
        "Buckets that the sources of requests may be read from, each as bucket or bucket/prefix*, separated by commas; empty: none",
    });
  }

  /** As functions read it. */
  get joined(): string {
    return Fn.join(",", this.entries.valueAsList);
  }

  /**
   * Lets a function read what the parameter names, and list its buckets. Of these, the code lists no more than the parameter
   * names: a list of CloudFormation cannot be made into pairs of bucket and prefix.
   */
  allowReading({ role }: lambda.Function): void {
    const policy = new iam.Policy(this, "Reading", {
      roles: role === undefined ? [] : [role],
      statements: [
        new iam.PolicyStatement({
          actions: ["s3:GetObject"],
          resources: inPartition(this.parent, (partition) =>
            objects(`arn:${partition}:s3:::`, this.entries.valueAsList),
          ),
        }),
        new iam.PolicyStatement({
          actions: ["s3:ListBucket"],
          resources: inPartition(this.parent, (partition) =>
            buckets(`arn:${partition}:s3:::`, this.entries.valueAsList),
          ),
        }),
      ],
    });
    const isEmpty = Fn.conditionEquals(this.joined, "");
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
