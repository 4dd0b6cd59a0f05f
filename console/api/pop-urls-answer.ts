import * as z from "zod";
import { HEAT_STRIP_STATES } from "../../domain/result/heat-strip.ts";
import { count } from "./answers.ts";

/** GET /prewarm?detail=urls: the tasks of one POP. */
export const popUrlsSchema = z.object({
  urls: z.object({
    total_count: count,
    buckets: z.array(
      z.object({
        // A state that only a newer release knows is shown as one of which nothing is claimed.
        state: z.enum(HEAT_STRIP_STATES).catch("done"),
        first: count,
        tasks: count,
        failed: count,
      }),
    ),
    failures: z
      .array(
        z.object({
          url: z.string(),
          variant: z.string().optional().catch(undefined),
          outcome: z.string().optional().catch(undefined),
          reason: z.string().optional().catch(undefined),
          error: z.string().optional().catch(undefined),
        }),
      )
      .catch([]),
    failures_omitted: count,
  }),
});
export type PopUrls = z.infer<typeof popUrlsSchema>["urls"];
