import type { IncomingMessage, ServerResponse } from "node:http";

/** What Auto Scaling says of a group without instances; any other of its operations takes it for its own answer. */
const GROUP =
  "<Response><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><DesiredCapacity>0</DesiredCapacity><MaxSize>20</MaxSize>" +
  "</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></Response>";

/** S3 as far as lists need it: objects in memory, whole or in parts. Other services that use REST get an empty answer. */
export class ObjectStore {
  private readonly objects: Map<string, Buffer>;
  private readonly uploads = new Map<string, Map<number, Buffer>>();

  constructor(objects: ReadonlyMap<string, string>) {
    this.objects = new Map([...objects].map(([key, text]) => [key, Buffer.from(text)]));
  }

  /** Bytes of all that was written. */
  bytes(): number {
    return [...this.objects.values()].reduce((sum, { length }) => sum + length, 0);
  }

  answer({ method, url = "", headers }: IncomingMessage, body: Buffer, to: ServerResponse): void {
    if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return void xml(to, GROUP);
    const { pathname, searchParams } = new URL(url, "http://s3");
    const key = pathname.split("/").slice(2).join("/");
    const upload = searchParams.get("uploadId");
    if (method === "PUT" && upload !== null) {
      this.uploads.get(upload)?.set(Number(searchParams.get("partNumber")), body);
      to.writeHead(200, { etag: '"e"' }).end();
    } else if (method === "PUT") {
      this.objects.set(key, body);
      to.writeHead(200, { etag: '"e"' }).end();
    } else if (method === "POST" && searchParams.has("uploads")) {
      this.uploads.set(key, new Map());
      xml(to, `<InitiateMultipartUploadResult><UploadId>${key}</UploadId></InitiateMultipartUploadResult>`);
    } else if (method === "POST" && upload !== null) {
      const parts = [...(this.uploads.get(upload) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
      this.objects.set(key, Buffer.concat(parts));
      xml(to, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
    } else if (method === "GET") {
      this.get(key, to);
    } else {
      to.writeHead(200).end();
    }
  }

  private get(key: string, to: ServerResponse): void {
    const object = this.objects.get(key);
    if (object !== undefined) return void to.writeHead(200, { "content-length": object.length }).end(object);
    to.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code></Error>");
  }
}

function xml(to: ServerResponse, text: string): void {
  to.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}
