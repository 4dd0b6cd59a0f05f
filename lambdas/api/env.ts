import * as z from "zod";

export const envSchema = z.object({
  REQUEST_TABLE: z.string().min(1),
  REQUEST_POP_TABLE: z.string().min(1),
  BUCKET: z.string().min(1),
  QUEUE_URL: z.url(),
  GROUP_NAME: z.string().min(1),
  SCHEDULE_GROUP: z.string().min(1),
  SCHEDULE_ROLE_ARN: z.string().min(1),
  SHUTDOWN_ARN: z.string().min(1),
});

export type Env = z.infer<typeof envSchema>;
