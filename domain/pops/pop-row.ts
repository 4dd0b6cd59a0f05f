import * as z from "zod";
import { BASES } from "./pop-codes.ts";
import { REC_BASES } from "./recs.ts";

/** One POP as GET /pops tells it. What is null is not known. */
export const popRowSchema = z
  .object({
    code: z.string().describe("The POP as `x-amz-cf-pop` names it, and as `pops` of a request takes it."),
    city: z.string().nullable(),
    country: z.string().nullable().describe("ISO 3166-1 alpha-2."),
    regions: z
      .array(z.string())
      .describe("The regions that it lies in: one, two in Japan, none in Africa, the Middle East and Mexico."),
    default_of: z.array(z.string()).describe("The regions and countries whose default sets have it."),
    rec: z.string().nullable().describe("The regional edge cache that likely serves it."),
    rec_basis: z.enum(keysOf(REC_BASES)).nullable().describe("How that is known."),
    latitude: z.number().nullable().describe("Degrees north."),
    longitude: z.number().nullable().describe("Degrees east."),
    basis: z
      .enum([...keysOf(BASES), "here"])
      .describe("How the code is known; `here`: the catalogue lacks it, and it resolved for this deployment."),
    last_resolved_at: z
      .string()
      .nullable()
      .describe("When it last had an address; written at most once a day for a POP. Null: not in a year."),
  })
  .meta({ id: "Pop", description: "One POP of the catalogue. What is null is not known." });

export type PopRow = z.infer<typeof popRowSchema>;

function keysOf<K extends string>(table: Readonly<Record<K, string>>): K[] {
  return Object.keys(table).filter((name): name is K => Object.hasOwn(table, name));
}
