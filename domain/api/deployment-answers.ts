import * as z from "zod";
import { MAX_INSTANCES } from "../limits.ts";
import { popRowSchema } from "../pops/list-pops.ts";
import { count, countField, timeOfAnswer } from "./answer-fields.ts";

const parameter = z.string().describe("The stack's parameter that sets it.");

/** GET /settings: what this deployment is and allows. */
export const settingsSchema = z
  .object({
    timestamp: timeOfAnswer,
    env_name: z.string().describe("The stack's parameter `envName`."),
    region: z.string(),
    version: z.string().describe("Of the code that is deployed."),
    private: z.boolean().describe("Whether the API is reached through an endpoint of a VPC alone."),
    caps: z
      .array(
        z.object({
          parameter,
          value: countField.nullable(),
          unit: z.string(),
          bounds: z.string().describe("What it bounds."),
        }),
      )
      .describe("What whoever has the key may spend."),
    distributions: z.object({
      parameter,
      allowed: z
        .array(z.string())
        .describe("Ids of distributions and of distribution tenants that may be warmed; `*`: all."),
    }),
    source_buckets: z.object({
      parameter,
      allowed: z
        .array(z.string())
        .describe("Buckets, and prefixes in them, that sources may be read from; empty: none."),
    }),
    instances: z.object({
      types: z.array(z.string()).describe("Types that agents may run on."),
      estimate: z
        .object({
          type: z.string(),
          vcpus: countField,
          spot_price_per_hour: z.number().nonnegative().describe("Dollars."),
          prices_as_of: z.string(),
        })
        .describe("What estimates are made with."),
    }),
  })
  .meta({
    id: "Settings",
    description: "What this deployment is, and what it allows.",
    examples: [
      {
        timestamp: "2024-04-16 03:56:39.210000",
        env_name: "prod",
        region: "us-east-1",
        version: "0.1.0",
        private: false,
        caps: [
          {
            parameter: "maxInstances",
            value: 20,
            unit: "instances",
            bounds:
              "Maximum number of instances, whatever requests ask for; also the maximum size of the Auto Scaling group",
          },
        ],
        distributions: { parameter: "distributions", allowed: ["*"] },
        source_buckets: { parameter: "sourceBuckets", allowed: [] },
        instances: {
          types: ["c7gn.large"],
          estimate: { type: "c7gn.large", vcpus: 2, spot_price_per_hour: 0.06, prices_as_of: "2026-11" },
        },
      },
    ],
  });

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

/** GET /pops. */
export const popsSchema = z
  .object({
    timestamp: timeOfAnswer,
    count: count("How many rows there are."),
    pops: z.array(popRowSchema).describe("By code."),
  })
  .meta({
    id: "Pops",
    description: "The catalogue, and what resolved for this deployment besides.",
    examples: [
      {
        timestamp: "2024-04-16 03:56:39.210000",
        count: 1,
        pops: [
          {
            code: "SIN2-C1",
            city: "Singapore",
            country: "SG",
            regions: ["apac"],
            default_of: [],
            rec: "Singapore",
            rec_basis: "metro",
            latitude: 1.35,
            longitude: 103.99,
            basis: "listed",
            last_resolved_at: "2024-04-15 21:40:02.118000",
          },
        ],
      },
    ],
  });
