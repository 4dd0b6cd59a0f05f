import * as z from "zod";
import { keysOf } from "../collections.ts";
import { TIER_TOLD } from "../distribution/findings.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { Count } from "../result/count.ts";
import { HIT_WARNINGS } from "../result/proof.ts";
import { count } from "./answer-fields.ts";

/** Conditions that are not errors but may prevent the intended result, in words. */
export const WARNING_MESSAGES = {
  no_tier: `Some hits did not indicate which cache tier served them, so a regional edge cache may have. ${TIER_TOLD}`,
  no_age:
    "Hits of some tasks have no Age header, so they may be responses of collapsed requests. Check whether a " +
    "function or a response headers policy removes Age",
  age_constant:
    "The Age of some hits did not increase with time: it stayed the same, decreased or jumped between checks, or only one check was " +
    "a hit. So they may be responses of collapsed requests. " +
    "Check whether a function or a response headers policy sets Age, and whether many requests for these objects reach the origin",
  origin_age:
    "The origin sends an Age header of its own, which increases whether or not CloudFront keeps the object. So the Age of some hits " +
    "proves nothing. To let Prewarm verify these tasks, remove the header at the origin",
  may_not_be_kept:
    "The headers of some URLs forbid every cache to keep them. A minimum TTL in the cache policy can override these headers, so the " +
    "objects may be kept anyway",
  skipped_uncached:
    "Some URLs were skipped, because CloudFront does not cache them and the request has skip_uncached. Viewers get them from the origin",
  not_compressed:
    "Some tasks requested br or gzip and got a text without Content-Encoding, which the POP keeps now. Either the cache behavior does " +
    "not compress, or the uncompressed form was cached first, or CloudFront did not have the resources to compress it",
  size_changed:
    "The objects of some tasks were complete, as Content-Length states, and larger than the probed size: they were replaced " +
    "in the meantime, or the origin states another size in response to a HEAD request. total_size has the probed size",
  no_capacity:
    "Auto Scaling has not provided these instances for more than ten minutes: Spot has no capacity for the stack's instance types, or " +
    "a quota is reached. The activity history of the Auto Scaling group states the cause. Add instance types (parameter instanceTypes), " +
    "raise onDemandPercent, or request a higher quota",
};

export const WARNING_CODES = keysOf(WARNING_MESSAGES);

export const warningSchema = z
  .object({
    code: z.enum(WARNING_CODES).describe("Code of the warning."),
    count: count(
      "Number of tasks; of URLs with `may_not_be_kept` and `skipped_uncached`; of instances with `no_capacity`.",
    ),
    message: z.string().describe("The warning in words."),
    examples: z.array(z.string()).max(3).describe("Some of what it is about."),
  })
  .meta({
    id: "Warning",
    description: "A condition that may prevent the intended result.",
    examples: [
      {
        code: "may_not_be_kept",
        count: 1,
        message:
          "The headers of some URLs forbid every cache to keep them. A minimum TTL in the cache policy can override these headers, so the objects may be kept anyway",
        examples: ["Cache-Control: no-store of https://www.example.com/account.js"],
      },
    ],
  });
export type Warning = z.infer<typeof warningSchema>;

/** Instances that are missing for this long cause a warning. An instance usually starts within two minutes. */
const NO_CAPACITY_MS = 600_000;

/**
 * The warnings of a request, as far as its item and its counts show them. The list of requests has no missing instances.
 * @param now milliseconds since the epoch
 * @param uncompressed URLs that came uncompressed
 */
export function warningsOf(
  {
    may_not_be_kept: doubtful,
    skipped_urls: skipped,
    sources_read: sources = [],
    active,
    missing_instances: missing,
  }: Partial<RequestItem>,
  counts: Count,
  now: number,
  uncompressed?: readonly string[],
): Warning[] {
  const hits = HIT_WARNINGS.map((code): Row => [code, counts[`${code}_count`]]);
  const isShort = active !== undefined && now - (missing?.since ?? now) >= NO_CAPACITY_MS;
  const rows: Row[] = [
    ["no_tier", counts.no_tier_count],
    ...hits,
    ["may_not_be_kept", doubtful?.count ?? 0, doubtful?.examples],
    [
      "skipped_uncached",
      sources.reduce((sum, { left_out: { uncached = 0 } }) => sum + uncached, skipped?.count ?? 0),
      skipped?.examples,
    ],
    ["not_compressed", counts.uncompressed_count, uncompressed],
    ["size_changed", counts.size_changed_count],
    ["no_capacity", isShort ? (missing?.count ?? 0) : 0],
  ];
  return rows
    .filter(([, count]) => count > 0)
    .map(([code, count, examples = []]) => ({ code, count, message: WARNING_MESSAGES[code], examples: [...examples] }));
}

type Row = [code: Warning["code"], count: number, examples?: readonly string[] | undefined];
