import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { S3Client } from "@aws-sdk/client-s3";
import { MemoryS3 } from "../../tools/memory-aws/memory-services.ts";
import { serve } from "../serve.ts";

/** A bucket on loopback, in memory, until the test ends. */
export async function startBucket() {
  const memory = new MemoryS3();
  /** Answers that are not wholly read yet. */
  const unread = new Set<ServerResponse>();
  /** The method whose calls are denied. */
  const denied = { method: "" };
  const endpoint = await serve(async (request, response) => {
    const { method = "", url = "/", headers } = request;
    unread.add(response);
    response.once("close", () => unread.delete(response));
    const path = url.replace("/bucket/", "/");
    const call = { method, url: new URL(path, "http://bucket"), headers, body: await buffer(request) };
    const isMissing = memory.operation(call) === "GetObject" && memory.isMissing(call);
    const code = denied.method === method ? "AccessDenied" : isMissing ? "NoSuchKey" : undefined;
    const reply = code === undefined ? memory.call(call) : { status: 403, body: `<Error><Code>${code}</Code></Error>` };
    response.writeHead(reply.status ?? 200, "headers" in reply ? reply.headers : {}).end(reply.body);
  });
  const s3 = new S3Client({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  return { s3, objects: memory.objects, uploads: memory.uploads, unread, denied };
}
