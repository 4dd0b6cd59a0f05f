import * as z from "zod";

/** What Prewarm says of a task. Each says no more than was seen; `npm run docs` writes the table into docs/api.md. */
export const OUTCOMES = {
  warm: "A hit of that very POP's own cache was seen after the download: the answer told its tier, and it was the edge.",
  hit: "A hit at that POP was seen after the download. The answer did not tell its tier, so it may be the regional cache's.",
  not_kept:
    "The download was whole, but no hit was seen after it, nor after a second one: the POP does not keep the object.",
  done: "Downloaded, and nothing claimed: the server sends no x-cache, or `verify` is `off`.",
  failed: "There was no whole download, or AWS WAF answered when the object was asked for again.",
} as const;

export type Outcome = keyof typeof OUTCOMES;

/** All outcomes, in the order of the table. */
export const outcomes: readonly Outcome[] = ["warm", "hit", "not_kept", "done", "failed"];

/** A stored outcome, for those who read thousands a second; undefined where there is none or one that is not known. */
export function readOutcome(stored: string | undefined): Outcome | undefined {
  return stored !== undefined && isOutcome(stored) ? stored : undefined;
}

function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(OUTCOMES, text);
}

/** A stored outcome; absent in what an agent of 0.1 wrote, and where only a newer version knows it. */
export const outcomeSchema = z.enum(outcomes).optional().catch(undefined);

/** How warmth is shown: at the address of the download, at every address of the POP, or not at all. */
export const VERIFY = ["edge", "addresses", "off"] as const;
export const verifySchema = z.enum(VERIFY);
export type Verify = z.infer<typeof verifySchema>;

/** Of a request that does not say, and of items and messages of a release that did not know it. */
export const DEFAULT_VERIFY: Verify = "edge";

/** What one good answer of one address showed. */
export interface Seen {
  /** `whole`: a download. `check`: the same object asked for again, to see where it comes from. */
  readonly ask: "whole" | "check";
  /** The answer's `x-cache`. */
  readonly xCache?: string | undefined;
  /** The tier that its Server-Timing names: {@link tierOf}. */
  readonly tier?: string | undefined;
  /** Whether it has a Server-Timing that would tell the tier of a hit. */
  readonly told?: boolean | undefined;
  /** Its `age`, in seconds. */
  readonly age?: number | undefined;
}

/** What comes next at an address: another question, or what is said of it. */
export type Step =
  /** `pauseMs`: how long to wait before it. */
  { readonly ask: Seen["ask"]; readonly pauseMs?: number } | { readonly outcome: Exclude<Outcome, "failed"> };

/** How often an object is downloaded whole at one address before it is said not to be kept. */
export const MAX_ROUNDS = 2;

/**
 * What follows from what an address has shown so far, in order.
 * @param seen answers that were good; a check without a good answer is one without `x-cache`
 */
export function nextStep(seen: readonly Seen[]): Step {
  const last = seen.at(-1);
  if (last === undefined) return { ask: "whole" };
  if (isHit(last) && last.tier === EDGE) return { outcome: "warm" };
  if (last.ask === "whole")
    return last.xCache === undefined && seen.length === 1 ? { outcome: "done" } : checkAfter(last);
  if (isHit(last) && last.tier === undefined && isOld(last)) return { outcome: "hit" };
  return roundsOf(seen) >= MAX_ROUNDS ? { outcome: "not_kept" } : { ask: "whole" };
}

/** After this time what is kept is a second old, and the requests of others that were on their way are likely over. */
const SHARED_ANSWER_MS = 1_100;

/**
 * Identical requests on their way at the same moment share one answer, and all but one of them read `Hit`, of an object that
 * may be kept nowhere. Where the tier is not told, only the age tells such an answer from one of a cache: it has just come. So the
 * check waits until what is kept is older than that.
 */
function checkAfter(download: Seen): Step {
  const wait = download.told !== true && !(isHit(download) && isOld(download));
  return wait ? { ask: "check", pauseMs: SHARED_ANSWER_MS } : { ask: "check" };
}

function isOld({ age = 0 }: Seen): boolean {
  return age > 0;
}

/** How often the object was downloaded whole. */
export function roundsOf(seen: readonly Seen[]): number {
  return seen.filter(({ ask }) => ask === "whole").length;
}

const EDGE = "EDGE";

/** A RefreshHit is none: the object had expired, and the origin was asked. Nor is an Error that is kept. */
export function isHit({ xCache }: { readonly xCache?: string | undefined }): boolean {
  return xCache !== undefined && /^hit\b/i.test(xCache);
}

/**
 * The tier that answered, as Server-Timing names it: `EDGE`, `REC` or `Origin Shield`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
export function tierOf(serverTiming: string | undefined): string | undefined {
  return serverTiming === undefined
    ? undefined
    : /(?:^|,)\s*cdn-hit-layer\s*;\s*desc="?([A-Za-z ]{1,40})"?/.exec(serverTiming)?.[1]?.trim();
}
