import * as z from "zod";
import { originLimitsSchema } from "../request/origin-limits.ts";
import { variantSchema } from "../request/variants.ts";
import { verifySchema } from "../result/outcome.ts";
import { type TaskUrl, taskUrlSchema } from "./task-url.ts";

/** A POP that waits for a lead. */
const followerSchema = z.object({ pop: z.string().min(1), ips: z.array(z.string().min(1)).min(1) });
export type Follower = z.infer<typeof followerSchema>;

/**
 * A queue message: tasks of one request at one POP. Large files travel alone, small ones together.
 * Read from what {@link messageBody} wrote, by this release or the one before.
 */
const messageSchema = z.object({
  req_id: z.string().min(1),
  pop: z.string().min(1),
  /** The POP's addresses, in the order of attempts. */
  ips: z.array(z.string().min(1)).min(1),
  /** Host and SNI to ask with. */
  host: z.string().min(1),
  header: z.array(z.string()),
  /** What the URLs' variants send besides. */
  variants: z.array(variantSchema).optional(),
  /** How warmth is shown. @default edge */
  verify: verifySchema.optional(),
  /** Over how many partition keys this request's results are spread. */
  shards: z.number().int().positive(),
  /** Those that ask for the origin are counted against it. */
  origin: originLimitsSchema.optional(),
  /** In each URL's order of variants: one after the other. */
  urls: z.array(taskUrlSchema).min(1),
  /** The other POPs of this one's REC: they ask once this one has the object. Absent: it leads nobody. */
  followers: z.array(followerSchema).optional(),
  /** How many POPs of the REC have asked for these URLs before, and failed at the origin. */
  origin_failures: z.number().int().nonnegative().optional(),
  /** The first of them, and what it saw: `SIN2-P1 (HTTP 404)`. */
  first_failure: z.string().optional(),
  /** A POP of the REC that downloaded these URLs before and saw no hit afterwards. */
  not_kept_at: z.string().optional(),
  /** The REC has these URLs already, so they should not reach the origin. */
  follows: z.boolean().optional(),
  /** The POP that led these URLs. */
  led_by: z.string().optional(),
  /** No other POP follows it: so nothing shows which of both RECs the catalogue has wrong. */
  only_follower: z.boolean().optional(),
  /** Whoever sent it may have sent it before: what stands of it is not done again. */
  again: z.boolean().optional(),
  /** Most attempts at one of its URLs in deferred messages. It counts for each URL without `attempts` of its own. */
  tries: z.number().int().nonnegative().optional(),
});
export const taskMessageSchema = z.preprocess(withHost, messageSchema);

export type TaskMessage = z.infer<typeof taskMessageSchema>;

/** Attempts at a URL of a message, in one variant, in the messages before. A release before counted them for the message as a whole. */
export function attemptsBefore(
  { tries = 0 }: Pick<TaskMessage, "tries">,
  { attempts }: Pick<TaskUrl, "attempts">,
): number {
  return attempts ?? tries;
}

/** What a message has from its request's item. */
export const messageSourceSchema = messageSchema.pick({
  req_id: true,
  header: true,
  variants: true,
  verify: true,
  shards: true,
  origin: true,
});
export type MessageSource = z.infer<typeof messageSourceSchema>;

/**
 * A message as it is sent: JSON text. It says the host twice, as `host` and as `cf_domain`: agents of release 0.1 know only
 * the latter, and they may still run while the stack is updated. Once no 0.1 is in use, `cf_domain` and the function
 * below may go.
 */
export function messageBody(message: TaskMessage): string {
  return JSON.stringify({ ...message, cf_domain: message.host });
}

/** Release 0.1 wrote `cf_domain` alone. */
function withHost(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("cf_domain" in body)) return body;
  return { host: body.cf_domain, ...body };
}
