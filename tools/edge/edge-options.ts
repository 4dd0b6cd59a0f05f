import type { Distribution } from "./distributions.ts";
import type { FaultHook } from "./faults.ts";
import type { SiteMap } from "./site.ts";

export interface EdgePop {
  /** `SIN2-P1` */
  readonly pop: string;
  /** The regional edge cache that it asks; any name. */
  readonly rec: string;
  /**
   * How many addresses it has.
   * @default 1
   */
  readonly addresses?: number;
}

export interface EdgeOptions {
  readonly distributions: readonly Distribution[];
  readonly pops: readonly EdgePop[];
  /**
   * POPs whose names do not resolve, whether or not they are among `pops`.
   * @default none; a POP that is not among `pops` does not resolve anyway
   */
  readonly deadPops?: readonly string[];
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
   * How long an error of the origin is cached, in milliseconds.
   * @default 10000
   */
  readonly errorTtlMs?: number;
  /**
   * Milliseconds since the epoch; a test may turn it forward.
   * @default Date.now
   */
  readonly now?: () => number;
}
