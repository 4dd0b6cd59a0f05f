import type { IncomingHttpHeaders } from "node:http";
import {
  acceptedEncodings,
  type Encoding,
  type InKey,
  normalised,
  type Policy,
  pathOf,
  policyOf,
} from "./behaviour.ts";

/** What a tier is asked for: one form of one object. */
export interface Asked {
  readonly key: string;
  /** The path with the query strings that go to the origin. */
  readonly target: string;
  /** The distribution, as the origin sees it. */
  readonly domain: string;
  /** Request headers that go to the origin. */
  readonly headers: Readonly<Record<string, string>>;
  readonly accepts: readonly Encoding[];
  /** Keys of the other forms that may be kept. One of them will do, if its encoding is accepted. */
  readonly otherForms: readonly string[];
  readonly policy: Policy;
}

const NONE: readonly [] = [];
const NO_HEADERS = {};

/** What a request asks for under a policy. @param url the path with its query string, as the viewer sends it */
export function askedFor(domain: string, url: string, headers: IncomingHttpHeaders, policy: Policy): Asked {
  const { keyHeaders, encodings, queryStrings, cookies } = policy;
  const target = queryStrings === "all" ? url : targetWith(url, queryStrings);
  const key = cacheKey(domain, target);
  const cookie = cookies === "none" ? "" : only(cookies, (headers.cookie ?? "").split(/; ?/)).join("; ");
  if (keyHeaders.length === 0 && encodings.length === 0 && cookie === "") {
    return { key, target, domain, headers: NO_HEADERS, accepts: NONE, otherForms: NONE, policy };
  }
  const forwarded = Object.fromEntries([
    ...keyHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
    ...(cookie === "" ? [] : [["cookie", cookie]]),
  ]);
  const [accept] = [headers["accept-encoding"]].flat();
  const accepts = acceptedEncodings(accept, encodings);
  const form = normalised(accepts);
  const base = Object.entries(forwarded).reduce((all, [name, value]) => `${all}\n${name}: ${value}`, key);
  const withForm = (one: string) => (one === "" ? base : `${base}\naccept-encoding: ${one}`);
  const others = policy.compress !== false ? formsOf(encodings) : [];
  return {
    key: withForm(form),
    target,
    domain,
    headers: form === "" ? forwarded : { ...forwarded, "accept-encoding": form },
    accepts,
    otherForms: others.filter((one) => one !== form).map(withForm),
    policy,
  };
}

function targetWith(url: string, queryStrings: InKey): string {
  const path = pathOf(url);
  const query = only(queryStrings, url.slice(path.length + 1).split("&")).join("&");
  return query === "" ? path : `${path}?${query}`;
}

/** @param pairs `name=value` */
function only(names: InKey, pairs: readonly string[]): readonly string[] {
  if (typeof names === "string") return names === "all" ? pairs : NONE;
  return pairs.filter((pair) => names.includes(pair.split("=", 1)[0] ?? ""));
}

/** A part of an object, as a fragment that is kept apart from the whole. */
export function fragment(asked: Asked, range: string): Asked {
  const key = `${asked.key}\nrange: ${range}`;
  return { ...asked, key, headers: { ...asked.headers, range }, otherForms: NONE };
}

/** What a key asks for, if nothing else is known of it. */
export function plainly(key: string): Asked {
  const [domain, target] = [domainOf(key), targetOf(key)];
  return { key, target, domain, headers: NO_HEADERS, accepts: NONE, otherForms: NONE, policy: PLAIN };
}

const PLAIN = policyOf();

function formsOf(encodings: readonly Encoding[]): string[] {
  return ["br,gzip", "br", "gzip", ""].filter((form) =>
    form.split(",").every((one) => one === "" || encodings.some((encoding) => encoding === one)),
  );
}

export function cacheKey(domain: string, target: string): string {
  return domain + target;
}

/** The path and query of a key. A domain has no slash, a path begins with one and has no line end. */
export function targetOf(key: string): string {
  const end = key.indexOf("\n");
  return key.slice(key.indexOf("/"), end < 0 ? key.length : end);
}

export function domainOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/** What makes a key a form of its own, such as `accept-encoding: gzip`; empty if nothing does. */
export function formOf(key: string): string {
  return key.split("\n").slice(1).join("; ");
}
