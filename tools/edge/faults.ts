import type { IncomingHttpHeaders } from "node:http";

/** A request as a fault hook sees it. */
export interface FaultRequest {
  readonly pop: string;
  /** The loopback address that was asked: a POP may have several. */
  readonly address: string;
  /** The loopback address that asks. */
  readonly client: string;
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export type Fault =
  /** An answer of this status instead of the object. The tiers are not asked. Headers replace the edge's own. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** A delay before the answer. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The answer waits for this. A test that looks at what is under way ends it then. */
  | { readonly kind: "held"; readonly until: Promise<unknown> }
  /** Another POP answers, with its own cache and name. Of a POP that the edge does not have, only the name is used. */
  | { readonly kind: "otherPop"; readonly pop: string }
  | AnswerFault;

/** Faults of an answer that is already on its way. */
export type AnswerFault =
  /** Headers that replace the answer's own, the edge's too, such as `x-cache` or `x-amz-cf-pop`; in lower case. */
  { readonly kind: "headers"; readonly headers: Replacing } | BodyFault;

/** A header may have several values; with an empty list it is left out. */
export type Replacing = Readonly<Record<string, string | readonly string[]>>;

export type BodyFault =
  /** No fault, but slow: the whole body, and no more of it in a second than this. */
  | { readonly kind: "drip"; readonly bytesPerSecond: number }
  /** Silence: from the beginning, or after the headers and `after` bytes. */
  | { readonly kind: "stall"; readonly after?: number }
  /** The connection is closed normally after `after` bytes, fewer than Content-Length. */
  | { readonly kind: "truncate"; readonly after: number }
  /** The connection is reset (RST) after `after` bytes of the body; with 0 before the head. */
  | { readonly kind: "reset"; readonly after: number }
  /** Content-Length is wrong by `contentLengthDelta`. The whole body follows, and then the connection is closed. */
  | { readonly kind: "lie"; readonly contentLengthDelta: number };

/** Decides for each request whether it goes wrong, and how. Called once a request, before anything else. */
export type FaultHook = (request: FaultRequest) => Fault | undefined;

/** A GET that the edge was asked. */
export interface Get {
  readonly pop: string;
  readonly path: string;
  /** The loopback address that asked. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Notes the GETs at an edge's POPs, and lets several decide about faults. */
export class EdgeWatch {
  readonly gets: Get[] = [];
  /** The first that says something counts. */
  readonly faults = new Set<FaultHook>();

  /** The edge's. */
  readonly hook: FaultHook = (request) => {
    const { pop, path, client, method } = request;
    if (method === "GET") this.gets.push({ pop, path, client, at: Date.now() });
    for (const decide of this.faults) {
      const fault = decide(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

  /** @param paths whose bodies come at so many bytes a second from now on */
  slow(paths: readonly string[], bytesPerSecond: number): void {
    const its = new Set(paths);
    this.faults.add(({ path }) => (its.has(path) ? { kind: "drip", bytesPerSecond } : undefined));
  }
}
