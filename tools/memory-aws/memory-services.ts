// The smaller AWS services in memory: S3, EC2 Auto Scaling, Lambda, EventBridge Scheduler, EventBridge.
import { AwsError, type HttpCall, type HttpReply } from "./aws-http.ts";

const xml = (body: string, status = 200): HttpReply => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
  headers: { "content-type": "text/xml" },
});

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The most keys that one page lists: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MAX_KEYS = 1_000;

/** S3 lists keys in the order of their UTF-8 bytes. */
const compareBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Objects of all buckets, by `bucket/key`. */
export class MemoryS3 {
  readonly objects = new Map<string, Buffer>();
  /** Parts by their numbers of what is being uploaded, by its id. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Ids of what has been uploaded: after a lost answer it is completed again. */
  private readonly uploaded = new Set<string>();
  private begun = 0;

  operation({ method, url }: HttpCall): string {
    if (method === "POST" && url.searchParams.has("uploads")) return "CreateMultipartUpload";
    if (url.searchParams.has("uploadId"))
      return { PUT: "UploadPart", DELETE: "AbortMultipartUpload" }[method] ?? "CompleteMultipartUpload";
    if (method === "GET" && url.searchParams.has("list-type")) return "ListObjectsV2";
    if (method === "GET" && url.searchParams.has("versions")) return "ListObjectVersions";
    if (method === "POST" && url.searchParams.has("delete")) return "DeleteObjects";
    return { PUT: "PutObject", GET: "GetObject", DELETE: "DeleteObject" }[method] ?? `${method} ${url.search}`;
  }

  /** Whether there is no object of this name. */
  isMissing({ url }: HttpCall): boolean {
    return !this.objects.has(decodeURIComponent(url.pathname.slice(1)));
  }

  /** @throws AwsError what S3 would answer; Error for an operation that is not supported here */
  call(call: HttpCall): HttpReply {
    const name = decodeURIComponent(call.url.pathname.slice(1));
    let upload = call.url.searchParams.get("uploadId") ?? "";
    switch (this.operation(call)) {
      case "PutObject":
        this.objects.set(name, bodyOf(call));
        return { headers: { etag: '"e"' } };
      case "CreateMultipartUpload":
        upload = String(++this.begun);
        this.uploads.set(upload, new Map());
        return xml(`<InitiateMultipartUploadResult><UploadId>${upload}</UploadId></InitiateMultipartUploadResult>`);
      case "UploadPart":
        this.partsOf(upload).set(Number(call.url.searchParams.get("partNumber")), bodyOf(call));
        return { headers: { etag: '"e"' } };
      case "CompleteMultipartUpload": {
        if (!this.uploaded.has(upload)) {
          const parts = [...this.partsOf(upload)].sort(([a], [b]) => a - b);
          this.objects.set(name, Buffer.concat(parts.map(([, part]) => part)));
        }
        this.uploads.delete(upload);
        this.uploaded.add(upload);
        return xml('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>');
      }
      case "AbortMultipartUpload":
        this.partsOf(upload);
        this.uploads.delete(upload);
        return { status: 204 };
      case "GetObject": {
        const object = this.objects.get(name);
        if (object === undefined) throw new AwsError("NoSuchKey", `There is no ${name}`, {}, 404);
        return { body: object };
      }
      case "DeleteObject":
        this.objects.delete(name);
        return { status: 204 };
      case "ListObjectsV2":
        return this.list(name.replace(/\/$/, ""), call.url.searchParams);
      case "ListObjectVersions":
        return xml(`<ListVersionsResult><IsTruncated>false</IsTruncated>${this.versions(name)}</ListVersionsResult>`);
      case "DeleteObjects":
        for (const [, key = ""] of call.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g))
          this.objects.delete(`${name.replace(/\/$/, "")}/${key}`);
        return xml("<DeleteResult></DeleteResult>");
      default:
        throw new Error(`S3 ${this.operation(call)} is not supported here`);
    }
  }

  private partsOf(upload: string): Map<number, Buffer> {
    const parts = this.uploads.get(upload);
    if (parts === undefined) throw new AwsError("NoSuchUpload", `There is no upload ${upload}`, {}, 404);
    return parts;
  }

  /** Keys of a bucket, in order. */
  keys(bucket: string, prefix = ""): string[] {
    const wanted = `${bucket}/${prefix}`;
    const names = [...this.objects.keys()].filter((name) => name.startsWith(wanted));
    return names.map((name) => name.slice(bucket.length + 1)).sort(compareBytes);
  }

  /** A page of keys. The token of the next page is the last key of this one. */
  private list(bucket: string, query: URLSearchParams): HttpReply {
    const token = query.get("continuation-token");
    const after = token === null ? undefined : Buffer.from(token, "base64url").toString();
    const keys = this.keys(bucket, query.get("prefix") ?? "");
    const left = after === undefined ? keys : keys.filter((key) => compareBytes(key, after) > 0);
    const page = left.slice(0, Math.min(MAX_KEYS, Number(query.get("max-keys") ?? MAX_KEYS)));
    const isTruncated = page.length < left.length;
    const next = Buffer.from(page.at(-1) ?? "").toString("base64url");
    const contents = page.map((key) => `<Contents><Key>${escaped(key)}</Key></Contents>`);
    return xml(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated><KeyCount>${page.length}</KeyCount>` +
        `${isTruncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}${contents.join("")}</ListBucketResult>`,
    );
  }

  /** The one version of each object of a bucket. */
  private versions(bucket: string): string {
    const version = (key: string) => `<Key>${escaped(key)}</Key><VersionId>1</VersionId>`;
    return this.keys(bucket.replace(/\/$/, ""))
      .map((key) => `<Version>${version(key)}</Version>`)
      .join("");
  }
}

/** The body without the framing of `aws-chunked`: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
function bodyOf({ headers, body }: HttpCall): Buffer {
  if (!String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING")) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** One Auto Scaling group. */
export class MemoryAutoScaling {
  desired = 0;
  private launched = 0;
  instances: string[] = [];

  /** @param onChange called with the instances that there are now, whenever that changes */
  constructor(
    readonly groupName: string,
    private readonly maxSize: number,
    private readonly onChange: (instances: readonly string[]) => void,
  ) {}

  call(form: URLSearchParams): HttpReply {
    const action = form.get("Action") ?? "";
    switch (action) {
      case "DescribeAutoScalingGroups": {
        const members = this.instances.map(
          (id) => `<member><InstanceId>${id}</InstanceId><LifecycleState>InService</LifecycleState></member>`,
        );
        const group =
          `<AutoScalingGroupName>${this.groupName}</AutoScalingGroupName><DesiredCapacity>${this.desired}` +
          `</DesiredCapacity><MinSize>0</MinSize><MaxSize>${this.maxSize}</MaxSize><Instances>${members.join("")}</Instances>`;
        return result(action, `<AutoScalingGroups><member>${group}</member></AutoScalingGroups>`);
      }
      case "SetDesiredCapacity":
        if (Number(form.get("DesiredCapacity")) > this.maxSize)
          throw new AwsError("ValidationError", `New SetDesiredCapacity value is above max value ${this.maxSize}`);
        this.set(Number(form.get("DesiredCapacity")));
        return result(action, "");
      case "TerminateInstanceInAutoScalingGroup":
        this.desired -= form.get("ShouldDecrementDesiredCapacity") === "true" ? 1 : 0;
        this.replace(this.instances.filter((id) => id !== form.get("InstanceId")));
        return result(action, "");
      default:
        throw new Error(`Auto Scaling ${action} is not supported here`);
    }
  }

  set(desired: number): void {
    this.desired = desired;
    this.replace(this.instances);
  }

  /** Ends all instances, as Spot does when it takes them back. The group launches others. */
  interrupt(): void {
    this.replace([]);
  }

  private replace(left: readonly string[]): void {
    const instances = left.slice(0, this.desired);
    while (instances.length < this.desired) instances.push(`i-${String(++this.launched).padStart(17, "0")}`);
    this.instances = instances;
    this.onChange(instances);
  }
}

function result(action: string, body: string): HttpReply {
  return xml(`<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`);
}

export interface Schedule {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly functionArn: string;
  /** Of the role that the scheduler calls the function with. */
  readonly roleArn: string;
  readonly input: unknown;
}

/** Lambda's API, as far as it invokes functions asynchronously. */
export class MemoryLambda {
  constructor(private readonly invoke: (functionArn: string, event: unknown) => void) {}

  /** Name or ARN of the function. */
  functionOf({ url }: HttpCall): string {
    return decodeURIComponent(/^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname)?.[1] ?? "");
  }

  call(call: HttpCall): HttpReply {
    const type = call.headers["x-amz-invocation-type"];
    if (type !== "Event") throw new Error(`Lambda's invocation type ${type} is not supported here`);
    this.invoke(this.functionOf(call), JSON.parse(call.body.toString()));
    return { status: 202, body: "" };
  }
}

/** One-time schedules, each of which invokes a function asynchronously and deletes itself. */
export class MemoryScheduler {
  readonly schedules = new Map<string, Schedule & { readonly timer: NodeJS.Timeout }>();

  constructor(private readonly fire: (schedule: Schedule) => void) {}

  call({ method, url, body }: HttpCall): HttpReply {
    const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
    const known = this.schedules.get(name);
    if (method === "DELETE") {
      if (!this.delete(name)) throw new AwsError("ResourceNotFoundException", `There is no ${name}`, {}, 404);
      return { body: "{}" };
    }
    if (method !== "POST") throw new Error(`Scheduler ${method} is not supported here`);
    if (known !== undefined) throw new AwsError("ConflictException", `${name} exists`, {}, 409);
    const { ScheduleExpression, Target } = JSON.parse(body.toString()) as {
      ScheduleExpression: string;
      Target: { Arn: string; RoleArn: string; Input: string };
    };
    const at = Date.parse(`${/^at\((.+)\)$/.exec(ScheduleExpression)?.[1]}Z`);
    const schedule = { name, at, functionArn: Target.Arn, roleArn: Target.RoleArn, input: JSON.parse(Target.Input) };
    const timer = setTimeout(() => {
      this.schedules.delete(name);
      this.fire(schedule);
    }, at - Date.now());
    this.schedules.set(name, { ...schedule, timer });
    return { body: JSON.stringify({ ScheduleArn: `arn:aws:scheduler:::schedule/${name}` }) };
  }

  /** @returns whether there was such a schedule */
  delete(name: string): boolean {
    clearTimeout(this.schedules.get(name)?.timer);
    return this.schedules.delete(name);
  }
}
