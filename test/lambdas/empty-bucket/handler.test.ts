import { expect, test } from "vitest";
import { createBucketEmptier } from "../../../lambdas/custom-resources.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { ask } from "../custom-resource.ts";

const run = (RequestType: string, empty: () => Promise<number>) =>
  ask({ RequestType }, (deps) =>
    createBucketEmptier(fakeDeps<Parameters<typeof createBucketEmptier>[0]>({ ...deps, bucket: "lists", empty })),
  );

const never = async () => {
  throw new Error("unplanned");
};

test.each(["Create", "Update"])("%s: nothing is deleted", async (type) => {
  expect(await run(type, never)).toEqual({ PhysicalResourceId: "lists", Status: "SUCCESS" });
});

test("Delete: the bucket is emptied, then CloudFormation is told", async () => {
  let emptied = false;
  const empty = async () => {
    emptied = true;
    return 3;
  };
  expect(await run("Delete", empty)).toEqual({ PhysicalResourceId: "lists", Status: "SUCCESS" });
  expect(emptied).toBe(true);
});

test("Delete that fails: CloudFormation is told why, and does not wait for a quarter of an hour", async () => {
  expect(await run("Delete", never)).toMatchObject({ Status: "FAILED", Reason: "unplanned" });
});
