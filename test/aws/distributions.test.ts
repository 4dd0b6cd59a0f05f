import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudFrontServiceException, CloudFrontClient as RealClient } from "@aws-sdk/client-cloudfront";
import { Distributions } from "../../aws/distributions.ts";
import { hostOwners } from "../../domain/request/distributions.ts";
import { AwsError } from "../../tools/memory-aws/aws-http.ts";
import type { CloudFrontAccount, MemoryTenant } from "../../tools/memory-aws/cloudfront-account.ts";
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
  const distributions = new Distributions(client, { now: () => now });
  expect(await distributions.listFor([])).toEqual([
    { id: "E1", domain: "d1.cloudfront.net", aliases: ["a.example"] },
    { id: "E2", domain: "d2.cloudfront.net", aliases: [] },
  ]);
  expect(send.mock.calls.map(([{ input }]) => input)).toMatchObject([{}, { Marker: "E1" }]);
  now = 59_999;
  expect(await distributions.listFor(["unknown.example"])).toHaveLength(2);
  now = 60_000;
  expect(await distributions.listFor([])).toEqual([]);
  expect(send).toHaveBeenCalledTimes(3);
});

it("an error of the list is not cached, nor is a list that takes too long", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const client = new RealClient({ region: "us-east-1" });
  const send = vi.spyOn(client, "send");
  const warn = vi.fn();
  const distributions = new Distributions(client, { now: () => 0, logger: { warn } });
  send.mockImplementationOnce(() => Promise.reject(awsError("Throttling")));
  await expect(distributions.listFor([])).rejects.toThrow("Throttling");
  send.mockImplementationOnce(() => new Promise(() => undefined));
  const hung = expect(distributions.listFor([])).rejects.toThrow("no response within");
  await vi.advanceTimersByTimeAsync(60_000);
  await hung;
  send.mockImplementation(async () => ({ DistributionList: { Quantity: 0 } }));
  expect(await distributions.listFor([])).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(2);
});

describe("with a multi-tenant distribution", () => {
  const ENDPOINT = "drouting.cloudfront.net";
  const tenant = (n: number, domains: readonly string[], more: Partial<MemoryTenant> = {}) => ({
    Id: `dt_${n}`,
    Name: `t${n}`,
    DistributionId: "E1",
    ConnectionGroupId: "cg_1",
    domains,
    ...more,
  });
  const ACCOUNT: CloudFrontAccount = {
    distributions: [
      { id: "E1", domain: "d1.cloudfront.net", aliases: [], config: { ConnectionMode: "tenant-only" } },
      { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.shop.example", "www.shop.example"] },
    ],
    connectionGroups: [
      { Id: "cg_1", Name: "one", RoutingEndpoint: ENDPOINT },
      { Id: "cg_2", Name: "two", RoutingEndpoint: "dtwo.cloudfront.net", AnycastIpListId: "a", Status: "InProgress" },
      { Id: "cg_3", Name: "off", RoutingEndpoint: "doff.cloudfront.net", Enabled: false },
    ],
    tenants: [
      tenant(1, ["a.example", "*.wild.example"]),
      tenant(2, ["b.example"], {
        ConnectionGroupId: "cg_2",
        Customizations: { WebAcl: { Action: "override", Arn: "arn" } },
      }),
      tenant(3, ["c.example"], { Enabled: false, Customizations: { WebAcl: { Action: "disable" } } }),
      tenant(4, ["d.example"], { ConnectionGroupId: "cg_gone" }),
      tenant(5, ["e.example"], { ConnectionGroupId: "cg_3" }),
      tenant(6, ["x.shop.example", "deep.wild.example"], { Status: "InProgress" }),
    ],
  };
  const ready = { isDeployed: true, hasAnycastIps: false };
  const found = (n: number, more: object = {}) => ({ id: "E1", tenant: `dt_${n}`, settings: ready, ...more });

  function account(options: { readonly tenantIds?: string[]; readonly fails?: (operation: string) => void } = {}) {
    const warn = vi.fn();
    let now = 0;
    const { cloudFront, calls } = memoryCloudFront(ACCOUNT, options.fails);
    const distributions = new Distributions(cloudFront, { ...options, now: () => now, logger: { warn } });
    const listFor = async (...hosts: string[]) => (await distributions.listFor(hosts)).slice(2);
    return {
      distributions,
      listFor,
      calls,
      warn,
      later: (ms: number) => {
        now += ms;
      },
    };
  }

  it.each<[what: string, hosts: string[], found: object[], byDomain: number]>([
    [
      "the tenant of a domain",
      ["a.example"],
      [found(1, { domain: ENDPOINT, aliases: ["a.example", "*.wild.example"] })],
      1,
    ],
    ["one under a wildcard, looked up as such", ["a.b.wild.example"], [found(1)], 3],
    [
      "nothing less specific than an alias of a distribution",
      ["y.shop.example", "www.shop.example", "d2.cloudfront.net"],
      [],
      1,
    ],
    [
      "its own web ACL, and the Anycast IPs of its group",
      ["b.example"],
      [found(2, { settings: { isDeployed: false, hasAnycastIps: true, webAcl: "arn" } })],
      1,
    ],
    [
      "that it is disabled",
      ["c.example"],
      [found(3, { unserved: "disabled tenant", settings: { ...ready, webAcl: "disabled" } })],
      1,
    ],
    [
      "a routing endpoint",
      [ENDPOINT, "dx.cloudfront.net"],
      [{ id: "cg_1", domain: ENDPOINT, unserved: "connection group" }],
      0,
    ],
  ])("finds %s", async (_, hosts, expected, byDomain) => {
    const { listFor, calls } = account();
    expect(await listFor(...hosts)).toMatchObject(expected);
    expect(calls.filter((call) => call === "GetDistributionTenantByDomain")).toHaveLength(byDomain);
    expect(calls).not.toContain("ListDistributionTenants");
  });

  it("asks for a name once a minute, and again where nothing is served yet", async () => {
    const { listFor, calls, later } = account();
    await listFor("a.example");
    const first = calls.length;
    await listFor("a.example", "a.example");
    expect(calls).toHaveLength(first);
    await listFor("b.example");
    const both = calls.length;
    await listFor("a.example", "b.example");
    expect(calls.slice(both)).toEqual(["GetDistributionTenantByDomain", "GetConnectionGroup"]);
    later(60_000);
    await listFor("a.example");
    expect(calls.slice(both + 2)).toEqual(["ListDistributions", "GetDistributionTenantByDomain", "GetConnectionGroup"]);
  });

  it("knows tenants by their ids, also those under wildcards, without a look-up by domain", async () => {
    const { listFor, calls } = account({ tenantIds: ["dt_1", "dt_gone"] });
    expect(await listFor("a.example")).toMatchObject([found(1)]);
    expect(calls.slice(1)).toEqual(["GetDistributionTenant", "GetDistributionTenant", "GetConnectionGroup"]);
  });

  it.each(["GetDistributionTenantByDomain", "GetConnectionGroup"])(
    "goes on where %s is denied, names the action alone, and logs the rest; any other error is one",
    async (operation) => {
      const fail = (error: AwsError) =>
        account({
          fails: (it) => {
            if (it === operation) throw error;
          },
        });
      const text = `User: arn:aws:sts::123456789012:assumed-role/secret/x is not authorized to perform: cloudfront:${operation} because`;
      const { distributions, warn } = fail(new AwsError("AccessDenied", text, {}, 403));
      const [template] = await distributions.listFor(["a.example", "b.example"]);
      expect(template).toMatchObject({ id: "E1", unlisted: `cloudfront:${operation} is not allowed` });
      expect(warn.mock.calls).toMatchObject([[expect.anything(), { error: { message: text } }]]);
      await expect(fail(new AwsError("InternalFailure", "", {}, 500)).listFor("a.example")).rejects.toThrow();
    },
  );

  it("looks up no more names than a request may need, and says so", async () => {
    const { distributions, calls } = account();
    const [template] = await distributions.listFor(times(500, (i) => `t${i}.example`));
    expect(template?.unlisted).toMatch(/at most 200 names/);
    expect(calls).toHaveLength(201);
  });

  it("invalidates a tenant as CloudFront's API spells it", async () => {
    const { cloudFront, invalidated } = memoryCloudFront("tenants");
    const distributions = new Distributions(cloudFront);
    const [host = ""] = BASIS.aliases;
    const hosts = [`second.${host}`, host];
    const owners = hosts.map(hostOwners(await distributions.listFor(hosts)));
    expect(owners).toMatchObject([{ tenant: "dt_2", id: BASIS.id }, { tenant: "dt_1" }]);
    const answer = await distributions.invalidate("dt_2", "r1-0", ["/a"]);
    expect(await distributions.isInvalidated("dt_2", "id" in answer ? answer.id : "")).toBe(true);
    expect(invalidated).toEqual([{ host: `second.${host}`, items: ["/a"] }]);
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
  const refused = name === "AccessDenied" ? "the call is not allowed" : expect.stringContaining(`${name}: `);
  expect(await distributions.invalidate("E1", "r1-0", ["/a"])).toEqual({ refused });
  await expect(distributions.isInvalidated("E1", "I1")).rejects.toThrow(name);
});

it("any other answer to an invalidation is a fault", async () => {
  const { distributions } = newDistributions(() => Promise.reject(awsError("InternalFailure")));
  await expect(distributions.invalidate("E1", "r1-0", ["/a"])).rejects.toThrow("InternalFailure");
  await expect(distributions.isInvalidated("E1", "I1")).rejects.toThrow("InternalFailure");
});

it.each([[undefined, false]])("an invalidation that is %s is done: %s", async (Status, done) => {
  const { distributions, sent } = newDistributions(() => ({ Invalidation: { Status } }));
  expect(await distributions.isInvalidated("E1", "I1")).toBe(done);
  expect(sent[0]?.input).toEqual({ DistributionId: "E1", Id: "I1" });
});
