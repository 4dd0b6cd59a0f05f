import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PublishError, TargetBucket } from "../../../tools/release/target-bucket.ts";

interface Answer {
  readonly status: number;
  readonly region?: string;
  readonly code?: string;
  readonly message?: string;
}

const FINE = { status: 200, region: "us-east-1" };
const FILE = { key: "v1/code.zip", body: new Uint8Array([1]), contentType: "application/zip" };
const credentials = { accessKeyId: "key", secretAccessKey: "secret" };

/** What S3 answers to HEAD on the bucket, and to PUT on an object. */
let head: Answer = FINE;
let put: Answer = FINE;
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  request.resume();
  const { status, region, code, message } = request.method === "HEAD" ? head : put;
  response.writeHead(status, {
    "content-type": "application/xml",
    ...(region === undefined ? {} : { "x-amz-bucket-region": region }),
  });
  response.end(
    request.method === "HEAD" || code === undefined
      ? ""
      : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function client(config: ConstructorParameters<typeof S3Client>[0] = {}): S3Client {
  const { port } = server.address() as AddressInfo;
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    region: "us-east-1",
    maxAttempts: 1,
    credentials,
    ...config,
  });
}

async function publishing(s3 = client()): Promise<TargetBucket> {
  const bucket = await TargetBucket.open(s3, "my-bucket");
  await bucket.put(FILE);
  return bucket;
}

test("a bucket in one's own region that may be written to", async () => {
  [head, put] = [FINE, FINE];
  expect(await publishing()).toMatchObject({ name: "my-bucket", region: "us-east-1" });
});

test("one that may be written to and not looked at", async () => {
  [head, put] = [{ status: 403, region: "us-east-1" }, FINE];
  expect(await publishing()).toMatchObject({ name: "my-bucket" });
});

const denied = { status: 403, region: "us-east-1", code: "AccessDenied", message: "User x is\nnot authorized" };
const expired = { status: 400, code: "ExpiredToken", message: "The provided token has expired." };
const elsewhere = { status: 301, region: "eu-west-1", code: "PermanentRedirect", message: "Use the other endpoint" };

test.each<[string, Answer, Answer, string]>([
  ["no such bucket", { status: 404 }, FINE, "There is no bucket my-bucket; make it: aws s3 mb s3://my-bucket "],
  ["another region's", elsewhere, FINE, "The bucket my-bucket is in eu-west-1, your region is us-east-1, and "],
  ["another region's, refused", { status: 403, region: "eu-west-1" }, FINE, "The bucket my-bucket is in eu-west-1, "],
  [
    "no permission",
    FINE,
    denied,
    "These credentials may not write to the bucket my-bucket (s3:PutObject): User x is not",
  ],
  [
    "old credentials",
    { status: 400 },
    expired,
    "AWS does not accept these credentials: The provided token has expired.",
  ],
  ["a fault of S3", FINE, { status: 500, code: "InternalError", message: "Try again" }, "Publishing to the bucket my-"],
])("%s: one line that says so", async (_, onHead, onPut, says) => {
  [head, put] = [onHead, onPut];
  await expectLine(publishing(), says);
});

test("no credentials, no region, no network: one line each", async () => {
  const noCredentials = async () => {
    throw Object.assign(new Error("Could not load credentials\nfrom any providers"), {
      name: "CredentialsProviderError",
    });
  };
  await expectLine(publishing(client({ credentials: noCredentials })), "No AWS credentials: set AWS_PROFILE, or ");
  const noRegion = async () => {
    throw new Error("Region is missing");
  };
  await expectLine(
    publishing(client({ region: noRegion })),
    "No region is set: set AWS_REGION to the region to launch in",
  );
  // Nobody listens on port 1.
  await expectLine(
    publishing(client({ endpoint: "http://127.0.0.1:1" })),
    "Publishing to the bucket my-bucket failed: ",
  );
});

async function expectLine(promise: Promise<unknown>, says: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(error).toBeInstanceOf(PublishError);
  const { message } = error as PublishError;
  expect(message).toContain(says);
  expect(message).not.toMatch(/\n|undefined| at /);
}
