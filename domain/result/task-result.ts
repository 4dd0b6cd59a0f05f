import * as z from "zod";
import { failureReasonSchema } from "./failure.ts";
import { outcomeSchema } from "./outcome.ts";
import { HIT_WARNINGS } from "./proof.ts";
import { SAMPLE_RESULTS } from "./sample.ts";

/** One item of the Request-Task table: how one task ended. */
export const taskResultSchema = z.object({
  /** Partition key: `req_id#shard`. */
  task_key: z.string(),
  /** Sort key: `pop#url`, or `pop#url#variant`. */
  pop_url: z.string(),
  req_id: z.string(),
  pop: z.string(),
  url: z.string(),
  /** Name of the variant; absent: the request's only one. */
  variant: z.string().optional(),
  ok: z.boolean(),
  /** Absent: no agent tried the task. */
  outcome: outcomeSchema,
  /** Of a `hit`: why it is not `warm`, where the tier was not the reason. Absent: nothing to say. */
  warning: z.enum(HIT_WARNINGS).optional().catch(undefined),
  /** Bytes of one whole object: of the body that arrived in the last download. */
  bytes: z.number().int().nonnegative(),
  /** Body bytes of all downloads, retries and checks of the task, in all messages. Absent: no agent tried the task. */
  transferred_bytes: z.number().int().nonnegative().optional(),
  http_status: z.number().int().optional(),
  x_cache: z.string().optional(),
  /** The tier of the observed hit, where the response names it. */
  tier: z.string().optional(),
  /** The POP's address that was asked last. */
  address: z.string().optional(),
  /** Whole downloads of the object at the POP. */
  rounds: z.number().int().optional(),
  /** Milliseconds to the first byte of the first download. */
  first_byte_ms: z.number().int().optional(),
  /** Seconds for which the cache had had it when it was asked last. */
  age: z.number().int().optional(),
  /** Content-Encoding of the download. */
  encoding: z.string().optional(),
  /** It was asked for compressed, is of a kind that CloudFront compresses, and came as it is. Absent: not so, or not good. */
  uncompressed: z.boolean().optional().catch(undefined),
  /** The body has as many bytes as Content-Length states, and other than Get Size saw. Absent: not so, or not good. */
  size_changed: z.boolean().optional().catch(undefined),
  /** The POP that answered, as it names itself. */
  x_amz_cf_pop: z.string().optional(),
  x_amz_cf_id: z.string().optional(),
  /** Milliseconds from the start of the first attempt to the end of the last. */
  ms: z.number().int().nonnegative(),
  attempts: z.number().int().nonnegative(),
  /** What a failure is counted as. */
  reason: failureReasonSchema,
  /** The failure in words. */
  error: z.string().optional(),
  /** Of a lead: nothing shows that the regional cache has the object as well. */
  rec_unsure: z.boolean().optional().catch(undefined),
  /** Of a task that is not kept: a response after the download was a Hit or a RefreshHit. Absent: none was. */
  hit_after_download: z.boolean().optional().catch(undefined),
  /** With scope `regional`: the POP that led a sample; or the one that requested the URL in the place of `pop`. */
  led_by: z.string().optional().catch(undefined),
  /** Result of a sample. */
  sample: z.enum(SAMPLE_RESULTS).optional().catch(undefined),
  /** Of a sample's object: when the REC that answered stored it, in milliseconds since the epoch. Absent: unknown. */
  filled_at: z.number().optional().catch(undefined),
  /** Instance that did it. */
  agent: z.string().optional(),
  expire_at: z.number().int(),
});

export type TaskResult = z.infer<typeof taskResultSchema>;

/** Sizes that CloudFront compresses, in bytes. */
const MIN_COMPRESSED_BYTES = 1_000;
const MAX_COMPRESSED_BYTES = 10_000_000;

/** The types that it compresses, without those that are rare on the web. */
const COMPRESSED_TYPES = new RegExp(
  "^(?:text/(?:css|csv|html|javascript|js|plain|xml|x-component)" +
    "|application/(?:(?:x-)?javascript|json|xml|(?:dash|rss|xhtml)\\+xml|pdf|wasm|(?:vnd\\.apple\\.|x-)mpegurl" +
    "|vnd\\.ms-fontobject|eot|(?:x-)?(?:otf|ttf)|opentype|truetype|x-font-(?:opentype|truetype|ttf))" +
    "|font/(?:eot|opentype|otf|ttf)|image/svg\\+xml)\\s*(?:;|$)",
  "i",
);

/** What is known of a body that was asked for compressed. */
interface Body {
  readonly bytes: number;
  readonly contentEncoding?: string | undefined;
  readonly contentType?: string | undefined;
}

/**
 * Whether a body came uncompressed that CloudFront could have compressed. It compresses as far as it has the time, and keeps
 * what it did not: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */
export function cameUncompressed({ bytes, contentEncoding, contentType }: Body): boolean {
  if (contentEncoding !== undefined || contentType === undefined) return false;
  return bytes >= MIN_COMPRESSED_BYTES && bytes <= MAX_COMPRESSED_BYTES && COMPRESSED_TYPES.test(contentType);
}
