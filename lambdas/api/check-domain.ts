import { asciiHost } from "../../domain/net/urls.ts";
import { abbreviate } from "./abbreviate.ts";

/** A name, with the scheme of a URL and the blanks that may stand around it. */
const MAX_DOMAIN_CHARACTERS = 300;

export function checkDomain(domain: string | undefined, problems: string[]): string | undefined {
  if (domain === undefined || domain === "") return undefined;
  if (domain.length > MAX_DOMAIN_CHARACTERS) {
    problems.push(`cf_domain: has ${domain.length} characters; a domain name has at most 253`);
    return undefined;
  }
  // A URL pasted instead of a name is clear enough, and common.
  const name = asciiHost(domain.replace(/^https?:\/\//i, "").replace(/\/$/, ""));
  if (name !== undefined && /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name))
    return name;
  problems.push(`cf_domain: '${abbreviate(domain)}' is not a domain name, such as d111111abcdef8.cloudfront.net`);
  return undefined;
}
