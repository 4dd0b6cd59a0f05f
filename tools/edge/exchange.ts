import type { IncomingMessage, ServerResponse } from "node:http";
import type { Policy } from "./behaviour.ts";
import type { Forwarded, Layer, Reply, Source } from "./reply.ts";
import type { Tier } from "./tier.ts";

/** One cache server of a POP, at one address. */
export interface Pop {
  /** `SIN2-P1` */
  readonly name: string;
  readonly address: string;
  readonly via: string;
  /** Its own cache, or the one that all servers of the POP share. */
  readonly tier: Tier;
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

/** What was found for a client. */
export interface Found {
  readonly reply: Reply;
  readonly source: Source;
  readonly refreshed: boolean;
  /** Milliseconds since the epoch when the origin gave it; absent when it was not kept. */
  readonly storedAt?: number;
  readonly originMs?: number;
  readonly noLayer?: boolean;
  /** The value of `x-cache`, where it does not follow from the rest. */
  readonly xCache?: string;
  /** The layer that asked the origin, if one did. */
  readonly askedBy?: Layer;
  /** The request, if its POP may admit the object when the answer is sent. */
  readonly forwarded?: Forwarded | undefined;
}
