import { CloudFrontClient, CreateInvalidationCommand, GetDistributionCommand } from "@aws-sdk/client-cloudfront";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetWebACLCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ask, signedAs } from "../../../tools/lab/load/foreign-page.ts";
import {
  accessKeyId,
  asksForKeys,
  type FrontCall,
  frontRefusal,
  keysIn,
  openFront,
} from "../../../tools/local/front.ts";
import { accountOf } from "../../../tools/memory-aws/distribution-kinds.ts";
import { MemoryCloudFront } from "../../../tools/memory-aws/memory-cloudfront.ts";
import { emulatorBehind } from "./emulator-behind.ts";

const KEY = "271828182845";

async function frontBefore(socketPath: string, proxy?: string) {
  const front = await openFront({ socketPath, accessKeyId: KEY, proxy });
  onTestFinished(front.close);
  return new URL(`http://127.0.0.1:${front.port}`);
}

const config = (at: URL, accessKeyId = KEY) => ({
  endpoint: at.origin,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey: "local" },
  maxAttempts: 1,
});

/** A call with this run's key. */
function send(front: URL, headers: Readonly<Record<string, string>> = {}, method = "POST", path = "/", body = "") {
  return ask(front, { method, path, body, headers: { host: front.host, authorization: signedAs(KEY), ...headers } });
}

it.each([
  ["no page", { origin: "https://evil.example", "content-type": "text/plain" }],
  ["no page whose own name leads here", { host: "evil.example:4000" }],
  ["nobody without this run's key", { authorization: signedAs("000000000000") }],
])("lets %s in", async (_, headers) => {
  const { socketPath, arrived } = await emulatorBehind();
  const answer = await send(await frontBefore(socketPath), headers);
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
  expect((await fetch(url.replace(KEY, "000000000000"))).status).toBe(403);
});

it("takes the host of a proxy that the run has before it: a presigned URL is signed with that", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await frontBefore(socketPath, "http://127.0.0.1:4999");
  expect((await send(front, { host: "127.0.0.1:4999" })).status).toBe(200);
  expect(arrived[0]?.headers.host).toBe("127.0.0.1:4999");
  expect((await send(front, { host: "127.0.0.1:5000" })).status).toBe(403);
});

it("lets pass keys that AWS STS hands out to this run's callers, and to nobody else", async () => {
  const { socketPath } = await emulatorBehind(() => "<AccessKeyId>ASIAHANDEDOUT</AccessKeyId>");
  const front = await frontBefore(socketPath);
  const queues = () => new SQSClient(config(front, "ASIAHANDEDOUT")).send(new ListQueuesCommand({}));
  const assume = (key: string) =>
    send(front, { authorization: signedAs(key).replace("/lambda/", "/sts/") }, "POST", "/", "Action=AssumeRole");
  expect((await assume("ASIAHANDEDOUT")).status).toBe(403);
  await expect(queues()).rejects.toThrow(/this run's access key id/);
  expect(await assume(KEY)).toMatchObject({ status: 200, text: expect.stringContaining("ASIAHANDEDOUT") });
  // What comes through is no answer of SQS, but it comes through.
  expect((await queues().catch((error: Error) => error)).toString()).not.toMatch(/access key id/);
});

it("says that the emulator does not answer", async () => {
  const front = await frontBefore("/nowhere/aws.sock");
  expect(await send(front)).toMatchObject({ status: 502, text: expect.stringMatching(/emulator does not answer/) });
});

it("has CloudFront and AWS WAF answered in place of the emulator, for this run's callers", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const basis = { id: "E1", domain: "d111111abcdef8.cloudfront.net", aliases: ["www.example.com"] };
  const invalidated: string[] = [];
  const invalidate = (host: string, items: readonly string[]) => void invalidated.push(host, ...items);
  const cloudFront = new MemoryCloudFront({ ...accountOf("waf-rate", basis), invalidate });
  const front = await openFront({ socketPath, accessKeyId: KEY, cloudFront });
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
  const foreign = await send(at, { authorization: signedAs("000000000000") }, "GET", "/2020-05-31/distribution");
  expect(foreign).toMatchObject({ status: 403, text: expect.stringMatching(/access key id/) });
});

const rules = { hosts: new Set(["127.0.0.1:4000", "localhost:4000"]), keys: new Set([KEY]) };
const call = (changes: Partial<FrontCall> = {}) => ({
  method: "POST",
  url: "/",
  host: "localhost:4000",
  origin: undefined,
  authorization: signedAs(KEY),
  ...changes,
});
const refusal = (changes: Partial<FrontCall>) => frontRefusal(call(changes), rules);

describe("passes", () => {
  it.each([
    ["this run's key, in the header", {}],
    ["the other name of this machine", { host: "127.0.0.1:4000" }],
    ["a host in capitals", { host: "LocalHost:4000" }],
    [
      "this run's key, in the query",
      { authorization: undefined, url: `/b/k?X-Amz-Credential=${KEY}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request` },
    ],
    [
      "a custom resource's answer",
      { authorization: undefined, method: "PUT", url: `/_ministack/cfn-response/${"a1b2-".repeat(7)}c` },
    ],
  ])("%s", (_, changes) => {
    expect(refusal(changes)).toBeUndefined();
  });
});

describe("refuses", () => {
  it.each([
    ["an Origin", { origin: "https://evil.example" }, /Origin/],
    ["an Origin in a GET", { origin: "https://evil.example", method: "GET" }, /Origin/],
    ["an Origin that is null", { origin: "null" }, /Origin/],
    ["an Origin of the front itself", { origin: "http://localhost:4000" }, /Origin/],
    [
      "a custom resource's answer of a page",
      { origin: "null", method: "PUT", url: `/_ministack/cfn-response/${"a".repeat(36)}` },
      /Origin/,
    ],
    ["a name that leads here", { host: "evil.example:4000" }, /evil\.example:4000/],
    ["no Host", { host: undefined }, /missing/],
    ["the host without its port", { host: "localhost" }, /Host/],
    ["a whole URL as target", { url: "http://localhost:4000/" }, /path/],
    ["no credentials", { authorization: undefined }, /endpoint\.json/],
    ["another key", { authorization: signedAs("000000000000") }, /endpoint\.json/],
    ["a key that begins like this run's", { authorization: signedAs(`${KEY}0`) }, /endpoint\.json/],
    ["the key in another scheme", { authorization: `Basic Credential=${KEY}/` }, /endpoint\.json/],
    [
      "another key in the header, this run's in the query",
      { authorization: signedAs("test"), url: `/?X-Amz-Credential=${KEY}%2F` },
      /endpoint\.json/,
    ],
    [
      "a GET of a custom resource's URL",
      { authorization: undefined, method: "GET", url: `/_ministack/cfn-response/${"a".repeat(36)}` },
      /endpoint\.json/,
    ],
    [
      "a path behind a custom resource's URL",
      { authorization: undefined, method: "PUT", url: "/_ministack/cfn-response/../../2015-03-31/functions/x/code" },
      /endpoint\.json/,
    ],
  ])("%s", (_, changes, says) => {
    expect(refusal(changes)).toMatch(says);
  });
});

it("reads the access key id of a call, and whether it asks for further keys", () => {
  expect(accessKeyId(call())).toBe(KEY);
  expect(asksForKeys(call())).toBe(false);
  expect(asksForKeys(call({ authorization: signedAs(KEY).replace("/lambda/", "/sts/") }))).toBe(true);
  expect(keysIn("<AccessKeyId>ASIA1</AccessKeyId>")).toEqual(["ASIA1"]);
  expect(keysIn('{"Credentials": {"AccessKeyId": "ASIA2"}}')).toEqual(["ASIA2"]);
});
