import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

const INDEX = "index.html";

interface PageRequest {
  readonly pathParameters: APIGatewayProxyEvent["pathParameters"];
}

/**
 * Serves the console's files. It knows no key, no request and no call of AWS.
 * @param files by name; none: the console is off, and every path is a 404
 */
export function createHandler(files: ReadonlyMap<string, PageFile>) {
  return async ({ pathParameters }: PageRequest): Promise<APIGatewayProxyResult> => {
    const name = pathParameters?.["file"];
    // Relative, so that the stage's path and whatever name the API is reached by stay as they are.
    if (name === undefined && files.has(INDEX)) return answer(302, "", { location: `console/${INDEX}` });
    const file = files.get(name ?? "");
    if (file === undefined) return answer(404, "There is no such page.\n", { "content-type": "text/plain" });
    return answer(200, file.body, { "content-type": file.type, "cache-control": file.cacheControl });
  };
}

function answer(statusCode: number, body: string, headers: Record<string, string>): APIGatewayProxyResult {
  return { statusCode, headers: { "cache-control": "no-store", ...headers, ...SECURITY_HEADERS }, body };
}

/** One static file as it is sent. Each is a text, so that it needs no base64 on its way through API Gateway. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
  readonly cacheControl: string;
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
  // A name with a hash changes with the content. The others are asked for each time: they are a few kilobytes.
  return { type, body, cacheControl: HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache" };
}

/**
 * What the page may do: load scripts, styles and images of its own host, call its own host, and nothing else. No inline script or
 * style, no frame around it, no form that is sent away, no text that becomes a script.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Sent with every answer of the console, refusals too. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
