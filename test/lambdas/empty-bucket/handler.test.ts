import { expect, test } from "vitest";
import { createHandler } from "../../../lambdas/empty-bucket/handler.ts";

const IDS = { StackId: "stack", RequestId: "request", LogicalResourceId: "Emptied" };

async function run(RequestType: string, empty: () => Promise<number>) {
  const answers: unknown[] = [];
  const handler = createHandler({
    bucket: { name: "lists", empty },
    answer: async (url, body) => void answers.push([url, JSON.parse(body)]),
    logger: { info: () => undefined, error: () => undefined },
  });
  await handler({ RequestType, ResponseURL: "https://answer.example/", ...IDS });
  return answers;
}

const never = async () => {
  throw new Error("unplanned");
};

test.each(["Create", "Update"])("%s: nothing is deleted", async (type) => {
  expect(await run(type, never)).toEqual([
    ["https://answer.example/", { ...IDS, PhysicalResourceId: "lists", Status: "SUCCESS" }],
  ]);
});

test("Delete: the bucket is emptied, then CloudFormation is told", async () => {
  let emptied = false;
  const empty = async () => {
    emptied = true;
    return 3;
  };
  expect(await run("Delete", empty)).toMatchObject([["https://answer.example/", { Status: "SUCCESS" }]]);
  expect(emptied).toBe(true);
});

test("Delete that fails: CloudFormation is told why, and does not wait for an hour", async () => {
  expect(await run("Delete", never)).toMatchObject([
    ["https://answer.example/", { Status: "FAILED", Reason: "unplanned" }],
  ]);
});
