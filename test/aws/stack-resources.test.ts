import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import type { S3Client } from "@aws-sdk/client-s3";
import { deployApi, emptyBucket } from "../../aws/stack-resources.ts";
import { times } from "../collect.ts";
import { fakeClient } from "./client.ts";

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

it("a bucket that is about to be deleted is emptied to the end by a second call, where the first one was stopped", async () => {
  const { empty, left } = bucketOf(objects(1_500), { refusals: 1 });
  await expect(empty()).rejects.toThrow("SlowDown");
  expect([left(), await empty()]).toEqual([1_500, 1_500]);
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
