import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudFrontServiceException, CloudFrontClient as RealClient } from "@aws-sdk/client-cloudfront";
import { Distributions } from "../../aws/distributions.ts";
import { hostOwners } from "../../domain/request/distributions.ts";
import { times } from "../collect.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";
import { BASIS, memoryCloudFront } from "./memory-cloudfront.ts";

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
  let now = 0;
  const distributions = new Distributions(client, () => now);
  expect(await distributions.own()).toEqual([
    { id: "E1", domain: "d1.cloudfront.net", aliases: ["a.example"] },
    { id: "E2", domain: "d2.cloudfront.net", aliases: [] },
  ]);
  expect(send.mock.calls.map(([{ input }]) => input)).toMatchObject([{}, { Marker: "E1" }]);
  // The checks of one call ask again and again, and a later call asks anew.
  now = 4_999;
  expect(await distributions.own()).toHaveLength(2);
  now = 5_000;
  expect(await distributions.own()).toEqual([]);
  expect(send).toHaveBeenCalledTimes(3);
});

it("an error of the list is not kept", async () => {
  const client = new RealClient({ region: "us-east-1" });
  vi.spyOn(client, "send").mockImplementationOnce(() => Promise.reject(awsError("Throttling")));
  const distributions = new Distributions(client, () => 0);
  await expect(distributions.own()).rejects.toThrow("Throttling");
  vi.spyOn(client, "send").mockImplementation(async () => ({ DistributionList: { Quantity: 0 } }));
  expect(await distributions.own()).toEqual([]);
});

describe("with a multi-tenant distribution", () => {
  const TEMPLATE = { Id: "E1", DomainName: "-", ConnectionMode: "tenant-only" };
  const template = { id: "E1", domain: "-", aliases: [], unserved: "multi-tenant distribution" };
  const tenant = (Id: string, ...domains: string[]) => ({
    Id,
    DistributionId: "E1",
    Domains: domains.map((Domain) => ({ Domain, Status: "active" })),
  });
  const group = (Id: string, RoutingEndpoint: string, IsDefault = false) => ({ Id, RoutingEndpoint, IsDefault });
  const GROUPS = {
    ConnectionGroups: [
      group("cg_1", "d1.cloudfront.net", true),
      { ...group("cg_2", "d2.cloudfront.net"), Enabled: false },
    ],
  };

  /** What each operation answers, page by page; a name is the error of one. */
  function account(tenantPages: readonly (object | string)[]) {
    const client = new RealClient({ region: "us-east-1" });
    const pages = [...tenantPages];
    const answers: Record<string, () => unknown> = {
      ListDistributionsCommand: () => ({ DistributionList: { Items: [TEMPLATE] } }),
      ListConnectionGroupsCommand: () => GROUPS,
      ListDistributionTenantsCommand: () => pages.shift(),
    };
    const send = vi.spyOn(client, "send").mockImplementation(async (command) => {
      const answer = answers[command.constructor.name]?.();
      if (typeof answer === "string") throw awsError(answer);
      return answer;
    });
    return { own: () => new Distributions(client).own(), send };
  }

  it("lists its tenants page by page, each under the endpoint of its connection group", async () => {
    const { own } = account([
      { DistributionTenantList: [tenant("dt_1", "a.example", "*.a.example")], NextMarker: "dt_1" },
      {
        DistributionTenantList: [
          { ...tenant("dt_2", "b.example"), ConnectionGroupId: "cg_2" },
          { ...tenant("dt_3", "c.example"), Enabled: false },
          { ...tenant("dt_4", "d.example"), ConnectionGroupId: "cg_gone" },
        ],
      },
    ]);
    const it = (n: number, domain: string, aliases: string[]) => ({ id: "E1", tenant: `dt_${n}`, domain, aliases });
    expect(await own()).toEqual([
      template,
      { id: "cg_1", domain: "d1.cloudfront.net", aliases: [], unserved: "connection group" },
      { id: "cg_2", domain: "d2.cloudfront.net", aliases: [], unserved: "connection group" },
      it(1, "d1.cloudfront.net", ["a.example", "*.a.example"]),
      { ...it(2, "d2.cloudfront.net", ["b.example"]), unserved: "disabled tenant" },
      { ...it(3, "d1.cloudfront.net", ["c.example"]), unserved: "disabled tenant" },
    ]);
  });

  it("goes on without tenants where they may not be listed, and says why; any other error is one", async () => {
    expect(await account(["AccessDenied"]).own()).toEqual([
      { ...template, unlisted: expect.stringMatching(/^AccessDenied: .*cloudfront:ListDistributionTenants/) },
    ]);
    await expect(account(["InternalFailure"]).own()).rejects.toThrow("InternalFailure");
  });

  it("lists no more tenants than an account may have by default, and says so", async () => {
    const page = { DistributionTenantList: times(100, (i) => tenant(`dt_${i}`, `t${i}.example`)), NextMarker: "dt_99" };
    const { own, send } = account(times(200, () => page));
    const [first, ...others] = await own();
    expect([first?.unlisted, others.length]).toEqual(["no more than 10000 are listed", 10_002]);
    expect(send).toHaveBeenCalledTimes(102);
  });

  it("finds tenants and invalidates one of them as CloudFront's API spells it", async () => {
    const { cloudFront, invalidated } = memoryCloudFront("tenants");
    const distributions = new Distributions(cloudFront);
    const [host = ""] = BASIS.aliases;
    const owners = [`second.${host}`, host].map(hostOwners(await distributions.own()));
    expect(owners).toMatchObject([{ tenant: "dt_2", id: BASIS.id }, { tenant: "dt_1" }]);
    const answer = await distributions.invalidate("dt_2", "r1-0", ["/a"]);
    expect(await distributions.isInvalidated("dt_2", "id" in answer ? answer.id : "")).toBe(true);
    expect(invalidated).toEqual([{ host: `second.${host}`, items: ["/a"] }]);
  });

  it("invalidates a tenant by its own id, and asks for that invalidation", async () => {
    const { distributions, sent } = newDistributions(() => ({ Invalidation: { Id: "I1", Status: "Completed" } }));
    expect(await distributions.invalidate("dt_1", "r1-0", ["/a"])).toEqual({ id: "I1" });
    expect(await distributions.isInvalidated("dt_1", "I1")).toBe(true);
    expect(sent.map(({ name, input }) => [name, input])).toEqual([
      [
        "CreateInvalidationForDistributionTenantCommand",
        { Id: "dt_1", InvalidationBatch: { CallerReference: "r1-0", Paths: { Quantity: 1, Items: ["/a"] } } },
      ],
      ["GetInvalidationForDistributionTenantCommand", { DistributionTenantId: "dt_1", Id: "I1" }],
    ]);
  });
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

const overloaded = new CloudFrontServiceException({
  name: "ServiceUnavailable",
  $fault: "client",
  $metadata: { httpStatusCode: 503 },
});

it.each([
  ...["TooManyInvalidationsInProgress", "Throttling", "ThrottlingException"].map((it) => awsError(it)),
  overloaded,
])("$name is no fault: the invalidation is not taken now", async (error) => {
  const { distributions } = newDistributions(() => Promise.reject(error));
  const busy = expect.stringContaining(`${error.name}: `);
  expect(await distributions.invalidate("E1", "r1-0", ["/a"])).toEqual({ busy });
  expect(await distributions.isInvalidated("E1", "I1")).toBe(false);
});

it.each([
  ...["InvalidArgument", "BatchTooLarge", "NoSuchDistribution", "EntityNotFound", "AccessDenied"],
  "InvalidationBatchAlreadyExists",
])("%s is a refusal: no try more would change it", async (name) => {
  const { distributions } = newDistributions(() => Promise.reject(awsError(name)));
  const refused = expect.stringContaining(`${name}: `);
  expect(await distributions.invalidate("E1", "r1-0", ["/a"])).toEqual({ refused });
  await expect(distributions.isInvalidated("E1", "I1")).rejects.toThrow(name);
});

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
