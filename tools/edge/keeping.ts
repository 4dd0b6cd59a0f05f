import type { Asked } from "./asked.ts";
import { freshFor, isNeverKept } from "./freshness.ts";
import { headerOf, type Reply } from "./reply.ts";

/** How long an answer is good for; what is known to be incomplete is not kept. */
export function keeping(reply: Reply, { policy }: Asked, now: number) {
  const { status } = reply;
  const cacheControl = headerOf(reply, "cache-control");
  const dated = { status, cacheControl, expires: headerOf(reply, "expires"), vary: headerOf(reply, "vary") };
  const ttlMs = freshFor(status, cacheControl, policy.errorTtlMs, { ttl: policy.ttl, expires: dated.expires, now });
  const incomplete = reply.cut === true && !reply.unsized;
  return { ttlMs, neverKept: incomplete || isNeverKept(dated, policy.ttl) };
}
