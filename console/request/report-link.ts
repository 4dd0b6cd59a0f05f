import { parseUrl } from "../../domain/net/urls.ts";

/** S3 in every partition: `bucket.s3.region.amazonaws.com`, `bucket.s3.amazonaws.com`, the same in China, and a bucket in the path. */
const S3 = /^(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

/**
 * The address of a file that an answer names, if the page may link to it: https at Amazon S3, or this very machine for a local
 * run. An answer is data: it does not decide where a reader is led.
 * @param pageHost the host name that the page itself has
 */
export function reportLink(text: string, pageHost: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  if (url.protocol === "https:" && url.port === "" && S3.test(url.hostname)) return url.href;
  const local = isLoopback(pageHost) && (isLoopback(url.hostname) || url.hostname.endsWith(".localhost"));
  return local && ["http:", "https:"].includes(url.protocol) ? url.href : undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1";
}
