import * as z from "zod";

/** A distribution that a request warms, as far as it could be found out. */
export const distributionSchema = z.object({
  /** First label of its `*.cloudfront.net` domain: POPs are looked up under it. */
  label: z.string(),
  /** Host to ask with where a URL's own host is not one of `names`; absent: the URL's own always. */
  domain: z.string().optional(),
  /** Its id, when it lies in this account: needed to invalidate. */
  id: z.string().optional(),
  /** Every name it answers to (aliases may be wildcards); empty when it lies in another account. */
  names: z.array(z.string()),
  /** Hosts of the URLs that are its; absent: all. */
  hosts: z.array(z.string()).optional(),
});

export type Distribution = z.infer<typeof distributionSchema>;

/** The distribution that serves a URL's host. */
export function distributionOf(distributions: readonly Distribution[], host: string): Distribution | undefined {
  return distributions.find(({ hosts }) => hosts === undefined || hosts.includes(host));
}

const CLOUDFRONT_NAME = /^([a-z0-9-]{1,63})(?:\.[a-z0-9-]{1,63})?\.cloudfront\.(?:net|cn)$/i;

/** The label of a distribution's own domain, or of its name at a POP; undefined for any other name. */
export function cloudFrontLabel(name: string): string | undefined {
  return CLOUDFRONT_NAME.exec(name)?.[1]?.toLowerCase();
}

/** Host and SNI with which a URL is asked for, so that the POP finds the distribution; with the URL's port, if it has one. */
export function hostToAsk(distribution: Distribution, url: URL): string {
  const { domain, names } = distribution;
  if (domain === undefined || names.some((name) => matchesName(url.hostname, name))) return url.host;
  return url.port === "" ? domain : `${domain}:${url.port}`;
}

/**
 * Whether a host is a name, or lies under a wildcard alias: `*.example.com` covers `a.example.com` and `a.b.example.com`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-wildcard.html
 */
export function matchesName(host: string, name: string): boolean {
  if (!name.startsWith("*.")) return host.toLowerCase() === name.toLowerCase();
  const end = name.slice(1).toLowerCase();
  return host.length > end.length && !host.startsWith(".") && host.toLowerCase().endsWith(end);
}
