import { popDomain } from "../../domain/pops/select.ts";
import type { Distribution } from "../../domain/request/distribution.ts";

/** How many POPs are tried when no name of the distribution resolves. */
const POPS = 5;

/**
 * Names under which a URL's distribution may be reached, the likeliest first: before a launch the URL's own host often
 * points elsewhere or nowhere yet, so what was given as the distribution goes before it.
 */
export function entryPoints({ domain, label }: Distribution, host: string, pops: readonly string[]): string[] {
  return [
    ...new Set([
      domain ?? host,
      host,
      `${label}.cloudfront.net`,
      ...pops.slice(0, POPS).map((pop) => popDomain(label, pop)),
    ]),
  ];
}
