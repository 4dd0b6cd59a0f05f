import * as z from "zod";
import { prewarmBodySchema } from "../../domain/validation/bodies.ts";

// A retry has these from the request before it alone.
const { url_list, sources, target_type, pops, countries, regions, ...settings } = prewarmBodySchema.shape;

/** What a caller may leave out with `retry_of`: the body is filled from the request before, and then checked as any other. */
const retryBodySchema = z
  .strictObject(settings)
  .partial()
  .extend({
    retry_of: z
      .string()
      .describe("The request that is tried again: its URLs at its POPs, as far as they are not good."),
  })
  .meta({
    id: "RetryBody",
    description:
      "Warms what is not good in a request that has ended. What is left out is as it was there, but for `header` and what the " +
      "variants send: these are not kept.",
  });

/** Body of POST /prewarm. */
export const startBodySchema = z.union([prewarmBodySchema, retryBodySchema]).meta({
  id: "StartBody",
  description: "A request of its own, or one that tries another again.",
});
