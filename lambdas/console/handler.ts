import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { PageFile } from "./page-files.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

const INDEX = "index.html";
/** Longer than any session; the name changes with the content. */
const FOREVER = "public, max-age=31536000, immutable";
/** Kept, and asked for again each time: `no-cache` does not forbid to keep it. */
const ASK_AGAIN = "no-cache";

type Asked = Pick<APIGatewayProxyEvent, "pathParameters" | "headers">;

/**
 * Serves the console's files. It knows no key, no request and no call of AWS.
 * @param files by name; none: the console is off, and every path is a 404
 */
export function createHandler(files: ReadonlyMap<string, PageFile>) {
  return async ({ pathParameters, headers }: Asked): Promise<APIGatewayProxyResult> => {
    const name = pathParameters?.["file"];
    // Relative, so that the stage's path and whatever name the API is reached by stay as they are.
    if (name === undefined && files.has(INDEX)) return answer(302, "", { location: `console/${INDEX}` });
    const file = files.get(name ?? "");
    if (file === undefined) return answer(404, "There is no such page.\n", { "content-type": "text/plain" });
    const kept = { etag: file.etag, "cache-control": file.lasting ? FOREVER : ASK_AGAIN };
    if (ifNoneMatch(headers) === file.etag) return answer(304, "", kept);
    return answer(200, file.body, { "content-type": file.type, ...kept });
  };
}

function answer(statusCode: number, body: string, headers: Record<string, string>): APIGatewayProxyResult {
  return { statusCode, headers: { "cache-control": "no-store", ...headers, ...SECURITY_HEADERS }, body };
}

/** A proxy that compresses makes the tag a weak one. */
function ifNoneMatch(headers: Asked["headers"]): string | undefined {
  const [, value] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "if-none-match") ?? [];
  return value?.replace(/^W\//, "");
}
