import { expect, test } from "vitest";
import { createHandler } from "../../../lambdas/redeploy-api/handler.ts";
import { ask } from "../custom-resource.ts";

/** Which deployment the stage is to serve. */
function served(event: object, deploy: () => Promise<string> = unplanned): Promise<unknown> {
  return ask(event, (deps) => createHandler({ ...deps, api: { deploy } }));
}

const unplanned = async () => {
  throw new Error("unplanned");
};
const is = (id: string) => ({ PhysicalResourceId: id, Status: "SUCCESS" });

test("Create: the template's deployment, which has just been made", async () => {
  expect(await served({ RequestType: "Create", ResourceProperties: { Deployment: "first" } })).toEqual(is("first"));
});

test.each(["second", "made"])(
  "Update, the endpoint has changed while the stage serves %s: a new one",
  async (serves) => {
    const properties = (VpcEndpoint: string) => ({ Deployment: "second", VpcEndpoint });
    const event = {
      RequestType: "Update",
      PhysicalResourceId: serves,
      ResourceProperties: properties("vpce-b"),
      OldResourceProperties: properties("vpce-a"),
    };
    expect(await served(event, async () => "newest")).toEqual(is("newest"));
    expect(await served(event)).toEqual({ PhysicalResourceId: serves, Status: "FAILED", Reason: "unplanned" });
  },
);

test("Update, the template brings a deployment along, which knows of the endpoint already: that one", async () => {
  const event = {
    RequestType: "Update",
    PhysicalResourceId: "made",
    ResourceProperties: { Deployment: "third", VpcEndpoint: "vpce-b" },
    OldResourceProperties: { Deployment: "second", VpcEndpoint: "vpce-a" },
  };
  expect(await served(event)).toEqual(is("third"));
});

test("Delete: nothing, as deployments go with their API", async () => {
  const event = { RequestType: "Delete", PhysicalResourceId: "made", ResourceProperties: { Deployment: "third" } };
  expect(await served(event)).toEqual(is("made"));
});
