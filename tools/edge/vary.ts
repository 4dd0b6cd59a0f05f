import type { Asked } from "./asked.ts";
import type { Policy } from "./behaviour.ts";
import { Content } from "./content.ts";
import { headerOf, type Reply } from "./reply.ts";
import type { StoredObject } from "./site.ts";

/**
 * What the origin has for a request, of an object that differs by request headers: the bytes follow from their values,
 * and Vary names them.
 */
export function variantOf(object: StoredObject, headers: Readonly<Record<string, unknown>>): StoredObject {
  const { vary, content, name } = object;
  if (vary === undefined) return object;
  const values = vary.map((header) => `${header}: ${headers[header] ?? ""}`);
  return {
    ...object,
    content: new Content([name, ...values].join("\n"), content.size, content.alphabet),
    headers: { ...object.headers, vary: vary.join(", ") },
  };
}

/**
 * Vary as CloudFront passes it on: the headers that the policy sends to the origin, Accept-Encoding and Cookie; the
 * others are removed. Undefined if nothing is left.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#ResponseCustomRemovedHeaders
 */
export function passedVary(vary: string, { keyHeaders }: Pick<Policy, "keyHeaders">): string | undefined {
  const names = vary
    .split(",")
    .map((name) => name.trim())
    .filter((name) => PASSED.has(name.toLowerCase()) || keyHeaders.includes(name.toLowerCase()));
  return names.length === 0 ? undefined : names.join(", ");
}

const PASSED = new Set(["accept-encoding", "cookie"]);

/** An answer of the origin with Vary as CloudFront passes it on. */
export function withPassedVary(reply: Reply, { policy }: Asked): Reply {
  const vary = headerOf(reply, "vary");
  if (vary === undefined) return reply;
  const passed = passedVary(vary, policy);
  const headers = reply.headers.flatMap((name, at) =>
    at % 2 === 1 || name === "vary" ? [] : [name, reply.headers[at + 1] ?? ""],
  );
  return { ...reply, headers: passed === undefined ? headers : [...headers, "vary", passed] };
}
