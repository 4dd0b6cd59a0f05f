import * as z from "zod";
import { MAX_INSTANCES } from "../limits.ts";
import { popRowSchema } from "../pops/list-pops.ts";
import { popSourceFields } from "../pops/pop-selection.ts";
import { CAPS } from "../request/caps.ts";
import { count, countField, timeOfAnswer } from "./answer-fields.ts";

/** Which a parameter of the stack allows. */
const allowedSchema = z.object({ parameter: z.string(), allowed: z.array(z.string()) });

/** GET /settings: what this deployment is and allows. `parameter` is that of the stack. */
export const settingsSchema = z
  .object({
    timestamp: timeOfAnswer,
    env_name: z.string().describe("Parameter `envName` of the stack."),
    region: z.string().describe("AWS Region."),
    version: z.string().describe("Version of the deployed code."),
    private: z.boolean().describe("True: the API accepts calls only through a VPC endpoint."),
    caps: z
      .array(z.object({ parameter: z.string(), value: countField.nullable(), unit: z.string(), bounds: z.string() }))
      .describe("Limits, each with its parameter of the stack and what it bounds. `value` null: no limit."),
    distributions: allowedSchema.describe(
      "IDs of the distributions and distribution tenants that requests may warm. `*`: all.",
    ),
    source_buckets: allowedSchema.describe("Buckets and prefixes that `sources` may be read from. Empty: none."),
    instances: z
      .object({
        types: z.array(z.string()),
        estimate: z.object({
          type: z.string(),
          vcpus: countField,
          spot_price_per_hour: z.number().nonnegative(),
          prices_as_of: z.string(),
        }),
      })
      .describe("Instance types of the agents, and the one that estimates use, with its price in US dollars."),
  })
  .meta({
    id: "Settings",
    description: "The deployment and its limits.",
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
            bounds: CAPS.maxInstances.description,
          },
        ],
        distributions: { parameter: "distributions", allowed: ["*"] },
        source_buckets: { parameter: "sourceBuckets", allowed: [] },
        instances: {
          types: ["c7gn.large"],
          estimate: { type: "c7gn.large", vcpus: 2, spot_price_per_hour: 0.04992, prices_as_of: "2026-11" },
        },
      },
    ],
  });

/** GET /instances. */
export const instancesSchema = z
  .object({
    status: z.literal("success"),
    timestamp: timeOfAnswer,
    message: z.string().describe("Always `query success`."),
    desiredcapacity: countField.max(MAX_INSTANCES).describe("Desired number. Fewer instances may run."),
  })
  .meta({
    id: "Instances",
    description: "The number of instances.",
    examples: [
      { status: "success", timestamp: "2024-04-16 03:56:39.210000", message: "query success", desiredcapacity: 1 },
    ],
  });

/** POST /instances. */
export const instancesSetSchema = z
  .object({
    status: z.literal("success"),
    timestamp: timeOfAnswer,
    message: z.string().describe("The new number, and which requests are paused or resumed."),
  })
  .meta({
    id: "InstancesSet",
    description: "The number of instances is set.",
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
    count: count("Number of POPs."),
    ...popSourceFields,
    warnings: z
      .array(z.string())
      .optional()
      .describe("Why a list of discovered POPs is not used. Absent: nothing is wrong."),
    pops: z.array(popRowSchema).describe("Sorted by code."),
  })
  .meta({
    id: "Pops",
    description: "The POPs.",
    examples: [
      {
        timestamp: "2024-04-16 03:56:39.210000",
        count: 1,
        source: "discovered",
        discovered_at: "2024-04-15 08:00:00.000000",
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
            resolves: true,
            last_resolved_at: "2024-04-15 21:40:02.118000",
          },
        ],
      },
    ],
  });
