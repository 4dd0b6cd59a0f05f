import type { Behaviour, Policy } from "./behaviour.ts";
import type { Distribution } from "./distributions.ts";
import type { FaultHook } from "./faults.ts";
import type { OriginSettings } from "./origin.ts";
import type { SiteMap } from "./site.ts";

/** Of a POP. */
export const MAX_ADDRESSES = 4;

export interface EdgePop {
  /** `SIN2-P1` */
  readonly pop: string;
  /** The regional edge cache that it asks; any name. */
  readonly rec: string;
  /**
   * How many addresses it has: one to {@link MAX_ADDRESSES}.
   * @default 1
   */
  readonly addresses?: number;
  /**
   * Whether its addresses share a cache or have one each. Servers with caches of their own do not ask each other.
   * @default shared
   */
  readonly caches?: "shared" | "own";
}

export interface EdgeOptions {
  readonly distributions: readonly Distribution[];
  readonly pops: readonly EdgePop[];
  /**
   * POPs whose names do not resolve, whether or not they are among `pops`.
   * @default none; a POP that is not among `pops` does not resolve anyway
   */
  readonly deadPops?: readonly string[];
  /**
   * Those of `pops` that resolve and refuse every connection.
   * @default none
   */
  readonly closedPops?: readonly string[];
  /**
   * Which labels lead to POPs: those of the distributions alone, or `any`.
   * @default own
   */
  readonly labels?: "own" | "any";
  /** What the origin has, by path. */
  readonly site: SiteMap;
  /** @default a port that is free on all addresses */
  readonly httpsPort?: number;
  /** @default a port that is free on all addresses */
  readonly httpPort?: number;
  /** @default a free port */
  readonly dnsPort?: number;
  /**
   * The first POP's address; the others follow it.
   * @default 127.77.0.1
   */
  readonly firstAddress?: string;
  readonly faults?: FaultHook;
  /**
   * How paths are cached and answered. The first that fits counts, and a distribution's own come before.
   * @default as CloudFront with its policy CachingOptimized, with compression, and always with Server-Timing
   */
  readonly behaviours?: readonly Behaviour[];
  /**
   * How the origins behave. Each distribution's has a limit of its own.
   * @default without limit and delay
   */
  readonly origin?: OriginSettings;
  /**
   * Whether each request at a POP is remembered, for `popRequests()`. That takes memory.
   * @default false
   */
  readonly logPops?: boolean;
  /**
   * The admission of behaviours that state none.
   * @default second
   */
  readonly admission?: Policy["admission"];
  /**
   * Milliseconds since the epoch; a test may turn it forward.
   * @default Date.now
   */
  readonly now?: () => number;
}
