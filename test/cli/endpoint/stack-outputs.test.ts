import { expect, test } from "vitest";
import { stackEndpoint } from "../../../cli/endpoint/stack-outputs.ts";

const PLACE = { stack: "S", profile: undefined, region: "us-east-1" };
const OUTPUTS = {
  prewarmapikeyoutput: "arn:aws:apigateway:us-east-1::/apikeys/abc",
  prewarmapiEndpoint: "https://x/prod/",
};

test("a stack's outputs name the key, which is fetched", async () => {
  const endpoint = await stackEndpoint(PLACE, {
    outputs: async () => OUTPUTS,
    keyValue: async (id) => `value of ${id}`,
  });
  expect(endpoint).toEqual({ url: "https://x/prod/", key: "value of abc", from: "the stack S" });
});

test.each([
  ["Stack with id S does not exist", "ValidationError", "(now us-east-1)"],
  ["no", "AccessDenied", "cloudformation:DescribeStacks"],
  ["Region is missing", "Error", "--region"],
  ["Could not load credentials from any providers", "CredentialsProviderError", "aws sts get-caller-identity"],
])("what AWS refuses has a next step: %s", async (message, name, next) => {
  const outputs = async () => {
    throw Object.assign(new Error(message), { name });
  };
  const error = await stackEndpoint(PLACE, { outputs, keyValue: async () => "" }).catch((it: unknown) => it);
  expect(error).toMatchObject({
    message: `the stack S cannot be read: ${message}`,
    next: expect.stringContaining(next),
  });
});

test("a stack of something else is told", async () => {
  const ask = { outputs: async () => ({}), keyValue: async () => undefined };
  await expect(stackEndpoint(PLACE, ask)).rejects.toThrow("has not the outputs of Prewarm");
});
