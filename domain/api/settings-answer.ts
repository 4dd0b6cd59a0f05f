import * as z from "zod";
import { countField, timeOfAnswer } from "./answer-fields.ts";

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
          parameter: z.string().describe("The stack's parameter that sets it."),
          value: countField.nullable(),
          unit: z.string(),
          bounds: z.string().describe("What it bounds."),
        }),
      )
      .describe("What whoever has the key may spend."),
    distributions: z.object({
      parameter: z.string().describe("The stack's parameter that sets it."),
      allowed: z.array(z.string()).describe("Ids or domains that may be warmed; `*`: all."),
    }),
    source_buckets: z.object({
      parameter: z.string().describe("The stack's parameter that sets it."),
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
            bounds: "Instances at most, whatever a request asks for; it is the group's maximum too",
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
export type Settings = z.infer<typeof settingsSchema>;
