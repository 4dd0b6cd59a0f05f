import { text } from "node:stream/consumers";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { expect, test } from "vitest";
import { retire } from "../../../agent/instance/request-monitor.ts";
import { serve } from "./http-server.ts";

test("an instance leaves its group for good: the group wants one less", async () => {
  const bodies: string[] = [];
  const endpoint = await serve(async (request, response) => {
    bodies.push(await text(request));
    response
      .writeHead(200, { "content-type": "text/xml" })
      .end('<TerminateInstanceInAutoScalingGroupResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>');
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  await retire(new AutoScalingClient({ endpoint, region: "eu-west-1", credentials }), "i-1");
  expect(bodies.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
    {
      Action: "TerminateInstanceInAutoScalingGroup",
      Version: "2011-01-01",
      InstanceId: "i-1",
      ShouldDecrementDesiredCapacity: "true",
    },
  ]);
});
