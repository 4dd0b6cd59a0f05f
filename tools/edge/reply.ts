/** An answer on its way to a client, whatever layer it comes from. */
export interface Reply {
  readonly status: number;
  /** Name, value, name, value, …: the form that is cheapest to send. Without Content-Length. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** What Content-Length says: the body's bytes, or for a HEAD those that a GET would bring. */
  readonly length: number;
}

/** A whole answer as a tier keeps it. */
export interface Entry extends Reply {
  readonly etag: string | undefined;
  /** Milliseconds since the epoch when the origin gave it. */
  readonly storedAt: number;
  /** Milliseconds since the epoch until which it may be served without asking the origin. */
  readonly expiresAt: number;
}

/** The layer that had the answer. */
export type Layer = "pop" | "rec" | "origin";

export interface Answer {
  readonly entry: Entry;
  readonly layer: Layer;
  /** The answer had expired here and proved to be unchanged. */
  readonly refreshed: boolean;
}

/** Where the answer to a client came from. `none`: it was made up at the POP and no tier was asked. */
export type Source = Layer | "none";
