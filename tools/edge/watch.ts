import type { FaultHook } from "./faults.ts";

/** A GET that the edge was asked. */
export interface Get {
  readonly pop: string;
  readonly path: string;
  /** The loopback address that asked. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Counts the GETs at an edge's POPs, and makes the bodies of some paths slow. It is the edge's hook for faults. */
export class EdgeWatch {
  readonly gets: Get[] = [];
  private readonly rates = new Map<string, number>();

  /** @param paths whose bodies come at so many bytes a second from now on */
  slow(paths: readonly string[], bytesPerSecond: number): void {
    for (const path of paths) this.rates.set(path, bytesPerSecond);
  }

  /** @param next decides about the paths that are not slow. @default they have no fault */
  hook(next?: FaultHook): FaultHook {
    return (request) => {
      const { pop, path, client, method } = request;
      if (method === "GET") this.gets.push({ pop, path, client, at: Date.now() });
      const bytesPerSecond = this.rates.get(path);
      return bytesPerSecond === undefined ? next?.(request) : { kind: "drip", bytesPerSecond };
    };
  }
}
