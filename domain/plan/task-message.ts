import * as z from "zod";
import { taskUrlSchema } from "./task-url.ts";

const fields = {
  req_id: z.string().min(1),
  pop: z.string().min(1),
  /** The POP's addresses, in the order of attempts. */
  ips: z.array(z.string().min(1)).min(1),
  header: z.array(z.string()),
  /** Over how many partition keys this request's results are spread. */
  shards: z.number().int().positive(),
  urls: z.array(taskUrlSchema).min(1),
};

/** Stub until the agent branch lands. */
export const taskMessageSchema = z
  .object({ ...fields, host: z.string().min(1).optional(), cf_domain: z.string().min(1).optional() })
  .transform(({ cf_domain, host = cf_domain ?? "", ...rest }) => ({ ...rest, host }));

export type TaskMessage = z.infer<typeof taskMessageSchema>;

export function messageBody(message: TaskMessage): string {
  return JSON.stringify({ ...message, cf_domain: message.host });
}
