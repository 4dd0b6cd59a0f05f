import * as z from "zod";
import { keysOf } from "../collections.ts";

/** What Prewarm reports of a task. Each claims no more than was observed; `npm run gen docs` writes the table into docs/api.md. */
export const OUTCOMES = {
  warm: "A hit in the POP's own cache was observed after the downloads: the tier is EDGE, and `Age` increased.",
  hit: "A hit was observed that does not prove that the POP keeps the object: its tier is not reported, its `Age` is absent or constant, or the origin sends an `Age`. See the task's `warning`.",
  regional:
    "A hit of the regional edge cache or of Origin Shield was observed, or after one download a hit whose tier is not reported. The POP's own cache is not shown to keep the object.",
  not_kept: "After the last download, a check was a miss, or two consecutive checks were RefreshHits.",
  done: "The object was downloaded. Nothing is claimed, because the server sends no `x-cache` or `verify` is `off`.",
  failed:
    "There was no complete download, no valid response to a check, or a response of AWS WAF. Whether the POP keeps the object is unknown.",
} as const;

export type TaskOutcome = keyof typeof OUTCOMES;

/** All outcomes, in the order of the table. */
export const outcomes: readonly TaskOutcome[] = keysOf(OUTCOMES);

/** A stored outcome; undefined where only a newer version knows it. */
export const outcomeSchema = z.enum(outcomes).optional().catch(undefined);

/** How warmth is shown: at the address of the download, or not at all. */
export const VERIFY = ["edge", "off"] as const;
export const verifySchema = z.enum(VERIFY);
export type Verify = z.infer<typeof verifySchema>;

/** Of a request that does not say, and of items and messages of a release that did not know it. */
export const DEFAULT_VERIFY: Verify = "edge";

/** A request, as far as it says which cache is to keep its objects: each POP's own, or the regional edge cache. */
export interface Scoped {
  /** @default pop */
  readonly scope?: "pop" | "regional" | undefined;
}

/**
 * Whether a task succeeded and the cache that its request asks for is not shown to keep the object. Scope `pop`: only the REC is shown to.
 * Scope `regional`: only the POP's own cache is.
 */
export function isLacking(outcome: TaskOutcome | undefined, { scope = "pop" }: Scoped): boolean {
  return scope === "pop" ? outcome === "regional" : outcome === "warm" || outcome === "hit";
}

/** A RefreshHit is none: the object had expired, and the origin was asked. Nor is an Error that is kept. */
export function isHit({ xCache }: { readonly xCache?: string | undefined }): boolean {
  return xCache !== undefined && /^hit\b/i.test(xCache);
}

/** Whether CloudFront answered with an error, whatever the status is: a distribution may have custom error responses. */
export function isErrorPage({ xCache }: { readonly xCache?: string | undefined }): boolean {
  return xCache !== undefined && /^error\b/i.test(xCache);
}

/** POP that answered: the last one in `x-amz-cf-pop`. An origin behind CloudFront names its own POP first. */
export function popOf(xAmzCfPop: string | undefined): string | undefined {
  return xAmzCfPop?.split(",").at(-1)?.trim();
}

/** The tier that answered, as Server-Timing names it: `EDGE`, `REC` or `Origin Shield`. */
export function tierOf(serverTiming: string | undefined): string | undefined {
  return layerIn(serverTiming, HIT_LAYER);
}

/** The tier that asked the origin, as Server-Timing names it; undefined: none did. */
export function upstreamOf(serverTiming: string | undefined): string | undefined {
  return layerIn(serverTiming, UPSTREAM_LAYER);
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
const LAYER = String.raw`\s*;\s*desc=(?:"([A-Za-z ]{1,40})"|([A-Za-z]{1,40}))\s*(?:[,;]|$)`;
const HIT_LAYER = metric("cdn-hit-layer");
const UPSTREAM_LAYER = metric("cdn-upstream-layer");

interface Metric {
  readonly name: string;
  readonly expression: RegExp;
}

/** Matches a metric of the header. A comma in a quoted string does not end the metric before it: RFC 9110, 5.6.4. */
function metric(name: string): Metric {
  return { name, expression: new RegExp(String.raw`^(?:(?:[^"]|"(?:[^"\\]|\\.)*")*?,)?\s*${name}${LAYER}`) };
}

function layerIn(serverTiming: string | undefined, { name, expression }: Metric): string | undefined {
  // Most headers lack most metrics, and the expression takes a microsecond: each response is searched several times.
  if (serverTiming?.includes(name) !== true) return undefined;
  const [, quoted, token] = expression.exec(serverTiming) ?? [];
  return (quoted ?? token)?.trim();
}
