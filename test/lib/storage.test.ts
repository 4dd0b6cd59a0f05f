import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { Storage } from "../../lib/storage.ts";
import { resourcesOf, synthesize, theOnly } from "./synth.ts";

const template = synthesize((stack) => new Storage(stack, "Storage", addParameters(stack, NEW_VPC)));

test("the bucket is private, takes no plain HTTP, and deletes objects as late as the tables delete items", () => {
  expect(theOnly(template, "AWS::S3::Bucket")).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: { Rules: [{ Status: "Enabled", ExpirationInDays: 30 }] },
  });
  template.hasResourceProperties("AWS::S3::BucketPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ]),
    },
  });
});

test("all of it is deleted with the stack: the bucket is emptied first", () => {
  template.hasResource("AWS::S3::Bucket", { DeletionPolicy: "Delete" });
  template.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Delete" });
  const [[bucket] = []] = resourcesOf(template, "AWS::S3::Bucket");
  const [[emptying, { Properties: properties }] = ["", { Properties: {} }]] = resourcesOf(
    template,
    "AWS::Lambda::Function",
  );
  expect(theOnly(template, "Custom::EmptiedBucket").ServiceToken).toEqual({ "Fn::GetAtt": [emptying, "Arn"] });
  expect(properties.Environment.Variables.BUCKET).toEqual({ Ref: bucket });
});
