import {
  CreateDistributionCommand,
  CreateInvalidationCommand,
  CreateInvalidationForDistributionTenantCommand,
  GetCachePolicyCommand,
  GetConnectionGroupCommand,
  GetContinuousDeploymentPolicyCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetDistributionTenantByDomainCommand,
  GetDistributionTenantCommand,
  GetInvalidationCommand,
  GetInvalidationForDistributionTenantCommand,
  GetResponseHeadersPolicyCommand,
  ListInvalidationsCommand,
  ListInvalidationsForDistributionTenantCommand,
  paginateListConnectionGroups,
  paginateListDistributions,
  paginateListDistributionTenants,
  paginateListInvalidations,
} from "@aws-sdk/client-cloudfront";
import { GetWebACLCommand } from "@aws-sdk/client-wafv2";
import { AwsError } from "../../../tools/memory-aws/aws-http.ts";
import {
  CACHING_DISABLED,
  CACHING_OPTIMIZED,
  configOf,
  MANAGED_CACHE_POLICIES,
  SERVER_TIMING,
} from "../../../tools/memory-aws/cloudfront-account.ts";
import { accountOf, DISTRIBUTION_KINDS, STAGING_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import { BASIS, memoryCloudFront } from "../../aws/memory-cloudfront.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock();

const batch = (reference: string, ...items: readonly string[]) => ({
  CallerReference: reference,
  Paths: { Quantity: items.length, Items: [...items] },
});
const invalidation = (reference: string, ...items: readonly string[]) =>
  new CreateInvalidationCommand({ DistributionId: "E1", InvalidationBatch: batch(reference, ...items) });
const many = (count: number, path = (n: number) => `/${n}`) => Array.from({ length: count }, (_, n) => path(n));

it.each(DISTRIBUTION_KINDS)("a distribution of the kind %s has its whole configuration", async (kind) => {
  const { cloudFront } = memoryCloudFront(kind);
  const { distributions } = accountOf(kind, BASIS);
  for (const one of distributions) {
    const { Distribution, ETag } = await cloudFront.send(new GetDistributionCommand({ Id: one.id }));
    const config = JSON.parse(JSON.stringify(configOf(one)));
    expect(Distribution).toMatchObject({ Id: one.id, DomainName: one.domain, Status: one.status ?? "Deployed" });
    expect(JSON.parse(JSON.stringify(Distribution?.DistributionConfig))).toEqual(config);
    const of = await cloudFront.send(new GetDistributionConfigCommand({ Id: one.id }));
    expect(of).toMatchObject({ ETag, DistributionConfig: Distribution?.DistributionConfig });
  }
  const { DistributionList } = (await paginateListDistributions({ client: cloudFront }, {}).next()).value ?? {};
  expect(DistributionList?.Items?.map(({ Id }) => Id)).toEqual(distributions.map(({ id }) => id));
});

it("pages through every list", async () => {
  const ids = many(5, (n) => `E${n}`);
  const tenant = { DistributionId: "E0", ConnectionGroupId: "G0" };
  const { cloudFront: client } = memoryCloudFront({
    distributions: ids.map((id) => ({ id, domain: `${id}.cloudfront.net`.toLowerCase(), aliases: [] })),
    connectionGroups: ids.map((id) => ({ Id: `G${id}`, Name: id, RoutingEndpoint: "d9.cloudfront.net" })),
    tenants: ids.map((id) => ({ ...tenant, Id: `T${id}`, Name: id, domains: [`${id}.example.com`] })),
  });
  for (const n of ids)
    await client.send(new CreateInvalidationCommand({ DistributionId: "E0", InvalidationBatch: batch(n, "/a") }));
  const config = { client, pageSize: 2 };
  const counts = async (pages: AsyncIterable<object>, of: (page: object) => readonly unknown[] | undefined) => {
    const sizes = [];
    for await (const page of pages) sizes.push(of(page)?.length);
    return sizes;
  };
  type Any = Record<string, { readonly Items?: readonly unknown[] } & readonly unknown[]>;
  const inner = (name: string) => (page: object) => (page as Any)[name]?.Items ?? (page as Any)[name];
  expect(await counts(paginateListDistributions(config, {}), inner("DistributionList"))).toEqual([2, 2, 1]);
  expect(await counts(paginateListConnectionGroups(config, {}), inner("ConnectionGroups"))).toEqual([2, 2, 1]);
  expect(await counts(paginateListDistributionTenants(config, {}), inner("DistributionTenantList"))).toEqual([2, 2, 1]);
  const invalidations = paginateListInvalidations(config, { DistributionId: "E0" });
  expect(await counts(invalidations, inner("InvalidationList"))).toEqual([2, 2, 1]);
  const filter = { AssociationFilter: { ConnectionGroupId: "other" } };
  expect(await counts(paginateListDistributionTenants(config, filter), inner("DistributionTenantList"))).toEqual([0]);
});

it("has policies of its own, and those that CloudFront manages", async () => {
  const { cloudFront } = memoryCloudFront("query-strings");
  const policy = async (Id: string) =>
    (await cloudFront.send(new GetCachePolicyCommand({ Id }))).CachePolicy?.CachePolicyConfig;
  expect(await policy(CACHING_DISABLED)).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 });
  expect(await policy(CACHING_OPTIMIZED)).toEqual(MANAGED_CACHE_POLICIES[CACHING_OPTIMIZED]);
  const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: "E1" }));
  const { CachePolicyId = "" } = Distribution?.DistributionConfig?.DefaultCacheBehavior ?? {};
  expect(await policy(CachePolicyId)).toMatchObject({
    ParametersInCacheKeyAndForwardedToOrigin: { QueryStringsConfig: { QueryStringBehavior: "all" } },
  });
  const { ResponseHeadersPolicy } = await cloudFront.send(new GetResponseHeadersPolicyCommand({ Id: SERVER_TIMING }));
  expect(ResponseHeadersPolicy).toMatchObject({
    ResponseHeadersPolicyConfig: { ServerTimingHeadersConfig: { Enabled: true, SamplingRate: 100 } },
  });
});

it.each([
  ["staging", { SingleHeaderConfig: STAGING_HEADER }],
  ["staging-weight", { SingleWeightConfig: { Weight: 0.1 } }],
] as const)("%s: the primary distribution names the policy that names the staging one", async (kind, traffic) => {
  const { cloudFront } = memoryCloudFront(kind);
  const { DistributionConfig } = await cloudFront.send(new GetDistributionConfigCommand({ Id: "E1" }));
  const Id = DistributionConfig?.ContinuousDeploymentPolicyId;
  const { ContinuousDeploymentPolicy } = await cloudFront.send(new GetContinuousDeploymentPolicyCommand({ Id }));
  const config = ContinuousDeploymentPolicy?.ContinuousDeploymentPolicyConfig;
  const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: "E1STAGING" }));
  expect(Distribution?.DistributionConfig).toMatchObject({ Staging: true });
  expect(config?.StagingDistributionDnsNames?.Items).toEqual([Distribution?.DomainName]);
  expect(config).toMatchObject({ Enabled: true, TrafficConfig: traffic });
});

it("finds a tenant by id, name, ARN and domain, and its connection group", async () => {
  const { cloudFront } = memoryCloudFront("tenants");
  const byId = await cloudFront.send(new GetDistributionTenantCommand({ Identifier: "dt_1" }));
  expect(byId.DistributionTenant).toMatchObject({
    Id: "dt_1",
    DistributionId: "E1",
    Enabled: true,
    Domains: [{ Domain: "www.example.com", Status: "active" }],
  });
  for (const Identifier of ["first", byId.DistributionTenant?.Arn])
    expect(await cloudFront.send(new GetDistributionTenantCommand({ Identifier }))).toMatchObject({ ETag: byId.ETag });
  const byDomain = new GetDistributionTenantByDomainCommand({ Domain: "second.www.example.com" });
  expect((await cloudFront.send(byDomain)).DistributionTenant).toMatchObject({ Id: "dt_2" });
  const { ConnectionGroup } = await cloudFront.send(
    new GetConnectionGroupCommand({ Identifier: byId.DistributionTenant?.ConnectionGroupId }),
  );
  expect(ConnectionGroup?.RoutingEndpoint).toBe("drouting111111abcdef8.cloudfront.net");
});

it.each(["waf-rate", "waf-bot"] as const)("%s: a web ACL by its ARN, and by name, scope and id", async (kind) => {
  const { cloudFront, waf } = memoryCloudFront(kind);
  const { DistributionConfig } = await cloudFront.send(new GetDistributionConfigCommand({ Id: "E1" }));
  const { WebACL } = await waf.send(new GetWebACLCommand({ ARN: DistributionConfig?.WebACLId }));
  expect(WebACL?.Rules).toHaveLength(1);
  const { Name, Id } = WebACL ?? {};
  expect((await waf.send(new GetWebACLCommand({ Name, Id, Scope: "CLOUDFRONT" }))).WebACL).toEqual(WebACL);
  const missing = { name: "WAFNonexistentItemException" };
  await expect(waf.send(new GetWebACLCommand({ Name, Id, Scope: "REGIONAL" }))).rejects.toMatchObject(missing);
  await expect(waf.send(new GetWebACLCommand({ Name, Id }))).rejects.toMatchObject({
    name: "WAFInvalidParameterException",
  });
});

it("invalidates when the invalidation completes", async () => {
  const { cloudFront, invalidated } = memoryCloudFront({ ...accountOf("tags", BASIS), invalidationMs: 5_000 });
  const { Invalidation, Location } = await cloudFront.send(invalidation("r", "/a&b.bin", "/patch/*", "#Release-42"));
  expect(Invalidation).toMatchObject({ Status: "InProgress", InvalidationBatch: { CallerReference: "r" } });
  expect(Location).toContain(`/distribution/E1/invalidation/${Invalidation?.Id}`);
  expect(invalidated).toEqual([]);
  const get = new GetInvalidationCommand({ DistributionId: "E1", Id: Invalidation?.Id });
  await new Promise((resolve) => setTimeout(resolve, 4_999));
  expect((await cloudFront.send(get)).Invalidation?.Status).toBe("InProgress");
  const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: "E1" }));
  expect(Distribution?.InProgressInvalidationBatches).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect((await cloudFront.send(get)).Invalidation?.Status).toBe("Completed");
  expect(invalidated).toEqual([{ host: BASIS.domain, items: ["/a&b.bin", "/patch/*", "#Release-42"] }]);
});

it("takes the same reference with the same paths for the same invalidation", async () => {
  const { cloudFront, invalidated } = memoryCloudFront("standard");
  const first = await cloudFront.send(invalidation("r", "/a"));
  expect((await cloudFront.send(invalidation("r", "/a"))).Invalidation?.Id).toBe(first.Invalidation?.Id);
  expect(invalidated).toHaveLength(1);
  const list = await cloudFront.send(new ListInvalidationsCommand({ DistributionId: "E1" }));
  expect(list.InvalidationList?.Items).toMatchObject([{ Id: first.Invalidation?.Id, Status: "Completed" }]);
});

it("invalidates for one tenant, and for all by their template", async () => {
  const { cloudFront, invalidated } = memoryCloudFront("tenants");
  const one = { Id: "dt_2", InvalidationBatch: batch("r", "/a") };
  const { Invalidation } = await cloudFront.send(new CreateInvalidationForDistributionTenantCommand(one));
  const get = { DistributionTenantId: "dt_2", Id: Invalidation?.Id };
  const got = await cloudFront.send(new GetInvalidationForDistributionTenantCommand(get));
  expect(got.Invalidation).toMatchObject({ Status: "Completed", InvalidationBatch: one.InvalidationBatch });
  const list = await cloudFront.send(new ListInvalidationsForDistributionTenantCommand({ Id: "dt_2" }));
  expect(list.InvalidationList?.Items).toHaveLength(1);
  await cloudFront.send(invalidation("r", "/b"));
  expect(invalidated.map(({ host, items }) => `${host}${items}`)).toEqual([
    "second.www.example.com/a",
    "www.example.com/b",
    "second.www.example.com/b",
  ]);
});

it.each([
  ["InvalidArgument", ["a.bin"]],
  ["InvalidArgument", ["/a b"]],
  ["InvalidArgument", []],
  ["InvalidArgument", ["#no-tags-here"]],
  ["BatchTooLarge", many(3_001)],
  ["TooManyInvalidationsInProgress", many(16, (n) => `/${n}/*`)],
])("%s: %.40j", async (name, paths) => {
  const { cloudFront, invalidated } = memoryCloudFront("standard");
  await expect(cloudFront.send(invalidation("r", ...paths))).rejects.toMatchObject({ name });
  expect(invalidated).toEqual([]);
});

it.each(["#a,b", "#a*", "#a b", "#", "#日", `#${"a".repeat(257)}`])("refuses the tag %.20s", async (tag) => {
  const { cloudFront } = memoryCloudFront("tags");
  await expect(cloudFront.send(invalidation("r", tag))).rejects.toMatchObject({ name: "InvalidArgument" });
  await cloudFront.send(invalidation("s", `#${"a".repeat(256)}`));
});

it("counts paths, and wildcards apart from them, while they are in progress", async () => {
  const { cloudFront } = memoryCloudFront({ ...accountOf("standard", BASIS), invalidationMs: 1_000 });
  const busy = { name: "TooManyInvalidationsInProgress" };
  await cloudFront.send(invalidation("paths", ...many(3_000)));
  await expect(cloudFront.send(invalidation("one", "/a"))).rejects.toMatchObject(busy);
  await cloudFront.send(invalidation("wildcards", ...many(15, (n) => `/${n}/*`)));
  await expect(cloudFront.send(invalidation("wildcard", "/*"))).rejects.toMatchObject(busy);
  await new Promise((resolve) => setTimeout(resolve, 1_001));
  await cloudFront.send(invalidation("both", "/a", "/*"));
});

const DISTRIBUTION = { CallerReference: "mine", Comment: "", Enabled: true, Origins: { Quantity: 0, Items: [] } };
const CREATED = {
  ...DISTRIBUTION,
  DefaultCacheBehavior: { TargetOriginId: "o", ViewerProtocolPolicy: "allow-all" as const },
};
const aliases = (...Items: string[]) => ({ Aliases: { Quantity: Items.length, Items } });
const create = (config: object) => new CreateDistributionCommand({ DistributionConfig: { ...CREATED, ...config } });

it("creates a distribution", async () => {
  const { cloudFront } = memoryCloudFront("standard");
  const { Distribution } = await cloudFront.send(create(aliases("other.example.com")));
  const got = await cloudFront.send(new GetDistributionCommand({ Id: Distribution?.Id }));
  expect(got.Distribution).toMatchObject({
    DomainName: Distribution?.DomainName,
    DistributionConfig: aliases("other.example.com"),
  });
});

it.each([
  ["CNAMEAlreadyExists", create(aliases("www.example.com"))],
  ["DistributionAlreadyExists", create({ CallerReference: "reference-of-E1" })],
  ["InvalidArgument", create({ Comment: undefined })],
  ["InvalidArgument", create({ Staging: true, ...aliases("other.example.com") })],
  ["InvalidArgument", create({ ConnectionMode: "tenant-only", PriceClass: "PriceClass_100" })],
  ["NoSuchDistribution", new GetDistributionCommand({ Id: "E9" })],
  ["NoSuchDistribution", new GetDistributionConfigCommand({ Id: "E9" })],
  ["NoSuchDistribution", new ListInvalidationsCommand({ DistributionId: "E9" })],
  ["NoSuchInvalidation", new GetInvalidationCommand({ DistributionId: "E1", Id: "I9" })],
  ["NoSuchCachePolicy", new GetCachePolicyCommand({ Id: "none" })],
  ["NoSuchResponseHeadersPolicy", new GetResponseHeadersPolicyCommand({ Id: "none" })],
  ["NoSuchContinuousDeploymentPolicy", new GetContinuousDeploymentPolicyCommand({ Id: "none" })],
  ["EntityNotFound", new GetDistributionTenantCommand({ Identifier: "none" })],
  ["EntityNotFound", new GetDistributionTenantByDomainCommand({ Domain: "none.example.com" })],
  ["EntityNotFound", new GetConnectionGroupCommand({ Identifier: "none" })],
  ["EntityNotFound", new ListInvalidationsForDistributionTenantCommand({ Id: "none" })],
  ["InvalidArgument", new ListInvalidationsCommand({ DistributionId: "E1", Marker: "none" })],
  ["InvalidArgument", new ListInvalidationsCommand({ DistributionId: "E1", MaxItems: 0 })],
  ["MissingBody", new CreateInvalidationCommand({ DistributionId: "E1", InvalidationBatch: undefined })],
  [
    "InconsistentQuantities",
    new CreateInvalidationCommand({
      DistributionId: "E1",
      InvalidationBatch: { CallerReference: "r", Paths: { Quantity: 2, Items: ["/a"] } },
    }),
  ],
])("%s, in the case %#", async (name, command) => {
  // biome-ignore lint/suspicious/noExplicitAny: a table of commands of every kind
  await expect(memoryCloudFront("standard").cloudFront.send(command as any)).rejects.toMatchObject({ name });
});

it("refuses another batch with the reference of one", async () => {
  const { cloudFront } = memoryCloudFront("standard");
  await cloudFront.send(invalidation("r", "/a"));
  const name = "InvalidationBatchAlreadyExists";
  await expect(cloudFront.send(invalidation("r", "/b"))).rejects.toMatchObject({ name });
});

it("answers what a test has it answer instead", async () => {
  const { cloudFront } = memoryCloudFront("standard", (operation) => {
    if (operation === "GetDistribution") throw new AwsError("AccessDenied", "not allowed", {}, 403);
  });
  const get = cloudFront.send(new GetDistributionCommand({ Id: "E1" }));
  await expect(get).rejects.toMatchObject({ name: "AccessDenied", message: "not allowed" });
  await cloudFront.send(new GetDistributionConfigCommand({ Id: "E1" }));
});
