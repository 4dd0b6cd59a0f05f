import * as z from "zod";
import { SOURCE_TYPES } from "../../domain/sources/source.ts";

/** A document that is still to be read, or the next page of a prefix. */
export const pendingSchema = z.object({
  /** Which of the request's sources led to it, counted from 1. */
  source: z.number().int().positive(),
  type: z.enum(SOURCE_TYPES),
  /** `https://…` or `s3://…`. */
  location: z.string(),
  /** 0: the source itself. */
  depth: z.number().int().nonnegative(),
  /** Where a page of a prefix goes on. */
  token: z.string().optional(),
  /** The URL of a document that is read from a bucket. */
  url: z.string().optional(),
  /** Variables that a playlist may take over from the one that named it. */
  variables: z.record(z.string(), z.string()).optional(),
});
export type Pending = z.infer<typeof pendingSchema>;
