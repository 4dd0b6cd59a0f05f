import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { PublishError, TargetBucket } from "../../../tools/release/target-bucket.ts";
import { serve } from "../../serve.ts";

interface Answer {
  readonly status: number;
  readonly region?: string;
  readonly code?: string;
  readonly message?: string;
}

const FINE: Answer = { status: 200, region: "us-east-1" };

/** Publishes a file to an S3 that gives these answers. */
async function publishing({ head = FINE, put = FINE, ...config }: { head?: Answer; put?: Answer } & S3ClientConfig) {
  const endpoint = await serve((request, response) => {
    request.resume();
    const { status, region, code, message } = request.method === "HEAD" ? head : put;
    response
      .writeHead(status, { "content-type": "application/xml", ...(region && { "x-amz-bucket-region": region }) })
      .end(code && `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  });
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const client = { endpoint, forcePathStyle: true, region: "us-east-1", maxAttempts: 1, credentials, ...config };
  const bucket = await TargetBucket.open(new S3Client(client), "my-bucket");
  await bucket.put({ key: "v1/code.zip", body: new Uint8Array([1]), contentType: "application/zip" });
  return bucket;
}

test.each([
  ["looked at", FINE],
  ["written to alone", { status: 403, region: "us-east-1" }],
])("a bucket in one's own region that may be %s", async (_, head) => {
  expect(await publishing({ head })).toMatchObject({ name: "my-bucket", region: "us-east-1" });
});

const denied = { status: 403, region: "us-east-1", code: "AccessDenied", message: "User x is\nnot authorized" };
const expired = { status: 400, code: "ExpiredToken", message: "The provided token has expired." };
const elsewhere = { status: 301, region: "eu-west-1", code: "PermanentRedirect", message: "Use the other endpoint" };
const rejecting = (message: string, name = "Error") => {
  return async () => Promise.reject(Object.assign(new Error(message), { name }));
};

test.each<[string, Parameters<typeof publishing>[0], string]>([
  ["no such bucket", { head: { status: 404 } }, "There is no bucket my-bucket; make it: aws s3 mb s3://my-bucket "],
  ["another region's", { head: elsewhere }, "The bucket my-bucket is in eu-west-1, your region is us-east-1, and "],
  [
    "another region's, refused",
    { head: { status: 403, region: "eu-west-1" } },
    "The bucket my-bucket is in eu-west-1, your region is us-east-1, and ",
  ],
  [
    "no permission",
    { put: denied },
    "These credentials may not write to the bucket my-bucket (s3:PutObject): User x is not",
  ],
  [
    "old credentials",
    { head: { status: 400 }, put: expired },
    "AWS does not accept these credentials: The provided token has expired.",
  ],
  [
    "a fault of S3",
    { put: { status: 500, code: "InternalError", message: "Try again" } },
    "Publishing to the bucket my-bucket failed: ",
  ],
  [
    "no credentials",
    { credentials: rejecting("Could not load credentials\nfrom any providers", "CredentialsProviderError") },
    "No AWS credentials: set AWS_PROFILE, or ",
  ],
  ["no region", { region: rejecting("Region is missing") }, "No region is set: set AWS_REGION to the region to launch"],
  // Nobody listens on port 1.
  ["no network", { endpoint: "http://127.0.0.1:1" }, "Publishing to the bucket my-bucket failed: "],
])("%s: one line that says so", async (_, given, says) => {
  const error = await publishing(given).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(PublishError);
  const { message } = error as PublishError;
  expect(message).toContain(says);
  expect(message).not.toMatch(/\n|undefined| at /);
});
