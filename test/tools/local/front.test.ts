import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect, it, onTestFinished } from "vitest";
import { ask } from "../../../tools/lab/load/foreign-page.ts";
import { FUNCTION, signedAs, WISHES } from "../../../tools/lab/load/page-calls.ts";
import { openFront } from "../../../tools/local/front.ts";
import { emulatorBehind } from "./emulator-behind.ts";

const KEY = "271828182845";

async function frontBefore(socketPath: string): Promise<URL> {
  const front = await openFront({ socketPath, accessKeyId: KEY });
  onTestFinished(front.close);
  return new URL(`http://127.0.0.1:${front.port}`);
}

const config = (at: URL, accessKeyId = KEY) => ({
  endpoint: at.origin,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey: "local" },
  maxAttempts: 1,
});

it("lets no page make a function and run it: two text/plain POSTs", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await frontBefore(socketPath);
  const headers = { host: front.host, origin: "https://evil.example", "content-type": "text/plain" };
  const [make, run] = await Promise.all(WISHES.slice(0, 2).map((wish) => ask(front, { ...wish, headers })));
  expect([make?.status, run?.status]).toEqual([403, 403]);
  expect(make?.headers["access-control-allow-origin"]).toBeUndefined();
  expect(arrived).toEqual([]);
});

it("lets no page in whose own name leads here, and nobody without this run's key", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await frontBefore(socketPath);
  const [wish] = WISHES;
  if (wish === undefined) throw new Error("no wish");
  const rebound = await ask(front, {
    ...wish,
    headers: { host: `evil.example:${front.port}`, authorization: signedAs(KEY) },
  });
  const stranger = await ask(front, {
    ...wish,
    headers: { host: front.host, authorization: signedAs("000000000000") },
  });
  expect([rebound.status, stranger.status]).toEqual([403, 403]);
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
  const front = await openFront({ socketPath, accessKeyId: KEY, proxy: "http://127.0.0.1:4999" });
  onTestFinished(front.close);
  const headers = { host: "127.0.0.1:4999", authorization: signedAs(KEY) };
  const at = new URL(`http://127.0.0.1:${front.port}`);
  expect((await ask(at, { method: "GET", path: "/", headers, body: "" })).status).toBe(200);
  expect(arrived[0]?.headers.host).toBe("127.0.0.1:4999");
  const foreign = { ...headers, host: "127.0.0.1:5000" };
  expect((await ask(at, { method: "GET", path: "/", headers: foreign, body: "" })).status).toBe(403);
});

it("lets pass keys that AWS STS hands out to this run's callers, and to nobody else", async () => {
  const { socketPath } = await emulatorBehind(() => "<AccessKeyId>ASIAHANDEDOUT</AccessKeyId>");
  const front = await frontBefore(socketPath);
  const queues = () => new SQSClient(config(front, "ASIAHANDEDOUT")).send(new ListQueuesCommand({}));
  const assume = (key: string) =>
    ask(front, {
      method: "POST",
      path: "/",
      body: "Action=AssumeRole",
      headers: { host: front.host, authorization: signedAs(key).replace("/lambda/", "/sts/") },
    });
  expect((await assume("ASIAHANDEDOUT")).status).toBe(403);
  await expect(queues()).rejects.toThrow(/this run's access key id/);
  expect(await assume(KEY)).toMatchObject({ status: 200, text: expect.stringContaining("ASIAHANDEDOUT") });
  // What comes through is no answer of SQS, but it comes through.
  expect((await queues().catch((error: Error) => error)).toString()).not.toMatch(/access key id/);
});

it("says that the emulator does not answer", async () => {
  const front = await frontBefore("/nowhere/aws.sock");
  const headers = { host: front.host, authorization: signedAs(KEY) };
  const { status, text } = await ask(front, {
    method: "GET",
    path: `/2015-03-31/functions/${FUNCTION}`,
    headers,
    body: "",
  });
  expect(status).toBe(502);
  expect(text).toMatch(/emulator does not answer/);
});

it("reports an invalidation once it is accepted, and before the caller gets the answer", async () => {
  const { socketPath, arrived } = await emulatorBehind();
  const front = await openFront({ socketPath, accessKeyId: KEY });
  onTestFinished(front.close);
  const events: string[] = [];
  front.onInvalidation(async () => {
    events.push(`reported after ${arrived.length}`);
    await new Promise((resolve) => setImmediate(resolve));
    events.push("carried out");
  });
  const at = new URL(`http://127.0.0.1:${front.port}`);
  const headers = { host: at.host, authorization: signedAs(KEY) };
  const path = "/2020-05-31/distribution/E1/invalidation";
  const send = (method: "GET" | "POST", target: string) => ask(at, { method, path: target, headers, body: "" });
  await send("GET", path);
  await send("POST", "/2020-05-31/distribution/E1");
  expect(events).toEqual([]);
  const { status } = await send("POST", path);
  expect([status, ...events]).toEqual([200, "reported after 3", "carried out"]);
});
