import * as z from "zod";

/** What a document is that names URLs. `s3-prefix` is none: it stands for the keys below a prefix. */
export const SOURCE_TYPES = ["list", "sitemap", "hls", "dash", "s3-prefix"] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

/** Where more URLs of a request come from, checked. Exactly one of `url` and `s3` is there. */
export const sourceSchema = z.object({
  type: z.enum(SOURCE_TYPES),
  /** Address of the document: https. */
  url: z.string().optional(),
  /** The same in a bucket: `s3://bucket/key`, or `s3://bucket/prefix` for `s3-prefix`. */
  s3: z.string().optional(),
  /** What the URLs begin with: of keys below a prefix, and of what a document in a bucket names without a host. */
  base: z.string().optional(),
  /** For `s3-prefix`: the origin path of the distribution, which keys begin with and URLs do not: `/static`. */
  origin_path: z.string().optional(),
  /** For `sitemap`: only entries whose `lastmod` is this or later, or not told. ISO 8601. */
  since: z.string().optional(),
});
export type Source = z.infer<typeof sourceSchema>;
