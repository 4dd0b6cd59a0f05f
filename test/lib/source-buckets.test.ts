import { describe, expect, test } from "vitest";
import { renderedList, resourcesOf, synthesizeStacks } from "./synth.ts";

const [{ template } = { template: undefined }] = synthesizeStacks();
if (template === undefined) throw new Error("there is no stack");

describe("the policy for sources in buckets", () => {
  const [[, policy] = []] = resourcesOf(template, "AWS::IAM::Policy").filter(([id]) => id.includes("SourceBuckets"));
  const statements: { Action: string; Resource: unknown }[] = policy?.Properties.PolicyDocument.Statement;

  // As if the parameter were `media,docs/site/*`.
  test("reads the objects that the parameter names, and lists these buckets", () => {
    expect(statements.map(({ Action, Resource }) => [Action, renderedList(Resource)])).toEqual([
      [
        "s3:GetObject",
        ["arn:aws:s3:::media/*", "arn:aws:s3:::docs/site/*/*", "arn:aws:s3:::media", "arn:aws:s3:::docs/site/*"],
      ],
      ["s3:ListBucket", ["arn:aws:s3:::media", "arn:aws:s3:::docs", "arn:aws:s3:::-/site", "arn:aws:s3:::-/*"]],
    ]);
  });

  test("is there only if the parameter names something", () => {
    const { Condition = "" } = policy as { Condition?: string };
    expect(template.findConditions(Condition)[Condition]).toEqual({
      "Fn::Not": [{ "Fn::Equals": [{ Ref: "sourceBuckets" }, ""] }],
    });
  });
});
