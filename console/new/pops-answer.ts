import * as z from "zod";

const maybe = z.string().nullable().catch(null);

/** What the page reads of GET /pops. */
export const popsSchema = z.object({
  pops: z.array(
    z.object({
      code: z.string(),
      city: maybe,
      country: maybe,
      rec: maybe,
      last_resolved_at: maybe,
      regions: z.array(z.string()).catch([]),
      default_of: z.array(z.string()).catch([]),
    }),
  ),
});
