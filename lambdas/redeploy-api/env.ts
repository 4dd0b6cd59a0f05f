import * as z from "zod";

export const envSchema = z.object({ REST_API: z.string().min(1) });

export type Env = z.infer<typeof envSchema>;
