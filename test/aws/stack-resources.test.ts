import { type APIGatewayClient, NotFoundException, TooManyRequestsException } from "@aws-sdk/client-api-gateway";
import type { S3Client } from "@aws-sdk/client-s3";
import { deployApi, emptyBucket } from "../../aws/stack-resources.ts";
import { times } from "../collect.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { fakeClient } from "./client.ts";

useVirtualClock();

interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly marker?: boolean;
}

/** A bucket of these versions, which keeps those that it is told to, refuses some deletions, and answers in S3's pages. */
function bucketOf(versions: readonly Version[], { keeps = "", refusals = 0 } = {}) {
  let left = [...versions];
  let refused = 0;
  const deleted: number[] = [];
  const { client } = fakeClient<S3Client>(({ name, input }) => {
    if (name === "ListObjectVersionsCommand") {
      const page = left.slice(0, 1_000);
      return { Versions: page.filter(({ marker }) => !marker), DeleteMarkers: page.filter(({ marker }) => marker) };
    }
    if (name !== "DeleteObjectsCommand") throw new Error("unplanned");
    if (refused++ < refusals) throw new Error("SlowDown");
    const objects: readonly Version[] = input.Delete.Objects;
    const isAsked = (it: Version) => objects.some((one) => one.Key === it.Key && one.VersionId === it.VersionId);
    deleted.push(objects.length);
    const kept = left.filter((it) => isAsked(it) && it.Key === keeps);
    left = left.filter((it) => !isAsked(it) || it.Key === keeps);
    return { Errors: kept.map(({ Key }) => ({ Key, Code: "AccessDenied", Message: "no" })) };
  });
  return { empty: () => emptyBucket(client, "bucket"), deleted, left: () => left.length };
}

/** As a bucket without versions lists its objects. */
const objects = (count: number): Version[] => times(count, (i) => ({ Key: `r${i}.csv`, VersionId: "null" }));

it("a bucket that is about to be deleted is emptied page by page, and may be emptied twice", async () => {
  const { empty, deleted, left } = bucketOf(objects(2_001));
  expect([await empty(), await empty()]).toEqual([2_001, 0]);
  expect([deleted, left()]).toEqual([[1_000, 1_000, 1], 0]);
});

it("a bucket that is about to be deleted is emptied of old versions and of what marks deleted ones, too", async () => {
  const { empty, left } = bucketOf([
    { Key: "a", VersionId: "1" },
    { Key: "a", VersionId: "2" },
    { Key: "b", VersionId: "3", marker: true },
  ]);
  expect([await empty(), left()]).toEqual([3, 0]);
});

it("a bucket that is about to be deleted that keeps an object is a fault which names it, and not an endless loop", async () => {
  const { empty } = bucketOf(objects(3), { keeps: "r1.csv" });
  await expect(empty()).rejects.toThrow("S3 did not delete r1.csv: AccessDenied no");
});

it("an API is deployed without a stage: which one serves it is CloudFormation's to say", async () => {
  const { client, sent } = fakeClient<APIGatewayClient>(() => ({ id: "newest" }));
  expect(await deployApi(client, "api")).toBe("newest");
  expect(sent).toEqual([{ name: "CreateDeploymentCommand", input: { restApiId: "api" } }]);
});

it("an API without an id in the answer is a fault", async () => {
  const { client } = fakeClient<APIGatewayClient>(() => ({}));
  await expect(deployApi(client, "api")).rejects.toThrow("no deployment id for api");
});

describe("a deployment that API Gateway refuses", () => {
  /** Deploys through a client that throws these errors first. @returns when it called, in seconds, and what came of it */
  async function deploy(refusals: readonly Error[]) {
    const begun = Date.now();
    const calls: number[] = [];
    const { client } = fakeClient<APIGatewayClient>((_, n) => {
      calls.push((Date.now() - begun) / 1_000);
      if (refusals[n] !== undefined) throw refusals[n];
      return { id: "newest" };
    });
    const outcome = await deployApi(client, "api").catch((error: unknown) => error);
    return { calls, outcome, pauses: calls.slice(1).map((at, i) => at - (calls[i] ?? 0)) };
  }
  const metadata = { $metadata: {}, message: "" };
  const tooMany = new TooManyRequestsException(metadata);

  it("is repeated for at least 40 seconds, and no longer than the function runs", async () => {
    const { calls, outcome, pauses } = await deploy(times(99, () => tooMany));
    expect(outcome).toBe(tooMany);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5);
    expect(calls.at(-1)).toBeGreaterThanOrEqual(40);
    expect(calls.at(-1)).toBeLessThan(170);
  });

  it("is repeated after a failure of the network, and not if the API is gone", async () => {
    const gone = new NotFoundException(metadata);
    expect(await deploy([new Error("ECONNRESET"), gone])).toMatchObject({ outcome: gone, calls: { length: 2 } });
  });
});
