import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { CloudFrontClient, CreateInvalidationCommand, GetDistributionCommand } from "@aws-sdk/client-cloudfront";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetWebACLCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { openFront } from "../../../tools/local/front.ts";
import { accountOf } from "../../../tools/memory-aws/distribution-kinds.ts";
import { MemoryCloudFront } from "../../../tools/memory-aws/memory-cloudfront.ts";
import { emulatorBehind } from "./emulator-behind.ts";

async function frontBefore(socketPath: string, proxy?: string) {
  const front = await openFront({ socketPath, proxy });
  onTestFinished(front.close);
  return new URL(`http://127.0.0.1:${front.port}`);
}

const config = (at: URL) => ({
  endpoint: at.origin,
  region: "us-east-1",
  credentials: { accessKeyId: "271828182845", secretAccessKey: "local" },
  maxAttempts: 1,
});

/** A call with any Host and Origin, which `fetch` does not allow. */
async function send({ hostname, port, host }: URL, changes: Readonly<Record<string, string>> = {}, method = "POST") {
  const asked = request({ hostname, port, method, path: "/", headers: { host, ...changes } }).end();
  const answer: IncomingMessage = (await once(asked, "response"))[0];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

it.each([
  ["no page", { origin: "https://evil.example", "content-type": "text/plain" }, "POST"],
  ["no page that gets", { origin: "https://evil.example" }, "GET"],
  ["no file", { origin: "null" }, "POST"],
  ["no page whose own name leads here", { host: "evil.example:4000" }, "POST"],
  ["no host without its port", { host: "localhost" }, "POST"],
])("lets %s in", async (_, headers, method) => {
  const { socketPath, arrived } = await emulatorBehind();
  const answer = await send(await frontBefore(socketPath), headers, method);
  expect(answer.status).toBe(403);
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  expect(arrived).toEqual([]);
});

it("passes on what the SDK's clients send and get, whole, with the Host they named", async () => {
  const { socketPath, arrived } = await emulatorBehind(({ url }) =>
    url?.startsWith("/bucket/") ? "x".repeat(3_000_000) : "{}",
  );
  const front = await frontBefore(socketPath);
  const s3 = new S3Client(config(front));
  const Body = "y".repeat(5_000_000);
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "a b.txt", Body, ContentType: "text/plain" }));
  const got = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "a b.txt" }));
  expect((await got.Body?.transformToString())?.length).toBe(3_000_000);
  expect(arrived[0]).toMatchObject({
    method: "PUT",
    url: "/bucket/a%20b.txt?x-id=PutObject",
    headers: { host: front.host },
  });
  expect(arrived[0]?.body).toContain(Body);
});

it("passes on a presigned URL, as the link to a report is", async () => {
  const { socketPath } = await emulatorBehind(() => "a report");
  const front = await frontBefore(socketPath);
  const url = await getSignedUrl(
    new S3Client(config(front)),
    new GetObjectCommand({ Bucket: "bucket", Key: "report.csv" }),
  );
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([200, "a report"]);
});

it("takes the host of a proxy that the run has before it: a presigned URL is signed with that", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await frontBefore(socketPath, "http://127.0.0.1:4999");
  expect((await send(front, { host: "127.0.0.1:4999" })).status).toBe(200);
  expect(arrived[0]?.headers.host).toBe("127.0.0.1:4999");
  expect((await send(front, { host: "127.0.0.1:5000" })).status).toBe(403);
});

it("says that the emulator does not answer", async () => {
  const front = await frontBefore("/nowhere/aws.sock");
  expect(await send(front)).toMatchObject({ status: 502, text: expect.stringMatching(/emulator does not answer/) });
});

it("has CloudFront and AWS WAF answered in place of the emulator", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const basis = { id: "E1", domain: "d111111abcdef8.cloudfront.net", aliases: ["www.example.com"] };
  const invalidated: string[] = [];
  const invalidate = (host: string, items: readonly string[]) => void invalidated.push(host, ...items);
  const cloudFront = new MemoryCloudFront({ ...accountOf("waf-rate", basis), invalidate });
  const front = await openFront({ socketPath, cloudFront });
  onTestFinished(front.close);
  const at = new URL(`http://127.0.0.1:${front.port}`);
  const client = new CloudFrontClient(config(at));
  const { Distribution } = await client.send(new GetDistributionCommand({ Id: "E1" }));
  const ARN = Distribution?.DistributionConfig?.WebACLId;
  const { WebACL } = await new WAFV2Client(config(at)).send(new GetWebACLCommand({ ARN }));
  expect(WebACL).toMatchObject({ Name: "limits" });
  const batch = { CallerReference: "r", Paths: { Quantity: 1, Items: ["/a&b"] } };
  await client.send(new CreateInvalidationCommand({ DistributionId: "E1", InvalidationBatch: batch }));
  expect(invalidated).toEqual([basis.domain, "/a&b"]);
  expect(arrived).toEqual([]);
  const missing = new GetDistributionCommand({ Id: "E9" });
  await expect(client.send(missing)).rejects.toMatchObject({ name: "NoSuchDistribution" });
});
