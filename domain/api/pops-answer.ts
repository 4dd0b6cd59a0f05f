import * as z from "zod";
import { popRowSchema } from "../pops/pop-row.ts";
import { countField, timeOfAnswer } from "./answer-fields.ts";

/** GET /pops. */
export const popsSchema = z
  .object({
    timestamp: timeOfAnswer,
    count: countField.describe("How many rows there are."),
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
export type Pops = z.infer<typeof popsSchema>;
