import type { DoctorOptions } from "../options.ts";

/** What --smoke does and costs, said before it is done. */
export function costOf({ url, pops }: Pick<DoctorOptions, "url" | "pops">): string {
  return `--smoke starts a request in the stack: ${url?.host}${url?.pathname} at ${pops.join(" and ")}, with one instance.
It costs what one small Spot instance with 8 GB of disk and a public address costs for some minutes (at most about 20), one
transfer of the object out of CloudFront for each POP, and a few Lambda calls and table writes: cents, unless the object
is large. It ends by itself. Metrics that had no value this hour are billed for it.`;
}
