/**
 * Bodies that are in use somewhere, so that several RECs which each fetched the same object keep it in memory once. Each of
 * them still has to fetch it: only bytes that were received and found equal are replaced.
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
