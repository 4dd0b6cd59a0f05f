import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { S3Client } from "@aws-sdk/client-s3";
import type * as z from "zod";
import { Fleet } from "../aws/fleet.ts";
import { Lists } from "../aws/lists.ts";
import { type pipelineVariables, tablesAndQueues } from "./runtime.ts";

/** The tables and queues, the bucket and the fleet. Some functions have one that they do not use; their roles do not allow its calls. */
export function sharedAdapters(serviceName: string, env: z.infer<typeof pipelineVariables>, shutdownArn: string) {
  return {
    ...tablesAndQueues(serviceName, env, shutdownArn),
    lists: new Lists(new S3Client({}), env.BUCKET),
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
  };
}
