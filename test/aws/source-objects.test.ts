import type { S3Client } from "@aws-sdk/client-s3";
import { SourceObjects } from "../../aws/source-objects.ts";
import { collect } from "../collect.ts";
import { startBucket } from "./bucket.ts";
import { fakeClient } from "./client.ts";

const { signal } = new AbortController();

it("an object of another bucket comes as it is", async () => {
  const bucket = await startBucket();
  bucket.objects.set("lists/a b+ü.txt", Buffer.from("https://a.example/"));
  const objects = new SourceObjects(bucket.s3, ["bucket/lists/*"]);
  const bytes = await collect(await objects.read({ bucket: "bucket", key: "lists/a b+ü.txt" }, signal));
  expect(Buffer.concat(bytes).toString()).toBe("https://a.example/");
  await expect(objects.read({ bucket: "bucket", key: "lists/none" }, signal)).rejects.toMatchObject({
    name: "NoSuchKey",
  });
});

it("keys of another bucket come page by page", async () => {
  const { client, sent } = fakeClient<S3Client>(() => ({
    Contents: [{ Key: "lists/a" }, { Key: "lists/b" }],
    NextContinuationToken: "t2",
  }));
  const objects = new SourceObjects(client, ["bucket"]);
  expect(await objects.list({ bucket: "bucket", key: "lists/" }, "t1", signal)).toEqual({
    keys: ["lists/a", "lists/b"],
    next: "t2",
  });
  expect(sent).toEqual([
    { name: "ListObjectsV2Command", input: { Bucket: "bucket", Prefix: "lists/", ContinuationToken: "t1" } },
  ]);
});

it("keys of another bucket come no more where there are none", async () => {
  const { client } = fakeClient<S3Client>(() => ({}));
  const page = await new SourceObjects(client, ["bucket"]).list({ bucket: "bucket", key: "lists/" }, undefined, signal);
  expect(page).toEqual({ keys: [], next: undefined });
});

it("what the stack's parameter does not name is not asked for", async () => {
  const { client, sent } = fakeClient<S3Client>(() => ({}));
  const objects = new SourceObjects(client, ["bucket/lists/*"]);
  await expect(objects.read({ bucket: "bucket", key: "other" }, signal)).rejects.toMatchObject({
    name: "AccessDenied",
  });
  // The role may list the whole bucket.
  await expect(objects.list({ bucket: "bucket", key: "" }, undefined, signal)).rejects.toMatchObject({
    name: "AccessDenied",
  });
  expect(sent).toEqual([]);
});
