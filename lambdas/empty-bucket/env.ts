import * as z from "zod";

export const envSchema = z.object({ BUCKET: z.string().min(1) });

export type Env = z.infer<typeof envSchema>;
