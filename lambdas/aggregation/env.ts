import * as z from "zod";

export const envSchema = z.object({
  REQUEST_TABLE: z.string().min(1),
  DEAD_LETTER_QUEUE_URL: z.url(),
  /** Metrics go by its name. */
  GROUP_NAME: z.string().min(1),
});

export type Env = z.infer<typeof envSchema>;
