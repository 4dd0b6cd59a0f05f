import type { FailureReason } from "../../domain/result/failure.ts";
import type { TaskOutcome } from "../../domain/result/outcome.ts";
import { type Behaviour, CACHING_DISABLED } from "../edge/behaviour.ts";
import type { Fault } from "../edge/faults.ts";
import type { SiteObject } from "../edge/site.ts";

/** How a task of a case must end. */
export interface Wanted {
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
  readonly coldAtLast?: boolean;
  /** With Server-Timing, without it, and with `verify: addresses`. @default `told` holds there, too */
  readonly told: Wanted;
  readonly untold?: Wanted;
  readonly addresses?: Wanted;
}

const SIZE = 2_000;
const LARGE = 200_000;
const WARM: Wanted = { outcome: "warm" };
const HIT: Wanted = { outcome: "hit" };
const kept = { told: WARM, untold: HIT };
const headers = (cacheControl: string) => ({ size: SIZE, headers: { "cache-control": cacheControl } });
const notKept = (says: RegExp): { told: Wanted } => ({ told: { outcome: "not_kept", reason: "not_kept", says } });
const failed = (reason: FailureReason, says: RegExp): { told: Wanted } => ({
  told: { outcome: "failed", reason, says },
});
const POLICY = /cache policy, or it was evicted/;
const REC_ONLY = /hits come from the regional edge cache/;
/** What others request all the time: each check may share an answer, and no Age grows. */
const shared = (says: RegExp): { told: Wanted } => ({
  told: { ...notKept(says).told, orDoubtfulHit: true },
});

/** The first ones are kept: a lab that calls nothing warm has shown nothing. */
export const HARD_CASES: readonly HardCase[] = [
  { name: "kept", file: "kept.bin", object: { size: SIZE }, ...kept },
  { name: "kept, large", file: "large.bin", object: { size: LARGE }, ...kept },
  {
    name: "no-store, and a minimum TTL overrules it",
    file: "overruled.bin",
    object: headers("no-store"),
    behaviour: { ttl: { min: 3_600, default: 86_400, max: 86_400 } },
    ...kept,
  },
  {
    name: "evicted once before the proof",
    file: "evicted-once.bin",
    object: { size: SIZE },
    behaviour: { evict: { after: 1, times: 1 } },
    ...kept,
  },
  {
    name: "a second server that is cold",
    file: "cold-server.bin",
    object: { size: SIZE },
    coldAtLast: true,
    ...kept,
    addresses: { outcome: "not_kept", reason: "not_kept", says: /1 of 2 addresses have it/ },
  },
  {
    name: "never kept by header: no-store",
    file: "no-store.bin",
    object: headers("no-store"),
    ...notKept(/Cache-Control: no-store/),
  },
  {
    name: "never kept by header: private",
    file: "private.bin",
    object: headers("private, max-age=60"),
    ...notKept(/Cache-Control: private/),
  },
  {
    name: "asked for again each time: no-cache",
    file: "no-cache.bin",
    object: headers("no-cache"),
    ...notKept(/Cache-Control: no-cache/),
  },
  {
    name: "never kept by policy",
    file: "policy.bin",
    object: { size: SIZE },
    behaviour: CACHING_DISABLED,
    ...notKept(POLICY),
  },
  {
    name: "kept at the REC only",
    file: "rec-only.bin",
    object: { size: SIZE },
    behaviour: { keptAt: "rec" },
    ...notKept(REC_ONLY),
    untold: HIT,
  },
  {
    name: "evicted before the proof, each time",
    file: "evicted.bin",
    object: { size: SIZE },
    behaviour: { evict: { after: 1 } },
    ...notKept(REC_ONLY),
    // The REC has it, and its hits do not say that they are its.
    untold: HIT,
  },
  {
    name: "evicted, and the proof's range is kept as a fragment",
    file: "fragment.bin",
    object: { size: LARGE },
    behaviour: { evict: { after: 1 }, ranges: "kept" },
    ...notKept(REC_ONLY),
    untold: HIT,
  },
  {
    name: "a hit that is collapsing's, no-store",
    file: "shared-told.bin",
    object: headers("no-store"),
    behaviour: { collapsing: "told" },
    crowd: true,
    ...shared(/Cache-Control: no-store/),
  },
  {
    name: "a hit that is collapsing's and names no layer",
    file: "shared-untold.bin",
    object: headers("no-store"),
    behaviour: { collapsing: "untold" },
    crowd: true,
    ...shared(/Cache-Control: no-store/),
  },
  {
    name: "a hit that is collapsing's and names the edge",
    file: "shared-false.bin",
    object: headers("no-store"),
    behaviour: { collapsing: "false" },
    crowd: true,
    ...shared(/Cache-Control: no-store/),
  },
  {
    name: "a hit that is collapsing's, never kept by policy",
    file: "shared-policy.bin",
    object: { size: SIZE },
    crowd: true,
    behaviour: { ...CACHING_DISABLED, collapsing: "untold" },
    ...shared(POLICY),
  },
  {
    name: "another POP's name",
    file: "other-pop.bin",
    object: { size: SIZE },
    fault: { kind: "otherPop", pop: "QQQ1-P1" },
    ...failed("other_pop", /QQQ1-P1/),
  },
  {
    name: "truncated, with its length",
    file: "cut-stated.bin",
    object: { size: SIZE, cut: { after: 900, length: "stated" } },
    ...failed("incomplete", /900 of \d+ bytes arrived/),
  },
  {
    name: "truncated, in chunks, and kept as if whole",
    file: "cut-chunked.bin",
    object: { size: SIZE, cut: { after: 900, length: "chunked" } },
    ...failed("incomplete", /900 bytes arrived/),
  },
  {
    name: "truncated, without a length",
    file: "cut-none.bin",
    object: { size: SIZE, cut: { after: 900, length: "none" } },
    ...failed("incomplete", /900 bytes arrived/),
  },
  {
    name: "206 that nobody asked for",
    file: "206.bin",
    object: { size: SIZE, status: 206 },
    ...failed("incomplete", /partial content/),
  },
  {
    name: "204",
    file: "204.bin",
    object: { size: 0, status: 204 },
    ...failed("incomplete", /without a body/),
  },
  {
    name: "empty, where the probe knew 5 MB",
    file: "empty.bin",
    object: { size: 0, probedSize: 5_000_000 },
    ...failed("incomplete", /0 bytes arrived, but Get Size measured 5000000/),
  },
  {
    name: "other bytes than the probe",
    file: "other-size.bin",
    object: { size: SIZE, probedSize: SIZE + 500 },
    ...failed("incomplete", /2000 bytes arrived, but Get Size measured 2500/),
  },
  {
    name: "x-cache: Error with a page",
    file: "error-page.bin",
    object: { size: SIZE },
    fault: { kind: "headers", headers: { "x-cache": "Error from cloudfront" } },
    ...failed("other", /x-cache: Error/),
  },
];
