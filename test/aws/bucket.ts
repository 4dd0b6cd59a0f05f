import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";

/** A bucket on loopback: as much of S3 as whole objects and uploads in parts need. */
export async function startBucket() {
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Buffer[]>();
  /** Answers that are not wholly read yet. */
  const unread = new Set<ServerResponse>();
  /** Answers with a fault to whatever it says yes to. */
  const faults = { if: (_method: string, _query: URLSearchParams): boolean => false };

  const answer = (method: string, url: URL, body: Buffer): [number, string | Buffer, Record<string, string>?] => {
    const key = decodeURIComponent(url.pathname).replace(/^\/bucket\//, "");
    const query = url.searchParams;
    if (faults.if(method, query)) return [403, "<Error><Code>AccessDenied</Code></Error>"];
    if (query.has("uploads")) {
      parts.set(key, []);
      return [200, "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"];
    }
    if (query.has("partNumber")) {
      (parts.get(key) ?? [])[Number(query.get("partNumber")) - 1] = body;
      return [200, "", { etag: `"${query.get("partNumber")}"` }];
    }
    if (query.has("uploadId")) {
      if (method === "POST") objects.set(key, Buffer.concat(parts.get(key) ?? []));
      parts.delete(key);
      return [200, "<CompleteMultipartUploadResult/>"];
    }
    if (method === "PUT") objects.set(key, body);
    if (method === "DELETE") objects.delete(key);
    if (method !== "GET") return [method === "DELETE" ? 204 : 200, ""];
    const object = objects.get(key);
    return object === undefined ? [404, "<Error><Code>NoSuchKey</Code></Error>"] : [200, object];
  };

  const server = createServer(async (request, response) => {
    const { method = "", url = "/" } = request;
    const body = await bodyOf(request);
    const [status, text, headers] = answer(method, new URL(url, "http://bucket"), body);
    unread.add(response);
    response.once("close", () => unread.delete(response));
    response
      .writeHead(status, { ...(text.length > 0 ? { "content-type": "application/xml" } : {}), ...headers })
      .end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const close = () => {
    s3.destroy();
    server.close();
    server.closeAllConnections();
  };
  return { s3, objects, parts, unread, faults, close };
}

/** The body, without the framing (`aws-chunked`) in which the SDK may send it. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  if (!String(request.headers["content-encoding"]).includes("aws-chunked")) return raw;
  const data: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = raw.indexOf("\r\n", at);
    const size = Number.parseInt(raw.toString("latin1", at, line), 16);
    if (!(size > 0)) return Buffer.concat(data);
    data.push(raw.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
