import type { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, it } from "vitest";
import { AsyncFunction, requestEventSchema } from "../../aws/async-function.ts";
import { fakeClient } from "./client.ts";

it("invokes the function asynchronously with the request's id", async () => {
  const { client, sent } = fakeClient<LambdaClient>(() => ({ StatusCode: 202 }));
  await new AsyncFunction(client, "arn:aws:lambda:eu-west-1:123456789012:function:shutdown").invoke("r1");
  expect(sent[0]).toMatchObject({
    name: "InvokeCommand",
    input: {
      FunctionName: "arn:aws:lambda:eu-west-1:123456789012:function:shutdown",
      InvocationType: "Event",
    },
  });
  expect(requestEventSchema.parse(JSON.parse(sent[0]?.input.Payload))).toEqual({ req_id: "r1" });
});
