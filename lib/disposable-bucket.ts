import { CustomResource, Duration, RemovalPolicy } from "aws-cdk-lib";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { allow } from "./allow.ts";
import { PipelineFunction } from "./pipeline-function.ts";

const EMPTYING = Duration.minutes(15);

/**
 * A private bucket that is deleted with its stack. CloudFormation does not delete a bucket that holds objects, so a
 * function empties it first. CDK's `autoDeleteObjects` does the same, but with another architecture and runtime than
 * ours.
 */
export class DisposableBucket extends s3.Bucket {
  /** Deleted right before the bucket. Every writer of the bucket depends on this, so it is deleted even earlier. */
  readonly emptied: CustomResource;

  constructor(scope: Construct, id: string, props: Pick<s3.BucketProps, "lifecycleRules">) {
    super(scope, id, {
      ...props,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const emptying = new PipelineFunction(scope, "Emptying", {
      name: "empty-bucket",
      timeout: EMPTYING,
      environment: { BUCKET: this.bucketName },
    });
    allow(emptying, ["s3:ListBucketVersions"], this.bucketArn);
    allow(emptying, ["s3:DeleteObjectVersion"], this.arnForObjects("*"));
    this.emptied = new CustomResource(scope, "Emptied", {
      resourceType: "Custom::EmptiedBucket",
      serviceToken: emptying.functionArn,
      serviceTimeout: EMPTYING.plus(Duration.minutes(1)),
    });
  }
}
