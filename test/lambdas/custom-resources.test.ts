import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { createApiDeployer, createBucketEmptier } from "../../lambdas/custom-resources.ts";
import { serve } from "../serve.ts";

vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
afterAll(() => void vi.unstubAllEnvs());

const IDS = { StackId: "stack", RequestId: "request", LogicalResourceId: "Resource" };

type Handler = ReturnType<typeof createBucketEmptier>;

/** Has a handler handle an event. @returns what the signed URL receives; it answers with this status */
async function putOf(handler: Handler, event: object, status = 200) {
  const puts: (Pick<IncomingMessage, "method" | "url" | "headers"> & { body: string })[] = [];
  const address = await serve(async (request, response) => {
    const { method, url, headers } = request;
    puts.push({ method, url, headers, body: await text(request) });
    response.writeHead(status).end();
  });
  await handler({ ResponseURL: `${address}/answer?signature=s`, ...IDS, ...event });
  expect(puts).toHaveLength(1);
  return puts[0];
}

/** The response to CloudFormation, without the ids that it gave. */
async function responseTo(handler: Handler, event: object) {
  const put = await putOf(handler, event);
  const { StackId, RequestId, LogicalResourceId, ...response } = JSON.parse(put?.body ?? "");
  expect({ StackId, RequestId, LogicalResourceId }).toEqual(IDS);
  return response;
}

const unplanned = async () => {
  throw new Error("unplanned");
};

const handler = createBucketEmptier("lists", unplanned);

test("CloudFormation gets the response by PUT, without the Content-Type that the URL is not signed with", async () => {
  const put = await putOf(handler, { RequestType: "Create" });
  expect(put).toMatchObject({ method: "PUT", url: "/answer?signature=s" });
  expect(put?.headers).not.toHaveProperty("content-type");
  // S3 takes no body of unknown length.
  expect(put?.headers["content-length"]).toBe(String(put?.body.length));
});

test("CloudFormation that does not take the response fails the run", async () => {
  const answered = putOf(handler, { RequestType: "Create" }, 403);
  await expect(answered).rejects.toThrow("CloudFormation rejected the response: HTTP 403");
});

const run = (RequestType: string, empty: () => Promise<number>) =>
  responseTo(createBucketEmptier("lists", empty), { RequestType });

test.each(["Create", "Update"])("the bucket emptier %s: nothing is deleted", async (type) => {
  expect(await run(type, unplanned)).toEqual({ PhysicalResourceId: "lists", Status: "SUCCESS" });
});

test("the bucket emptier Delete: the bucket is emptied, then CloudFormation is told", async () => {
  const empty = vi.fn(async () => 3);
  expect(await run("Delete", empty)).toEqual({ PhysicalResourceId: "lists", Status: "SUCCESS" });
  expect(empty).toHaveBeenCalledOnce();
});

test("the bucket emptier Delete that fails: CloudFormation is told why, and does not wait for a quarter of an hour", async () => {
  expect(await run("Delete", unplanned)).toMatchObject({ Status: "FAILED", Reason: "unplanned" });
});

/** Which deployment the stage is to serve. */
const served = (event: object, deploy: () => Promise<string> = unplanned) =>
  responseTo(createApiDeployer(deploy), event);
const is = (id: string) => ({ PhysicalResourceId: id, Status: "SUCCESS" });

test("the API deployer Create: the template's deployment, which has just been made", async () => {
  expect(await served({ RequestType: "Create", ResourceProperties: { Deployment: "first" } })).toEqual(is("first"));
});

const UPDATES: readonly (readonly [string, object, object])[] = [
  ["the endpoint has changed", { Deployment: "second", VpcEndpoint: "b" }, { Deployment: "second", VpcEndpoint: "a" }],
  [
    "the template brings a deployment",
    { Deployment: "third", VpcEndpoint: "a" },
    { Deployment: "second", VpcEndpoint: "a" },
  ],
  // The first one is from before the endpoint, of which the API knows.
  ["an update is rolled back", { Deployment: "first", VpcEndpoint: "b" }, { Deployment: "second", VpcEndpoint: "b" }],
];

test.each(UPDATES)(
  "the API deployer Update, %s: a new one, of the API as it is now",
  async (_, ResourceProperties, OldResourceProperties) => {
    const event = { RequestType: "Update", PhysicalResourceId: "made", ResourceProperties, OldResourceProperties };
    expect(await served(event, async () => "newest")).toEqual(is("newest"));
    expect(await served(event)).toEqual({ PhysicalResourceId: "made", Status: "FAILED", Reason: "unplanned" });
  },
);

test("the API deployer Delete: nothing, as deployments go with their API", async () => {
  const event = { RequestType: "Delete", PhysicalResourceId: "made", ResourceProperties: { Deployment: "third" } };
  expect(await served(event)).toEqual(is("made"));
});
