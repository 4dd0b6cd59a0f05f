import type { Dispatcher } from "undici";
import type { Reply } from "./reply.ts";

/** Headers that are about one connection or one moment, and not about the object. */
const NOT_KEPT = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** An answer of the origin, with the body as far as it came. */
export async function received({ statusCode, headers, body }: Dispatcher.ResponseData, method: string): Promise<Reply> {
  const chunks: Buffer[] = [];
  let whole = true;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    whole = false;
  }
  const bytes = Buffer.concat(chunks);
  const stated = headers["content-length"];
  const unsized = stated === undefined && method !== "HEAD" && statusCode !== 304 && statusCode !== 204;
  return {
    status: statusCode,
    headers: kept(headers),
    body: bytes,
    length: stated === undefined || statusCode === 304 ? bytes.length : Number(stated),
    ...(unsized && { unsized }),
    ...(!whole && { cut: true }),
  };
}

function kept(headers: Dispatcher.ResponseData["headers"]): string[] {
  return Object.entries(headers)
    .filter(([name]) => !NOT_KEPT.has(name))
    .flatMap(([name, value]) => [value ?? ""].flat().flatMap((one) => [name, one]));
}
