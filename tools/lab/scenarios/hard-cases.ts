import type { FailureReason } from "../../../domain/result/failure.ts";
import { type Behaviour, CACHING_DISABLED } from "../../edge/behaviour.ts";
import type { Fault } from "../../edge/faults.ts";
import type { SiteObject } from "../../edge/site.ts";

/** How each case is warmed: with Server-Timing, and without it. What must be claimed at least once. */
export const MODES = {
  "server-timing": { verify: "edge", claimed: "warm" },
  "no-server-timing": { verify: "edge", claimed: "hit" },
} as const;
export type Mode = keyof typeof MODES;

/** How a task of a case must end. */
export interface Expected {
  readonly ends: "warm" | "hit" | "regional" | FailureReason;
  /** What a failure must say. */
  readonly says?: RegExp;
  /** A `hit` or `regional` with a warning will do as well: nothing is claimed of it. @default false */
  readonly orDoubtfulHit?: true;
}

/** One URL whose answers are not what they look like. */
interface HardCase {
  readonly name: string;
  /** @default 2,000 bytes */
  readonly object?: Partial<SiteObject>;
  readonly behaviour?: Omit<Behaviour, "path" | "serverTiming">;
  /** What goes wrong with each GET. */
  readonly fault?: Fault;
  /** The origin fails for two seconds from its first GET on, and the RECs keep the error for longer. @default false */
  readonly failsFirst?: true;
  /** Others ask for it all the time, at some of the POPs. @default nobody */
  readonly crowd?: true;
  readonly expected: Readonly<Record<Mode, Expected>>;
}

/** Bytes of a case that says no other. */
export const SIZE = 2_000;
const LARGE = 200_000;
const always = (expected: Expected) => ({ "server-timing": expected, "no-server-timing": expected });
const failed = (ends: FailureReason, says: RegExp) => ({ expected: always({ ends, says }) });
const notKept = (says: RegExp) => failed("not_kept", says);
/** What others request all the time: each check may share an answer, and no Age grows. */
const shared = (says: RegExp) => ({ expected: always({ ends: "not_kept", says, orDoubtfulHit: true }) });
/** Without Server-Timing, hits of the REC do not say that they are its. */
const untoldAsHit = (expected: Expected) => ({ ...always(expected), "no-server-timing": { ends: "hit" } }) as const;
const KEPT = { expected: untoldAsHit({ ends: "warm" }) };
const REC_ONLY = { expected: untoldAsHit({ ends: "regional" }) };
const POLICY = /check the cache policy/;
const NO_STORE = /Cache-Control: no-store/;

const cacheControl = (value: string) => ({ headers: { "cache-control": value } });
const cut = (length: "stated" | "chunked" | "none") => ({ cut: { after: 900, length } });

/** The first ones are kept: a lab that calls nothing warm has shown nothing. */
export const HARD_CASES: readonly HardCase[] = [
  { name: "kept", ...KEPT },
  { name: "kept, large", object: { size: LARGE }, ...KEPT },
  {
    name: "no-store, and a minimum TTL overrules it",
    object: cacheControl("no-store"),
    behaviour: { ttl: { min: 3_600, default: 86_400, max: 86_400 } },
    ...KEPT,
  },
  { name: "an error at first, which the RECs keep", failsFirst: true, ...KEPT },
  { name: "evicted once before the proof", behaviour: { evict: { after: 1, times: 1 } }, ...REC_ONLY },
  ...["no-store", "private, max-age=60", "no-cache"].map((value) => ({
    name: `never kept by header: ${value}`,
    object: cacheControl(value),
    ...notKept(new RegExp(`Cache-Control: ${value.split(",", 1)}`)),
  })),
  { name: "never kept by policy", behaviour: CACHING_DISABLED, ...notKept(POLICY) },
  { name: "kept at the REC only", behaviour: { keptAt: "rec" }, ...REC_ONLY },
  { name: "evicted before the proof, each time", behaviour: { evict: { after: 1 } }, ...REC_ONLY },
  {
    name: "evicted, and the proof's range is kept as a fragment",
    object: { size: LARGE },
    behaviour: { evict: { after: 1 }, ranges: "kept" },
    ...REC_ONLY,
  },
  ...(["layer", "no-layer", "false-layer"] as const).map(
    (collapsing): HardCase => ({
      name: `a collapsed hit (${collapsing}), no-store`,
      object: cacheControl("no-store"),
      behaviour: { collapsing },
      crowd: true,
      ...shared(NO_STORE),
    }),
  ),
  {
    name: "a collapsed hit, never kept by policy",
    crowd: true,
    behaviour: { ...CACHING_DISABLED, collapsing: "no-layer" },
    ...shared(POLICY),
  },
  { name: "another POP's name", fault: { kind: "otherPop", pop: "QQQ1-P1" }, ...failed("other_pop", /QQQ1-P1/) },
  { name: "truncated, with its length", object: cut("stated"), ...failed("incomplete", /900 of \d+ bytes arrived/) },
  {
    name: "truncated, in chunks, and kept as if whole",
    object: cut("chunked"),
    ...failed("incomplete", /900 bytes arrived/),
  },
  { name: "truncated, without a length", object: cut("none"), ...failed("incomplete", /900 bytes arrived/) },
  { name: "206 that nobody asked for", object: { status: 206 }, ...failed("incomplete", /partial content/) },
  { name: "204", object: { size: 0, status: 204 }, ...failed("incomplete", /without a body/) },
  {
    name: "empty, where the probe knew 5 MB",
    object: { size: 0, probedSize: 5_000_000 },
    ...failed("incomplete", /0 bytes arrived, but Get Size measured 5000000/),
  },
  {
    name: "other bytes than the probe",
    object: { probedSize: SIZE + 500 },
    ...failed("incomplete", /2000 bytes arrived, but Get Size measured 2500/),
  },
  {
    name: "x-cache: Error with a page",
    fault: { kind: "headers", headers: { "x-cache": "Error from cloudfront" } },
    ...failed("error_page", /x-cache: Error/),
  },
  {
    name: "generated by a function at the edge",
    behaviour: { generated: "function" },
    ...failed("generated", /a function at the edge/),
  },
];
