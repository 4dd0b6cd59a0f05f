/**
 * Shares equal bodies, so that several RECs which fetched the same object keep it in memory once. Each REC still
 * fetches it: a body is replaced only after it was received and found equal.
 */
export class Bodies {
  readonly #byTag = new Map<string, WeakRef<Buffer>>();

  /** `body`, or the equal Buffer that came earlier under the same ETag. */
  same(etag: string | undefined, body: Buffer): Buffer {
    if (etag === undefined) return body;
    const known = this.#byTag.get(etag)?.deref();
    if (known?.equals(body)) return known;
    this.#byTag.set(etag, new WeakRef(body));
    return body;
  }
}
