import * as z from "zod";
import { cutText } from "../result/failure.ts";
import { isTerminal, type Status } from "./lifecycle.ts";

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
  /** Hosts at which referenced documents may be read, besides those of the distributions and of `url`. In ASCII. */
  hosts: z.array(z.string()).optional(),
});
export type Source = z.infer<typeof sourceSchema>;

/** Why something that a source names is not warmed. */
export const LEFT_OUT = [
  /** Of a host that is not the distribution's. */
  "other_host",
  /** A document at a host that is neither the distribution's nor the source's, nor one of `hosts`. */
  "document_host",
  /** A document over http, or an http URL although the request has secret headers; named by a document that came over https. */
  "mixed_content",
  /** Not a URL that can be fetched: `skd://`, `data:`, a port of its own, … */
  "not_a_url",
  /** Named before, by this source or another. */
  "duplicate",
  /** Older than `since`. */
  "older",
  /** A key that stands for a folder of a bucket: it ends in `/`. */
  "folder",
  /** A page with a player in it, of a video entry: what it plays is named besides. */
  "player_page",
  /** What a player asks for in a live playlist alone: parts, hints, reports. */
  "live_only",
  /** A segment that the playlist marks as not there (EXT-X-GAP): a player must not ask for it. */
  "gap",
  /** What is made for each viewer: interstitials, content steering. */
  "per_viewer",
  /** In a tag that is not known, and that a player therefore ignores. */
  "unknown_tag",
  /** CloudFront caches nothing of it, and the request has `skip_uncached`. */
  "uncached",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** How many were left out, by reason. */
export const leftOutSchema = z.partialRecord(z.enum(LEFT_OUT), z.number().int().nonnegative());
export type LeftOutCounts = z.infer<typeof leftOutSchema>;

const count = z.number().int().nonnegative();

/** One of a request's sources, as the request's item keeps it: what it has given by now. */
export const sourceReadSchema = z.object({
  type: z.enum(SOURCE_TYPES),
  /** Its address, or its place in a bucket; never with a query. */
  from: z.string(),
  /** Documents that were read; of a prefix, the pages of its listing. */
  documents: count,
  /** URLs that are to be warmed because of it. */
  urls: count,
  left_out: leftOutSchema,
  /** Whether all of it was read. */
  done: z.boolean(),
});
export type SourceRead = z.infer<typeof sourceReadSchema>;

/** A source of which nothing was read yet. */
export function notYetRead(source: Source): SourceRead {
  return {
    type: source.type,
    from: shownLocation(source.s3 ?? source.url ?? ""),
    documents: 0,
    urls: 0,
    left_out: {},
    done: false,
  };
}

/** How GET /prewarm says where a source stands. */
export type SourceState = "WAITING" | "READING" | "READ" | "NOT_READ";

/** @param status of the request: what was not read when it ended stays so */
export function sourceState({ documents, done }: Pick<SourceRead, "documents" | "done">, status: Status): SourceState {
  if (done) return "READ";
  if (isTerminal(status)) return "NOT_READ";
  return documents > 0 ? "READING" : "WAITING";
}

/** Characters that are shown: an address may have 8,192, and an item has room for 400 KB. */
const MAX_SHOWN = 500;

/** Where a document is, as it may be shown and kept: without its query, in which a signature may stand. */
export function shownLocation(location: string): string {
  const whole = location.startsWith("s3://") ? location : location.replace(/[?#].*$/s, "");
  // A key may have any character.
  const shown = whole.replaceAll(/\p{Cc}/gu, "\ufffd");
  return cutText(shown, MAX_SHOWN);
}
