import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudFrontClient as RealClient } from "@aws-sdk/client-cloudfront";
import { expect, it, vi } from "vitest";
import { Distributions } from "../../aws/distributions.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

function newDistributions(answer: (command: Sent) => unknown) {
  const { client, sent } = fakeClient<CloudFrontClient>(answer);
  return { distributions: new Distributions(client), sent };
}

it("lists all of the account, page by page", async () => {
  const client = new RealClient({ region: "us-east-1" });
  const pages = [
    { Items: [{ Id: "E1", DomainName: "d1.cloudfront.net", Aliases: { Items: ["a.example"] } }], NextMarker: "E1" },
    { Items: [{ Id: "E2", DomainName: "d2.cloudfront.net", Aliases: { Quantity: 0 } }] },
    // What an account without any gets.
    { Quantity: 0 },
  ];
  const send = vi.spyOn(client, "send").mockImplementation(async () => ({ DistributionList: pages.shift() }));
  const distributions = new Distributions(client);
  expect(await distributions.own()).toEqual([
    { id: "E1", domain: "d1.cloudfront.net", aliases: ["a.example"] },
    { id: "E2", domain: "d2.cloudfront.net", aliases: [] },
  ]);
  expect(send.mock.calls.map(([{ input }]) => input)).toMatchObject([{}, { Marker: "E1" }]);
  expect(await distributions.own()).toEqual([]);
});

it("invalidates paths under a reference, so that the same step twice is one invalidation", async () => {
  const { distributions, sent } = newDistributions(() => ({ Invalidation: { Id: "I1" } }));
  expect(await distributions.invalidate("E1", "r1-0", ["/a", "/b"])).toEqual({ id: "I1" });
  expect(sent[0]?.input).toEqual({
    DistributionId: "E1",
    InvalidationBatch: { CallerReference: "r1-0", Paths: { Quantity: 2, Items: ["/a", "/b"] } },
  });
  await expect(newDistributions(() => ({})).distributions.invalidate("E1", "r1-0", ["/a"])).rejects.toThrow("no id");
});

it.each(["TooManyInvalidationsInProgress", "Throttling", "ThrottlingException"])(
  "%s is no fault: the invalidation is not taken now",
  async (name) => {
    const { distributions } = newDistributions(() => Promise.reject(awsError(name)));
    expect(await distributions.invalidate("E1", "r1-0", ["/a"])).toEqual({ busy: true });
    expect(await distributions.isInvalidated("E1", "I1")).toBe(false);
  },
);

it.each(["InvalidArgument", "BatchTooLarge", "NoSuchDistribution", "AccessDenied"])(
  "%s is a refusal: no try more would change it",
  async (name) => {
    const { distributions } = newDistributions(() => Promise.reject(awsError(name)));
    const refused = expect.stringContaining(`${name}: `);
    expect(await distributions.invalidate("E1", "r1-0", ["/a"])).toEqual({ refused });
    await expect(distributions.isInvalidated("E1", "I1")).rejects.toThrow(name);
  },
);

it("any other answer to an invalidation is a fault", async () => {
  const { distributions } = newDistributions(() => Promise.reject(awsError("InternalFailure")));
  await expect(distributions.invalidate("E1", "r1-0", ["/a"])).rejects.toThrow("InternalFailure");
  await expect(distributions.isInvalidated("E1", "I1")).rejects.toThrow("InternalFailure");
});

it.each([
  ["Completed", true],
  ["InProgress", false],
  [undefined, false],
])("an invalidation that is %s is done: %s", async (Status, done) => {
  const { distributions, sent } = newDistributions(() => ({ Invalidation: { Status } }));
  expect(await distributions.isInvalidated("E1", "I1")).toBe(done);
  expect(sent[0]?.input).toEqual({ DistributionId: "E1", Id: "I1" });
});
