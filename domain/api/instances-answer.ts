import * as z from "zod";
import { MAX_INSTANCES } from "../request/limits.ts";
import { countField, timeOfAnswer } from "./answer-fields.ts";

/** GET /instances. */
export const instancesSchema = z
  .object({
    status: z.literal("success"),
    timestamp: timeOfAnswer,
    message: z.string(),
    desiredcapacity: countField
      .max(MAX_INSTANCES)
      .describe("How many instances are wanted. Spot may not have delivered them yet."),
  })
  .meta({
    id: "Instances",
    description: "How many instances are wanted.",
    examples: [
      { status: "success", timestamp: "2024-04-16 03:56:39.210000", message: "query success", desiredcapacity: 1 },
    ],
  });
export type Instances = z.infer<typeof instancesSchema>;

/** POST /instances. */
export const instancesSetSchema = z
  .object({
    status: z.literal("success"),
    timestamp: timeOfAnswer,
    message: z.string().describe("The group's new size; which requests are paused, resumed, or need more than that."),
  })
  .meta({
    id: "InstancesSet",
    description: "The group has its new size; the request was stopped, if that was asked for.",
    examples: [
      {
        status: "success",
        timestamp: "2024-04-16 03:54:40.366000",
        message: "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 4",
      },
    ],
  });
export type InstancesSet = z.infer<typeof instancesSetSchema>;
