/** What the first follower at a POP has shown: its REC is the lead's, it is another one, or nothing yet. */
type Rec = "confirmed" | "wrong";

/** A follower that may start. */
export interface Follower {
  /** Whether its request may reach the origin. */
  readonly needsPermit: boolean;
  /** @param isFromCache whether the REC, or the POP, had the object; undefined: the request has failed without showing it */
  leave(isFromCache: boolean | undefined): void;
}

/**
 * Lets the first follower of a request at a POP run alone, with a permit. If the REC served it, the others follow without permits; otherwise the
 * POP belongs to another REC than its lead, and each acquires a permit.
 */
export class FollowerGate {
  private readonly recs = new Map<string, Rec>();
  /** The first followers that are in progress. */
  private readonly first = new Map<string, Promise<void>>();

  async enter(reqId: string, pop: string): Promise<Follower> {
    const key = `${reqId} ${pop}`;
    for (;;) {
      const rec = this.recs.get(key);
      if (rec !== undefined) return { needsPermit: rec === "wrong", leave: () => undefined };
      const first = this.first.get(key);
      if (first === undefined) return this.enterFirst(key);
      await first;
    }
  }

  /** Forgets a request. */
  delete(reqId: string): void {
    for (const key of this.recs.keys()) if (key.startsWith(`${reqId} `)) this.recs.delete(key);
  }

  private enterFirst(key: string): Follower {
    let end = () => {};
    this.first.set(
      key,
      new Promise((resolve) => {
        end = resolve;
      }),
    );
    const leave = (isFromCache: boolean | undefined) => {
      if (isFromCache !== undefined) this.recs.set(key, isFromCache ? "confirmed" : "wrong");
      this.first.delete(key);
      end();
    };
    return { needsPermit: true, leave };
  }
}
