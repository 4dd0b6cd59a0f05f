import type { FailureReason } from "../../../domain/result/failure.ts";
import type { TaskOutcome } from "../../../domain/result/outcome.ts";
import { type Behaviour, CACHING_DISABLED } from "../../edge/behaviour.ts";
import type { Fault } from "../../edge/faults.ts";
import type { SiteObject } from "../../edge/site.ts";

/** How a task of a case must end. */
export interface ExpectedOutcome {
  readonly outcome: TaskOutcome;
  /** A `hit` with a warning will do as well: nothing is claimed of it. @default false */
  readonly orDoubtfulHit?: true;
  /** The reason of a failure. */
  readonly reason?: FailureReason;
  /** What the failure must say. */
  readonly says?: RegExp;
}

/** One URL whose answers are not what they look like. */
export interface HardCase {
  readonly name: string;
  /** The last part of its path. */
  readonly file: string;
  readonly object: SiteObject;
  readonly behaviour?: Omit<Behaviour, "path" | "serverTiming">;
  /** What goes wrong with each GET. */
  readonly fault?: Fault;
  /** Others ask for it all the time, at some of the POPs. @default nobody */
  readonly crowd?: true;
  /** Each GET at the last address of a POP finds its cache empty. @default false */
  readonly coldAtLast?: true;
  /** With Server-Timing, without it, and with `verify: addresses`. @default as with it */
  readonly expected: ExpectedOutcome;
  readonly withoutServerTiming?: ExpectedOutcome;
  readonly atAddresses?: ExpectedOutcome;
}

const SIZE = 2_000;
const LARGE = 200_000;
const HIT: ExpectedOutcome = { outcome: "hit" };
const KEPT = { expected: { outcome: "warm" }, withoutServerTiming: HIT } as const;
const notKept = (says: RegExp) => ({ expected: { outcome: "not_kept", reason: "not_kept", says } }) as const;
const failed = (reason: FailureReason, says: RegExp) => ({ expected: { outcome: "failed", reason, says } }) as const;
/** What others request all the time: each check may share an answer, and no Age grows. */
const shared = (says: RegExp) => ({ expected: { ...notKept(says).expected, orDoubtfulHit: true } }) as const;
const POLICY = /cache policy, or it was evicted/;
/** Without Server-Timing, hits of the REC do not say that they are its. */
const REC_ONLY = { ...notKept(/hits come from the regional edge cache/), withoutServerTiming: HIT };
const NO_STORE = /Cache-Control: no-store/;

type Details = Omit<HardCase, "name" | "file" | "object"> & { readonly object?: Partial<SiteObject> };

function hardCase(name: string, file: string, { object, ...details }: Details): HardCase {
  return { name, file, object: { size: SIZE, ...object }, ...details };
}

const cacheControl = (value: string) => ({ headers: { "cache-control": value } });
const cut = (length: "stated" | "chunked" | "none") => ({ cut: { after: 900, length } });

/** The first ones are kept: a lab that calls nothing warm has shown nothing. */
export const HARD_CASES: readonly HardCase[] = [
  hardCase("kept", "kept.bin", KEPT),
  hardCase("kept, large", "large.bin", { object: { size: LARGE }, ...KEPT }),
  hardCase("no-store, and a minimum TTL overrules it", "overruled.bin", {
    object: cacheControl("no-store"),
    behaviour: { ttl: { min: 3_600, default: 86_400, max: 86_400 } },
    ...KEPT,
  }),
  hardCase("evicted once before the proof", "evicted-once.bin", {
    behaviour: { evict: { after: 1, times: 1 } },
    ...KEPT,
  }),
  hardCase("a second server that is cold", "cold-server.bin", {
    coldAtLast: true,
    ...KEPT,
    atAddresses: { outcome: "not_kept", reason: "not_kept", says: /1 of 2 addresses have it/ },
  }),
  hardCase("never kept by header: no-store", "no-store.bin", {
    object: cacheControl("no-store"),
    ...notKept(NO_STORE),
  }),
  hardCase("never kept by header: private", "private.bin", {
    object: cacheControl("private, max-age=60"),
    ...notKept(/Cache-Control: private/),
  }),
  hardCase("asked for again each time: no-cache", "no-cache.bin", {
    object: cacheControl("no-cache"),
    ...notKept(/Cache-Control: no-cache/),
  }),
  hardCase("never kept by policy", "policy.bin", { behaviour: CACHING_DISABLED, ...notKept(POLICY) }),
  hardCase("kept at the REC only", "rec-only.bin", { behaviour: { keptAt: "rec" }, ...REC_ONLY }),
  hardCase("evicted before the proof, each time", "evicted.bin", { behaviour: { evict: { after: 1 } }, ...REC_ONLY }),
  hardCase("evicted, and the proof's range is kept as a fragment", "fragment.bin", {
    object: { size: LARGE },
    behaviour: { evict: { after: 1 }, ranges: "kept" },
    ...REC_ONLY,
  }),
  ...(["told", "untold", "false"] as const).map((collapsing) =>
    hardCase(`a hit that is collapsing's, whose layer is ${collapsing}, no-store`, `shared-${collapsing}.bin`, {
      object: cacheControl("no-store"),
      behaviour: { collapsing },
      crowd: true,
      ...shared(NO_STORE),
    }),
  ),
  hardCase("a hit that is collapsing's, never kept by policy", "shared-policy.bin", {
    crowd: true,
    behaviour: { ...CACHING_DISABLED, collapsing: "untold" },
    ...shared(POLICY),
  }),
  hardCase("another POP's name", "other-pop.bin", {
    fault: { kind: "otherPop", pop: "QQQ1-P1" },
    ...failed("other_pop", /QQQ1-P1/),
  }),
  hardCase("truncated, with its length", "cut-stated.bin", {
    object: cut("stated"),
    ...failed("incomplete", /900 of \d+ bytes arrived/),
  }),
  hardCase("truncated, in chunks, and kept as if whole", "cut-chunked.bin", {
    object: cut("chunked"),
    ...failed("incomplete", /900 bytes arrived/),
  }),
  hardCase("truncated, without a length", "cut-none.bin", {
    object: cut("none"),
    ...failed("incomplete", /900 bytes arrived/),
  }),
  hardCase("206 that nobody asked for", "206.bin", {
    object: { status: 206 },
    ...failed("incomplete", /partial content/),
  }),
  hardCase("204", "204.bin", { object: { size: 0, status: 204 }, ...failed("incomplete", /without a body/) }),
  hardCase("empty, where the probe knew 5 MB", "empty.bin", {
    object: { size: 0, probedSize: 5_000_000 },
    ...failed("incomplete", /0 bytes arrived, but Get Size measured 5000000/),
  }),
  hardCase("other bytes than the probe", "other-size.bin", {
    object: { probedSize: SIZE + 500 },
    ...failed("incomplete", /2000 bytes arrived, but Get Size measured 2500/),
  }),
  hardCase("x-cache: Error with a page", "error-page.bin", {
    fault: { kind: "headers", headers: { "x-cache": "Error from cloudfront" } },
    ...failed("other", /x-cache: Error/),
  }),
];
