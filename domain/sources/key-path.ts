/** Browsers leave these as they are in a path, and S3 takes them so. Encoded, they might be another object to the edge's cache. */
const PLAIN: ReadonlyMap<string, string> = new Map([...",:;=@$&/"].map((it) => [encodeURIComponent(it), it]));

/**
 * A key as the path of a URL under which S3 has it, in a browser's spelling. `+` is encoded, because S3 reads a plain one
 * as a space.
 * @returns undefined: no URL leads to it, since `.` and `..` between slashes are worked out before a URL is asked for
 */
export function keyPath(key: string): string | undefined {
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(key) || /\p{Surrogate}/u.test(key)) return undefined;
  return encodeURIComponent(key).replaceAll(/%[0-9A-F]{2}/g, (it) => PLAIN.get(it) ?? it);
}

/** The key that a path leads to; undefined: it is not percent-encoded UTF-8. */
export function pathKey(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
