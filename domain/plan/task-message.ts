import * as z from "zod";

export const taskUrlSchema = z.object({
  url: z.string().min(1),
  /** Size as Get Size saw it; null where it could not be told. */
  bytes: z.number().int().nonnegative().nullable(),
});

/** A queue message: tasks of one request at one POP. Large files travel alone, small ones together. */
export const taskMessageSchema = z.object({
  req_id: z.string().min(1),
  pop: z.string().min(1),
  /** The POP's addresses, in the order of attempts. */
  ips: z.array(z.string().min(1)).min(1),
  /** Host and SNI to ask with. */
  cf_domain: z.string().min(1),
  header: z.array(z.string()),
  /** Over how many partition keys this request's results are spread. */
  shards: z.number().int().positive(),
  urls: z.array(taskUrlSchema).min(1),
});

export type TaskUrl = z.infer<typeof taskUrlSchema>;
export type TaskMessage = z.infer<typeof taskMessageSchema>;
