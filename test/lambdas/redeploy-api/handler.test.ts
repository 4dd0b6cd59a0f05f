import { expect, test } from "vitest";
import { createApiDeployer } from "../../../lambdas/custom-resources.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { ask } from "../custom-resource.ts";

/** Which deployment the stage is to serve. */
function served(event: object, deploy: () => Promise<string> = unplanned): Promise<unknown> {
  return ask(event, (deps) =>
    createApiDeployer(fakeDeps<Parameters<typeof createApiDeployer>[0]>({ ...deps, deploy })),
  );
}

const unplanned = async () => {
  throw new Error("unplanned");
};
const is = (id: string) => ({ PhysicalResourceId: id, Status: "SUCCESS" });

test("Create: the template's deployment, which has just been made", async () => {
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
  "Update, %s: a new one, of the API as it is now",
  async (_, ResourceProperties, OldResourceProperties) => {
    const event = { RequestType: "Update", PhysicalResourceId: "made", ResourceProperties, OldResourceProperties };
    expect(await served(event, async () => "newest")).toEqual(is("newest"));
    expect(await served(event)).toEqual({ PhysicalResourceId: "made", Status: "FAILED", Reason: "unplanned" });
  },
);

test("Delete: nothing, as deployments go with their API", async () => {
  const event = { RequestType: "Delete", PhysicalResourceId: "made", ResourceProperties: { Deployment: "third" } };
  expect(await served(event)).toEqual(is("made"));
});
