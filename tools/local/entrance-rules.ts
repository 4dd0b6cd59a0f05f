import type { IncomingHttpHeaders } from "node:http";
import { NO_KEY } from "../../domain/validation/api-error.ts";

/** What the entrance looks at in a call. */
export interface EntranceCall {
  readonly method: string;
  /** The request's target, as it came: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface EntranceRules {
  /** Hosts with port, as clients name this entrance. */
  readonly hosts: readonly string[];
  readonly apiKey: string;
}

export interface EntranceRefusal {
  readonly status: number;
  readonly message: string;
}

/**
 * A path of the API: segments of plain characters, and a query. Whatever could be read as another path (an encoded character, a
 * backslash, an empty segment) is none, so the path that is judged here is the path that the emulator sees. The emulator has other
 * APIs, which need no key of this one.
 */
const TARGET = /^(\/[\w.-]+)+\/?(\?[^#\s]*)?$/;
const DOT_SEGMENT = /\/\.\.?(\/|\?|$)/;

const METHODS: readonly string[] = ["GET", "HEAD", "POST"];

/** The headers that a function of the API reads, or that say how the body or the answer is written. */
const FORWARDED = ["accept", "accept-encoding", "content-type", "if-none-match", "user-agent", "x-api-key"] as const;

/** Says why a call may not pass to the API. Undefined if it may. */
export function entranceRefusal(call: EntranceCall, rules: EntranceRules): EntranceRefusal | undefined {
  const { hosts, apiKey } = rules;
  // A page's own name may lead to this machine (DNS rebinding). The name stays in Host.
  const { host = "" } = call.headers;
  if (!hosts.includes(host.toLowerCase()))
    return { status: 403, message: `Host must be one of ${hosts.join(", ")}; got ${JSON.stringify(host)}` };
  if (!TARGET.test(call.url) || DOT_SEGMENT.test(call.url.split("?", 1)[0] ?? ""))
    return {
      status: 400,
      message: "The path is not normalized: use letters, digits, '-', '_', '.' and single slashes",
    };
  if (!call.url.startsWith("/prod/")) return { status: 403, message: "The API's URLs begin with /prod/" };
  if (!METHODS.includes(call.method)) return { status: 403, message: `No route has the method ${call.method}` };
  if (!isConsole(call) && call.headers["x-api-key"] !== apiKey) return { status: 403, message: NO_KEY };
  return undefined;
}

/** The headers to forward. Drops the console's own Origin, because the front rejects every request that has one. */
export function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const forwarded = Object.fromEntries(
    FORWARDED.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host}` ? forwarded : { ...forwarded, origin };
}

/** The routes without a key: lib/api.ts says which. */
function isConsole({ method, url }: EntranceCall): boolean {
  return method === "GET" && /^\/prod\/console(\/|$|\?)/.test(url);
}
