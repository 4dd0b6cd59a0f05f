// CloudFront's API, and of AWS WAF what belongs to it, in memory: what AWS documents of 2020-05-31 and of WAFv2.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/
import {
  BatchTooLarge$,
  CNAMEAlreadyExists$,
  CreateDistribution$,
  type CreateDistributionRequest,
  type CreateDistributionResult,
  CreateInvalidation$,
  CreateInvalidationForDistributionTenant$,
  type CreateInvalidationForDistributionTenantRequest,
  type CreateInvalidationRequest,
  type Distribution,
  DistributionAlreadyExists$,
  type DistributionSummary,
  type DistributionTenant,
  EntityNotFound$,
  GetCachePolicy$,
  type GetCachePolicyRequest,
  type GetCachePolicyResult,
  GetConnectionGroup$,
  GetConnectionGroupByRoutingEndpoint$,
  type GetConnectionGroupByRoutingEndpointRequest,
  type GetConnectionGroupRequest,
  type GetConnectionGroupResult,
  GetContinuousDeploymentPolicy$,
  type GetContinuousDeploymentPolicyRequest,
  type GetContinuousDeploymentPolicyResult,
  GetDistribution$,
  GetDistributionConfig$,
  type GetDistributionConfigResult,
  type GetDistributionRequest,
  type GetDistributionResult,
  GetDistributionTenant$,
  GetDistributionTenantByDomain$,
  type GetDistributionTenantByDomainRequest,
  type GetDistributionTenantRequest,
  type GetDistributionTenantResult,
  GetInvalidation$,
  GetInvalidationForDistributionTenant$,
  type GetInvalidationForDistributionTenantRequest,
  type GetInvalidationRequest,
  type GetInvalidationResult,
  GetResponseHeadersPolicy$,
  type GetResponseHeadersPolicyRequest,
  type GetResponseHeadersPolicyResult,
  InconsistentQuantities$,
  InvalidArgument$,
  type Invalidation,
  type InvalidationBatch,
  type InvalidationList,
  ListConnectionGroups$,
  type ListConnectionGroupsRequest,
  type ListConnectionGroupsResult,
  ListContinuousDeploymentPolicies$,
  type ListContinuousDeploymentPoliciesRequest,
  type ListContinuousDeploymentPoliciesResult,
  ListDistributions$,
  type ListDistributionsRequest,
  type ListDistributionsResult,
  ListDistributionTenants$,
  type ListDistributionTenantsRequest,
  type ListDistributionTenantsResult,
  ListInvalidations$,
  ListInvalidationsForDistributionTenant$,
  type ListInvalidationsForDistributionTenantRequest,
  type ListInvalidationsRequest,
  NoSuchCachePolicy$,
  NoSuchContinuousDeploymentPolicy$,
  NoSuchDistribution$,
  NoSuchInvalidation$,
  NoSuchResponseHeadersPolicy$,
  TooManyInvalidationsInProgress$,
} from "@aws-sdk/client-cloudfront";
import type { GetWebACLRequest, GetWebACLResponse } from "@aws-sdk/client-wafv2";
import { refuseInvalid } from "../edge/invalidation.ts";
import { AwsError, type HttpCall, type HttpReply, refusal } from "./aws-http.ts";
import {
  ACCOUNT_ID,
  type CloudFrontAccount,
  configOf,
  listed,
  MANAGED_CACHE_POLICIES,
  MANAGED_RESPONSE_HEADERS_POLICIES,
  type MemoryConnectionGroup,
  type MemoryDistribution,
  type MemoryTenant,
  SERVER_TIMING,
  SERVER_TIMING_POLICY,
} from "./cloudfront-account.ts";
import { operation, type RestXmlOperation, serviceError } from "./rest-xml.ts";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html */
const MAX_PATHS_IN_PROGRESS = 3_000;
const MAX_WILDCARDS_IN_PROGRESS = 15;
/** The most that one page of a list has. */
const MAX_ITEMS = 100;
const WAF = "AWSWAF_20190729";

export interface MemoryCloudFrontOptions extends CloudFrontAccount {
  /**
   * Removes what paths and `#tags` name from the caches of a distribution, when the invalidation completes.
   *
   * @param host the distribution's domain, or the first domain of a tenant
   */
  readonly invalidate: (host: string, items: readonly string[]) => void;
  /** How long an invalidation is in progress. @default 0: it is complete at once */
  readonly invalidationMs?: number;
}

/** An invalidation of a distribution or of a tenant. */
type Stored = Invalidation & { readonly InvalidationBatch: InvalidationBatch; Status: "InProgress" | "Completed" };

export class MemoryCloudFront {
  /** Operations that were called, in order. */
  readonly calls: string[] = [];
  private readonly distributions: MemoryDistribution[];
  /** By distribution or tenant, the oldest first. */
  private readonly invalidations = new Map<string, Stored[]>();
  private readonly operations: readonly RestXmlOperation[];
  private readonly since = new Date();

  constructor(private readonly options: MemoryCloudFrontOptions) {
    this.distributions = [...options.distributions];
    const tenantOf = (id: string | undefined) => this.tenant(id).Id;
    const distributionOf = (id: string | undefined) => this.distribution(id).id;
    const create = (target: string, batch: InvalidationBatch | undefined) => this.createInvalidation(target, batch);
    this.operations = [
      operation(ListDistributions$, (it: ListDistributionsRequest) => this.listDistributions(it)),
      operation(CreateDistribution$, (it: CreateDistributionRequest) => this.createDistribution(it)),
      operation(GetDistribution$, ({ Id }: GetDistributionRequest) => this.getDistribution(Id)),
      operation(GetDistributionConfig$, ({ Id }: GetDistributionRequest) => this.getDistributionConfig(Id)),
      operation(GetContinuousDeploymentPolicy$, (it: GetContinuousDeploymentPolicyRequest) =>
        this.deploymentPolicy(it),
      ),
      operation(ListContinuousDeploymentPolicies$, (it: ListContinuousDeploymentPoliciesRequest) =>
        this.listDeploymentPolicies(it),
      ),
      operation(GetCachePolicy$, (it: GetCachePolicyRequest) => this.cachePolicy(it)),
      operation(GetResponseHeadersPolicy$, (it: GetResponseHeadersPolicyRequest) => this.headersPolicy(it)),
      operation(ListDistributionTenants$, (it: ListDistributionTenantsRequest) => this.listTenants(it)),
      operation(GetDistributionTenant$, (it: GetDistributionTenantRequest) =>
        this.tenantResult(this.tenant(it.Identifier)),
      ),
      operation(GetDistributionTenantByDomain$, (it: GetDistributionTenantByDomainRequest) => this.tenantByDomain(it)),
      operation(ListConnectionGroups$, (it: ListConnectionGroupsRequest) => this.listConnectionGroups(it)),
      operation(GetConnectionGroup$, ({ Identifier = "" }: GetConnectionGroupRequest) =>
        this.connectionGroup(({ Id, Name }) => [Id, Name, arnOf("connection-group", Id)].includes(Identifier)),
      ),
      operation(GetConnectionGroupByRoutingEndpoint$, (it: GetConnectionGroupByRoutingEndpointRequest) =>
        this.connectionGroup(({ RoutingEndpoint }) => RoutingEndpoint === it.RoutingEndpoint),
      ),
      operation(CreateInvalidation$, (it: CreateInvalidationRequest) =>
        create(distributionOf(it.DistributionId), it.InvalidationBatch),
      ),
      operation(GetInvalidation$, (it: GetInvalidationRequest) =>
        this.getInvalidation(distributionOf(it.DistributionId), it.Id),
      ),
      operation(ListInvalidations$, (it: ListInvalidationsRequest) =>
        this.listInvalidations(distributionOf(it.DistributionId), it),
      ),
      operation(CreateInvalidationForDistributionTenant$, (it: CreateInvalidationForDistributionTenantRequest) =>
        create(tenantOf(it.Id), it.InvalidationBatch),
      ),
      operation(GetInvalidationForDistributionTenant$, (it: GetInvalidationForDistributionTenantRequest) =>
        this.getInvalidation(tenantOf(it.DistributionTenantId), it.Id),
      ),
      operation(ListInvalidationsForDistributionTenant$, (it: ListInvalidationsForDistributionTenantRequest) =>
        this.listInvalidations(tenantOf(it.Id), it),
      ),
    ];
  }

  /** The service and the operation that a call is of; undefined: it is of another service. */
  operation(call: HttpCall): { readonly service: "cloudfront" | "wafv2"; readonly operation: string } | undefined {
    const [target, name = ""] = String(call.headers["x-amz-target"] ?? "").split(".");
    if (target === WAF) return { service: "wafv2", operation: name };
    if (!call.url.pathname.startsWith("/2020-05-31/")) return undefined;
    const known = this.operations.find((one) => one.labelsOf(call) !== undefined);
    return { service: "cloudfront", operation: known?.name ?? `${call.method} ${call.url.pathname}` };
  }

  /** The answer to a call, with an error as AWS words it. */
  reply(call: HttpCall): HttpReply {
    try {
      return this.call(call);
    } catch (error) {
      return refusal(this.operation(call)?.service ?? "", error);
    }
  }

  /** @throws AwsError what AWS would answer; Error for an operation that is not supported here */
  call(call: HttpCall): HttpReply {
    const asked = this.operation(call);
    this.calls.push(asked?.operation ?? "");
    if (asked?.service === "wafv2" && asked.operation === "GetWebACL")
      return { body: JSON.stringify(this.webAcl(JSON.parse(call.body.toString()))) };
    for (const one of this.operations) {
      const labels = one.labelsOf(call);
      if (labels !== undefined) return one.answer(call, labels);
    }
    throw new Error(`${asked?.service} ${asked?.operation} is not supported here`);
  }

  private listDistributions(input: ListDistributionsRequest): ListDistributionsResult {
    const page = pageOf(this.distributions, ({ id }) => id, input);
    const list = { ...page, ...listed(page.Items.map((one) => this.summary(one))) };
    return { DistributionList: list };
  }

  private createDistribution({ DistributionConfig: config }: CreateDistributionRequest): CreateDistributionResult {
    if (config === undefined) throw serviceError(InvalidArgument$, "The parameter DistributionConfig is required.");
    const aliases = config.Aliases?.Items ?? [];
    const isSame = (one: MemoryDistribution) => configOf(one).CallerReference === config.CallerReference;
    if (this.distributions.some(isSame))
      throw serviceError(
        DistributionAlreadyExists$,
        "The caller reference that you are using is associated with another distribution.",
      );
    const taken = aliases.find((alias) => this.distributions.some((one) => one.aliases.includes(alias)));
    if (taken !== undefined)
      throw serviceError(
        CNAMEAlreadyExists$,
        `One or more of the CNAMEs you provided are already associated with a different resource: ${taken}`,
      );
    refuseUnsupported(config);
    const number = String(this.distributions.length + 1).padStart(6, "0");
    const one = { id: `E${number}CREATED`, domain: `d${number}created.cloudfront.net`, aliases, config };
    this.distributions.push(one);
    return { Distribution: this.whole(one), ETag: etag(one.id), Location: locationOf(`distribution/${one.id}`) };
  }

  private getDistribution(id: string | undefined): GetDistributionResult {
    const one = this.distribution(id);
    return { Distribution: this.whole(one), ETag: etag(one.id) };
  }

  private getDistributionConfig(id: string | undefined): GetDistributionConfigResult {
    const one = this.distribution(id);
    return { DistributionConfig: configOf(one), ETag: etag(one.id) };
  }

  private deploymentPolicy({ Id = "" }: GetContinuousDeploymentPolicyRequest): GetContinuousDeploymentPolicyResult {
    const config = this.options.continuousDeploymentPolicies?.[Id];
    if (config === undefined)
      throw serviceError(
        NoSuchContinuousDeploymentPolicy$,
        "The specified continuous deployment policy does not exist.",
      );
    const policy = { Id, LastModifiedTime: this.since, ContinuousDeploymentPolicyConfig: config };
    return { ContinuousDeploymentPolicy: policy, ETag: etag(Id) };
  }

  private listDeploymentPolicies(
    input: ListContinuousDeploymentPoliciesRequest,
  ): ListContinuousDeploymentPoliciesResult {
    const ids = Object.keys(this.options.continuousDeploymentPolicies ?? {});
    const { Items, MaxItems, NextMarker } = pageOf(ids, (id) => id, input);
    const summaries = Items.map((Id) => {
      const { ContinuousDeploymentPolicy } = this.deploymentPolicy({ Id });
      return { ContinuousDeploymentPolicy };
    });
    return { ContinuousDeploymentPolicyList: { MaxItems, ...(NextMarker && { NextMarker }), ...listed(summaries) } };
  }

  private cachePolicy({ Id = "" }: GetCachePolicyRequest): GetCachePolicyResult {
    const config = this.options.cachePolicies?.[Id] ?? MANAGED_CACHE_POLICIES[Id];
    if (config === undefined) throw serviceError(NoSuchCachePolicy$, "The specified cache policy does not exist.");
    return { CachePolicy: { Id, LastModifiedTime: this.since, CachePolicyConfig: config }, ETag: etag(Id) };
  }

  private headersPolicy({ Id = "" }: GetResponseHeadersPolicyRequest): GetResponseHeadersPolicyResult {
    const own: CloudFrontAccount["responseHeadersPolicies"] = {
      [SERVER_TIMING]: SERVER_TIMING_POLICY,
      ...this.options.responseHeadersPolicies,
    };
    const config = own[Id] ?? MANAGED_RESPONSE_HEADERS_POLICIES[Id];
    if (config === undefined)
      throw serviceError(NoSuchResponseHeadersPolicy$, "The specified response headers policy does not exist.");
    const policy = { Id, LastModifiedTime: this.since, ResponseHeadersPolicyConfig: config };
    return { ResponseHeadersPolicy: policy, ETag: etag(Id) };
  }

  private listTenants({
    AssociationFilter: filter,
    ...input
  }: ListDistributionTenantsRequest): ListDistributionTenantsResult {
    const { DistributionId, ConnectionGroupId } = filter ?? {};
    if (DistributionId !== undefined) this.distribution(DistributionId);
    const isMeant = (one: MemoryTenant) =>
      (DistributionId ?? one.DistributionId) === one.DistributionId &&
      (ConnectionGroupId ?? one.ConnectionGroupId) === one.ConnectionGroupId;
    const { Items, NextMarker } = pageOf((this.options.tenants ?? []).filter(isMeant), ({ Id }) => Id, input);
    const DistributionTenantList = Items.map((one) => ({ ...this.tenantOf(one), ETag: etag(one.Id) }));
    return { DistributionTenantList, ...(NextMarker && { NextMarker }) };
  }

  private tenantByDomain({ Domain }: GetDistributionTenantByDomainRequest): GetDistributionTenantResult {
    const one = (this.options.tenants ?? []).find(({ domains }) => domains.includes(Domain ?? ""));
    if (one === undefined) throw serviceError(EntityNotFound$, "The specified distribution tenant does not exist.");
    return this.tenantResult(one);
  }

  private tenantResult(one: MemoryTenant): GetDistributionTenantResult {
    return { DistributionTenant: this.tenantOf(one), ETag: etag(one.Id) };
  }

  private tenantOf({ domains, ...one }: MemoryTenant) {
    return {
      Enabled: true,
      Status: "Deployed",
      ...one,
      Arn: arnOf("distribution-tenant", one.Id),
      Domains: domains.map((Domain) => ({ Domain, Status: "active" as const })),
      Parameters: [],
      CreatedTime: this.since,
      LastModifiedTime: this.since,
    } satisfies DistributionTenant;
  }

  private listConnectionGroups({
    AssociationFilter: filter,
    ...input
  }: ListConnectionGroupsRequest): ListConnectionGroupsResult {
    const list = filter?.AnycastIpListId;
    const groups = (this.options.connectionGroups ?? []).filter(
      (one) => (list ?? one.AnycastIpListId) === one.AnycastIpListId,
    );
    const { Items, NextMarker } = pageOf(groups, ({ Id }) => Id, input);
    const ConnectionGroups = Items.map((one) => ({ ...this.groupOf(one), ETag: etag(one.Id) }));
    return { ConnectionGroups, ...(NextMarker && { NextMarker }) };
  }

  private connectionGroup(isMeant: (group: MemoryConnectionGroup) => boolean): GetConnectionGroupResult {
    const one = (this.options.connectionGroups ?? []).find(isMeant);
    if (one === undefined) throw serviceError(EntityNotFound$, "The specified connection group does not exist.");
    return { ConnectionGroup: this.groupOf(one), ETag: etag(one.Id) };
  }

  private groupOf(one: MemoryConnectionGroup) {
    return {
      Enabled: true,
      IsDefault: true,
      Status: "Deployed",
      ...one,
      Arn: arnOf("connection-group", one.Id),
      Ipv6Enabled: true,
      CreatedTime: this.since,
      LastModifiedTime: this.since,
    };
  }

  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html */
  private createInvalidation(target: string, batch: InvalidationBatch | undefined) {
    const { Quantity, Items: items = [] } = batch?.Paths ?? {};
    if (batch === undefined || Quantity !== items.length)
      throw serviceError(InconsistentQuantities$, "The value of Quantity and the size of Items don't match.");
    const all = this.invalidations.get(target) ?? [];
    const known = all.find(({ InvalidationBatch: one }) => one.CallerReference === batch.CallerReference);
    if (known !== undefined) {
      if (String(known.InvalidationBatch.Paths?.Items) !== String(items))
        throw new AwsError(
          "InvalidationBatchAlreadyExists",
          "You already have an invalidation with the same caller reference and other paths.",
          {},
          409,
        );
      return this.created(target, known);
    }
    this.refuseItems(target, items);
    refuseTooMany(all, items);
    const one: Stored = {
      Id: `I${String(all.length + 1).padStart(4, "0")}${target}`,
      Status: "InProgress",
      CreateTime: new Date(),
      InvalidationBatch: batch,
    };
    this.invalidations.set(target, [...all, one]);
    const complete = () => {
      for (const host of this.hostsOf(target)) this.options.invalidate(host, items);
      one.Status = "Completed";
    };
    const { invalidationMs = 0 } = this.options;
    if (invalidationMs === 0) complete();
    else setTimeout(complete, invalidationMs).unref();
    return this.created(target, one);
  }

  private created(target: string, one: Stored) {
    const kind = this.distributions.some(({ id }) => id === target) ? "distribution" : "distribution-tenant";
    return { Invalidation: { ...one }, Location: locationOf(`${kind}/${target}/invalidation/${one.Id}`) };
  }

  private refuseItems(target: string, items: readonly string[]): void {
    if (items.length === 0)
      throw serviceError(InvalidArgument$, "Your request must contain at least one invalidation path.");
    try {
      refuseInvalid(items);
    } catch (error) {
      throw serviceError(InvalidArgument$, error instanceof Error ? error.message : String(error));
    }
    const tenant = this.options.tenants?.find(({ Id }) => Id === target);
    const { CacheTagConfig } = configOf(this.distribution(tenant?.DistributionId ?? target));
    if (CacheTagConfig === undefined && items.some((item) => item.startsWith("#")))
      throw serviceError(
        InvalidArgument$,
        "The distribution has no CacheTagConfig, which invalidation by cache tag needs.",
      );
  }

  /** The hosts whose objects an invalidation removes. That of a template is one of all its tenants. */
  private hostsOf(target: string): string[] {
    const isMeant = ({ Id, DistributionId }: MemoryTenant) => Id === target || DistributionId === target;
    const tenants = (this.options.tenants ?? []).filter(isMeant).flatMap(({ domains }) => domains.slice(0, 1));
    return tenants.length > 0 ? tenants : [this.distribution(target).domain];
  }

  private getInvalidation(target: string, id: string | undefined): GetInvalidationResult {
    const one = this.invalidations.get(target)?.find(({ Id }) => Id === id);
    if (one === undefined) throw serviceError(NoSuchInvalidation$, "The specified invalidation does not exist.");
    return { Invalidation: { ...one } };
  }

  private listInvalidations(target: string, input: Page): { InvalidationList: InvalidationList } {
    const all = this.invalidations.get(target) ?? [];
    const page = pageOf(all.toReversed(), ({ Id }) => Id ?? "", input);
    const summaries = page.Items.map(({ Id, CreateTime, Status }) => ({ Id, CreateTime, Status }));
    return { InvalidationList: { ...page, ...listed(summaries) } };
  }

  private distribution(id: string | undefined): MemoryDistribution {
    const one = this.distributions.find((it) => it.id === id);
    if (one === undefined) throw serviceError(NoSuchDistribution$, `The specified distribution does not exist: ${id}`);
    return one;
  }

  /** By its id, name or ARN. */
  private tenant(identifier: string | undefined): MemoryTenant {
    const one = (this.options.tenants ?? []).find(({ Id, Name }) =>
      [Id, Name, arnOf("distribution-tenant", Id)].includes(identifier ?? ""),
    );
    if (one === undefined) throw serviceError(EntityNotFound$, "The specified distribution tenant does not exist.");
    return one;
  }

  private whole(one: MemoryDistribution): Distribution {
    const { id, domain, status = "Deployed" } = one;
    return {
      Id: id,
      ARN: arnOf("distribution", id),
      Status: status,
      LastModifiedTime: this.since,
      InProgressInvalidationBatches: (this.invalidations.get(id) ?? []).filter(isInProgress).length,
      DomainName: domain,
      ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
      ActiveTrustedKeyGroups: { Enabled: false, Quantity: 0 },
      DistributionConfig: configOf(one),
    };
  }

  /** A summary has less than the configuration: no continuous deployment policy, no cache tags. */
  private summary(one: MemoryDistribution): DistributionSummary {
    const { Id, ARN, Status, LastModifiedTime, DomainName } = this.whole(one);
    const config = configOf(one);
    const {
      CallerReference: _reference,
      DefaultRootObject: _root,
      Logging: _logging,
      ContinuousDeploymentPolicyId: _policy,
      TenantConfig: _tenants,
      CacheTagConfig: _tags,
      Aliases = listed([]),
      CacheBehaviors = listed([]),
      CustomErrorResponses = listed([]),
      PriceClass,
      ViewerCertificate,
      Restrictions,
      WebACLId,
      HttpVersion,
      IsIPV6Enabled,
      Staging,
      ...rest
    } = config;
    const named = { Id, ARN, ETag: etag(one.id), Status, LastModifiedTime, DomainName };
    const lists = { Aliases, CacheBehaviors, CustomErrorResponses };
    return {
      ...rest,
      ...named,
      ...lists,
      PriceClass,
      ViewerCertificate,
      Restrictions,
      WebACLId,
      HttpVersion,
      IsIPV6Enabled,
      Staging,
    };
  }

  /** https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACL.html */
  private webAcl({ ARN, Name, Scope, Id }: GetWebACLRequest): GetWebACLResponse {
    const invalid = (message: string) => new AwsError("WAFInvalidParameterException", message);
    if (ARN === undefined && (Name === undefined || Id === undefined || Scope === undefined))
      throw invalid("Error reason: You must provide either the ARN, or the name, the scope and the ID.");
    if (ARN === undefined && Scope !== "CLOUDFRONT" && Scope !== "REGIONAL")
      throw invalid(`Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: ${Scope}`);
    const acl = (this.options.webAcls ?? []).find((one) =>
      ARN === undefined ? Scope === "CLOUDFRONT" && one.Id === Id && one.Name === Name : one.ARN === ARN,
    );
    if (acl === undefined)
      throw new AwsError(
        "WAFNonexistentItemException",
        "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
      );
    return { WebACL: acl, LockToken: "00000000-0000-4000-8000-000000000000" };
  }
}

/** What the two kinds of distributions with rules of their own do not have. @throws AwsError */
function refuseUnsupported({
  Staging,
  ConnectionMode,
  ContinuousDeploymentPolicyId,
  PriceClass,
  Aliases,
}: Config): void {
  const aliases = Aliases?.Items ?? [];
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/working-with-staging-distribution-continuous-deployment-policy.html
  if (Staging && aliases.length > 0)
    throw serviceError(InvalidArgument$, "A staging distribution has no alternate domain names.");
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-config-options.html#unsupported-saas
  const unsupported = { Staging, ContinuousDeploymentPolicyId, PriceClass, Aliases: aliases.length > 0 };
  const named = Object.entries(unsupported).find(([, value]) => value);
  if (ConnectionMode === "tenant-only" && named !== undefined)
    throw serviceError(InvalidArgument$, `A multi-tenant distribution does not support ${named[0]}.`);
}

type Config = NonNullable<CreateDistributionRequest["DistributionConfig"]>;

const isInProgress = ({ Status }: Stored) => Status === "InProgress";
const isWildcard = (item: string) => item.startsWith("/") && item.endsWith("*");

/** @throws AwsError if these and those in progress are more than CloudFront carries out at once */
function refuseTooMany(all: readonly Stored[], items: readonly string[]): void {
  const inProgress = all.filter(isInProgress).flatMap((one) => one.InvalidationBatch.Paths?.Items ?? []);
  const both = [...inProgress, ...items];
  if (items.filter((item) => !isWildcard(item)).length > MAX_PATHS_IN_PROGRESS)
    throw serviceError(BatchTooLarge$, "Your request contains too many invalidation paths.");
  const wildcards = both.filter(isWildcard).length;
  const tooMany = (what: string) =>
    serviceError(
      TooManyInvalidationsInProgress$,
      `Processing your request will cause you to exceed the maximum number of in-progress ${what}.`,
    );
  if (wildcards > MAX_WILDCARDS_IN_PROGRESS) throw tooMany("wildcard invalidations");
  if (both.length - wildcards > MAX_PATHS_IN_PROGRESS) throw tooMany("invalidations");
}

interface Page {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** A page of what follows the marker, which is the id of the last one before. */
function pageOf<T>(all: readonly T[], idOf: (one: T) => string, { Marker, MaxItems = MAX_ITEMS }: Page) {
  if (!Number.isInteger(MaxItems) || MaxItems < 1)
    throw serviceError(InvalidArgument$, `The value of MaxItems must be a positive integer: ${MaxItems}`);
  const before = Marker ? all.findIndex((one) => idOf(one) === Marker) : -1;
  if (Marker && before < 0) throw serviceError(InvalidArgument$, `The marker is not valid: ${Marker}`);
  const most = Math.min(MaxItems, MAX_ITEMS);
  const Items = all.slice(before + 1, before + 1 + most);
  const IsTruncated = before + 1 + Items.length < all.length;
  const last = Items.at(-1);
  const NextMarker = IsTruncated && last !== undefined ? idOf(last) : undefined;
  return { Marker: Marker ?? "", MaxItems: most, IsTruncated, Items, ...(NextMarker !== undefined && { NextMarker }) };
}

const arnOf = (kind: string, id: string) => `arn:aws:cloudfront::${ACCOUNT_ID}:${kind}/${id}`;
const locationOf = (path: string) => `https://cloudfront.amazonaws.com/2020-05-31/${path}`;
const etag = (id: string) => `E${Buffer.from(id).toString("hex").slice(-12).toUpperCase()}`;
