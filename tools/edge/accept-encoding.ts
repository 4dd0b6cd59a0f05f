export type Encoding = "br" | "gzip";

/**
 * The encodings of Accept-Encoding that count, `br` first; all others are dropped, as CloudFront does.
 *
 * @param enabled those that the cache policy has
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects
 */
export function acceptedEncodings(header: string | undefined, enabled: readonly Encoding[]): Encoding[] {
  const accepted = new Set((header ?? "").toLowerCase().split(",").filter(isWanted).map(nameOf));
  return BEST_FIRST.filter((encoding) => enabled.includes(encoding) && accepted.has(encoding));
}

/** What may stand in a cache key: `br,gzip`, `br`, `gzip`, or nothing. */
export function normalised(accepted: readonly Encoding[]): string {
  return accepted.join(",");
}

const BEST_FIRST = ["br", "gzip"] as const;

function nameOf(one: string): string {
  return one.split(";", 1)[0]?.trim() ?? "";
}

function isWanted(one: string): boolean {
  return !/;\s*q=0(\.0*)?\s*$/.test(one);
}
