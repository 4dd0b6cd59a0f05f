import type { Content } from "./content.ts";
import { contentRange, type Range, requestedRange } from "./range.ts";
import type { Cut, StoredObject } from "./site.ts";

export interface OriginAnswer {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  /** Absent: no body at all. */
  readonly body?: { readonly content: Content; readonly range: Range };
  /** The connection breaks before the end. */
  readonly cut?: Cut;
}

export interface OriginRequest {
  readonly range?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** What the origin says to a GET of `object`; to a HEAD it says the same, without the body. */
export function originAnswer(object: StoredObject | undefined, request: OriginRequest): OriginAnswer {
  if (!object) return { status: 404, headers: { "content-length": 0 } };
  const { content, status } = object;
  if (status !== 200) return whole(object, {});
  const headers = { "cache-control": "max-age=86400", etag: content.etag, "accept-ranges": "bytes", ...object.headers };
  // The edge weakens the ETag of what it compressed.
  if (request.ifNoneMatch?.replace(/^W\//, "") === content.etag) return { status: 304, headers };

  const range = requestedRange(request.range, content.size);
  if (range === undefined) return whole(object, headers);
  const partial = { ...headers, "content-range": contentRange(range, content.size) };
  if (range === "unsatisfiable") return { status: 416, headers: { ...partial, "content-length": 0 } };
  return {
    status: 206,
    headers: { ...partial, "content-length": range.end - range.start },
    body: { content, range },
  };
}

function whole({ status, headers, content }: StoredObject, more: Record<string, string>): OriginAnswer {
  return {
    status,
    headers: { "content-type": "application/octet-stream", ...more, ...headers, "content-length": content.size },
    body: { content, range: { start: 0, end: content.size } },
  };
}
