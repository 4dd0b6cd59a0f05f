import * as z from "zod";

/** What all instances of a request together may ask of the origin. An absent one is no limit. */
export const originLimitsSchema = z.object({
  requests_per_second: z.number().positive().optional(),
  /** Requests at once. */
  concurrency: z.number().int().positive().optional(),
});
export type OriginLimits = z.infer<typeof originLimitsSchema>;

/** Whether anything is limited. */
export function isLimited(limits: OriginLimits | undefined): limits is OriginLimits {
  return limits?.requests_per_second !== undefined || limits?.concurrency !== undefined;
}
