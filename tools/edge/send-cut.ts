import type { ServerResponse } from "node:http";
import type { OriginAnswer } from "./origin-answer.ts";
import type { Cut } from "./site.ts";

/** Sends the beginning of a body, and then breaks the connection. */
export function sendCut(
  response: ServerResponse,
  { status, headers }: OriginAnswer,
  { content, range }: NonNullable<OriginAnswer["body"]>,
  { after, length }: Cut,
): void {
  const { "content-length": stated, ...unsized } = headers;
  // Without this, Node would send chunks where no length is stated.
  if (length === "none") response.removeHeader("transfer-encoding");
  response.writeHead(status, length === "stated" ? { ...unsized, "content-length": stated ?? 0 } : unsized);
  response.flushHeaders();
  const part = Buffer.concat([...content.read(range.start, Math.min(range.end, range.start + after))]);
  // The socket, not the response: that one would send the last chunk.
  response.write(part, () => response.socket?.end());
}
