import { hostOf } from "../net/urls.ts";
import { MAX_HOSTS } from "./limits.ts";

/** What is wrong with URLs that come without `cf_domain`: each host is looked up, and kept. undefined: nothing. */
export function tooManyHosts(urls: readonly string[]): string | undefined {
  const hosts = new Set(urls.map(hostOf));
  if (hosts.size <= MAX_HOSTS) return undefined;
  return `cf_domain: is needed, because the URLs have ${hosts.size} different hosts (without it at most ${MAX_HOSTS})`;
}
