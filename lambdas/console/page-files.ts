import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** One static file as it is sent. Each is a text, so that it needs no base64 on its way through API Gateway. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
  /** Its name has a hash of what is in it, so it never changes. */
  readonly lasting: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** As esbuild writes it before the extension. */
const HASHED = /-[0-9A-Z]{8}\.\w+$/;

/** All files of a folder by name. @throws Error for a file of a kind that no page needs */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  return new Map(readdirSync(folder).map((name) => [name, pageFile(name, readFileSync(join(folder, name), "utf8"))]));
}

function pageFile(name: string, body: string): PageFile {
  const type = TYPES[extname(name)];
  if (type === undefined) throw new Error(`${name}: a file of this kind is not served`);
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { type, body, etag, lasting: HASHED.test(name) };
}
