import type { IncomingMessage, ServerResponse } from "node:http";
import type { Policy } from "./behaviour.ts";
import type { PopCounters } from "./counters.ts";
import type { Tier } from "./tier.ts";

/** One cache server of a POP, at one address. */
export interface Pop {
  /** `SIN2-P1` */
  readonly name: string;
  /** What it calls itself in `x-amz-cf-pop`. */
  readonly answersAs: string;
  readonly address: string;
  readonly via: string;
  /** Its own cache, or the one that all servers of the POP share. */
  readonly tier: Tier;
  readonly counters: PopCounters;
}

/** One request that a POP answers, and its answer. */
export interface Exchange {
  readonly pop: Pop;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The distribution that is asked; undefined if none is. */
  readonly domain: string | undefined;
  readonly policy: Policy;
  /** `performance.now()` when the request came. */
  readonly began: number;
}
