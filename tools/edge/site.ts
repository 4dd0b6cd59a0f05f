import { Content } from "./content.ts";

export interface SiteObject {
  /** Bytes of the body. */
  readonly size: number;
  /** @default 200 */
  readonly status?: number;
  /** Added to the origin's own headers. One of the same name replaces the origin's. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Content;
}

export type SiteMap = ReadonlyMap<string, SiteObject> | Readonly<Record<string, SiteObject>>;

/** The tiers keep whole bodies in memory, so an object cannot be larger. */
const MAX_OBJECT_BYTES = 1024 ** 3;

/** What the origin has. Paths begin with a slash; a path given with a query string answers for that query alone. */
export class Site {
  readonly #objects = new Map<string, StoredObject>();
  readonly #revisions = new Map<string, number>();

  constructor(objects: SiteMap) {
    for (const [path, object] of objects instanceof Map ? objects : Object.entries(objects)) this.add(path, object);
  }

  /** Adding a path again is a new upload: other bytes and another ETag, even at the same size. */
  add(path: string, { size, status = 200, headers = {} }: SiteObject): void {
    if (!path.startsWith("/")) throw new RangeError(`a path of the site begins with a slash, not: ${path}`);
    if (!Number.isInteger(size) || size < 0 || size > MAX_OBJECT_BYTES) {
      throw new RangeError(`${path}: an object has 0 to ${MAX_OBJECT_BYTES} bytes, not ${size}`);
    }
    const revision = this.#revisions.get(path) ?? 0;
    this.#revisions.set(path, revision + 1);
    this.#objects.set(path, { status, headers, content: new Content(`${path}#${revision}`, size) });
  }

  /** `target` is a request's path and query, still percent-encoded; the site may be written either way. */
  find(target: string): StoredObject | undefined {
    const path = target.split("?", 1)[0] ?? target;
    return this.#objects.get(target) ?? this.#objects.get(path) ?? this.#objects.get(decoded(path));
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A stray % is no error: the path is just unknown.
  }
}
