import * as z from "zod";
import { BASES } from "./pop-codes.ts";
import { REC_BASES } from "./recs.ts";

/** One POP as GET /pops tells it. What is null is not known. */
export const popRowSchema = z.object({
  code: z.string(),
  city: z.string().nullable(),
  /** ISO 3166-1 alpha-2 */
  country: z.string().nullable(),
  /** The regions that it lies in: one, two in Japan, none in Africa, the Middle East and Mexico. */
  regions: z.array(z.string()),
  /** The regions and countries whose default sets have it. */
  default_of: z.array(z.string()),
  rec: z.string().nullable(),
  rec_basis: z.enum(keysOf(REC_BASES)).nullable(),
  /** Degrees north and east. */
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  /** How the code is known; `here`: the catalogue lacks it, and it resolved for this deployment. */
  basis: z.enum([...keysOf(BASES), "here"]),
  /** A timestamp. Written at most once a day for a POP. Null: it has not resolved here in a year. */
  last_resolved_at: z.string().nullable(),
});

export type PopRow = z.infer<typeof popRowSchema>;

function keysOf<K extends string>(table: Readonly<Record<K, string>>): K[] {
  return Object.keys(table).filter((name): name is K => Object.hasOwn(table, name));
}
