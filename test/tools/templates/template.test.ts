import { expect, test } from "vitest";
import { forMoto, templateSchema } from "../../../tools/templates/template.ts";

const TEMPLATE = {
  Parameters: { envName: { Type: "String" } },
  Resources: {
    Bucket: { Type: "AWS::S3::Bucket", DeletionPolicy: "Delete" },
    Emptied: { Type: "Custom::EmptiedBucket", Properties: { ServiceToken: { "Fn::GetAtt": ["Function", "Arn"] } } },
  },
};

test("custom resources go by their common type, and all else stays", () => {
  expect(forMoto(templateSchema.parse(TEMPLATE))).toEqual({
    ...TEMPLATE,
    Resources: {
      ...TEMPLATE.Resources,
      Emptied: { ...TEMPLATE.Resources.Emptied, Type: "AWS::CloudFormation::CustomResource" },
    },
  });
});

test("what is no template is refused", () => {
  expect(() => templateSchema.parse({ Resources: { Bucket: {} } })).toThrow();
});
