import * as z from "zod";
import type { DistributionSettings, SettingsQuery } from "../../domain/distribution/settings.ts";
import { AliasUnclearError, errorCode, type Resolver } from "../../domain/net/resolver.ts";
import type { InvalidationClient } from "../../domain/plan/invalidate.ts";
import type { AccountDistribution } from "../../domain/request/distributions.ts";
import {
  type Explain,
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
} from "../../domain/request/find-distributions.ts";
import { withTimeout } from "../../domain/retry.ts";
import { CommandError } from "../command-error.ts";

/** CloudFront, as far as a direct run asks it. */
export interface CloudFront extends InvalidationClient {
  /** All distributions of the account, with the tenants and connection groups that hosts lead to. */
  listFor(hosts: readonly string[]): Promise<AccountDistribution[]>;
  /** Whether the SDK's chain of providers finds credentials. */
  hasCredentials(): Promise<boolean>;
  /** How one is configured. */
  settings(query: SettingsQuery): Promise<DistributionSettings>;
}

/** How long credentials are looked for. Off AWS, the provider of an instance's role takes seconds to find none. */
const CREDENTIALS_TIMEOUT_MS = 2_000;

/** The account whose credentials the environment has. The AWS SDK is loaded when it is asked the first time. */
export class Account implements CloudFront {
  private cloudFront: Promise<CloudFront> | undefined;

  /** @param load loads what asks CloudFront */
  constructor(private readonly load: () => Promise<CloudFront>) {}

  listFor(hosts: readonly string[]): Promise<AccountDistribution[]> {
    return this.ask((it) => it.listFor(hosts));
  }

  invalidate(...call: Parameters<CloudFront["invalidate"]>) {
    return this.ask((it) => it.invalidate(...call));
  }

  isInvalidated(...call: Parameters<CloudFront["isInvalidated"]>) {
    return this.ask((it) => it.isInvalidated(...call));
  }

  settings(query: SettingsQuery) {
    return this.ask((it) => it.settings(query));
  }

  /** False also if none are found in time. */
  async hasCredentials(): Promise<boolean> {
    this.cloudFront ??= this.load();
    const cloudFront = await this.cloudFront;
    return withTimeout(CREDENTIALS_TIMEOUT_MS, cloudFront.hasCredentials()).catch(() => false);
  }

  /** @throws CommandError: there are no credentials, or they are refused */
  private async ask<T>(question: (cloudFront: CloudFront) => Promise<T>): Promise<T> {
    this.cloudFront ??= this.load();
    const cloudFront = await this.cloudFront;
    try {
      return await question(cloudFront);
    } catch (cause) {
      const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
      const why = /^Could not load credentials/.test(message)
        ? "no AWS credentials found in the environment"
        : `CloudFront request failed (${name}: ${message})`;
      throw new CommandError(why, CREDENTIALS, { cause });
    }
  }
}

/** The same; none if the account cannot be asked, because the environment has no credentials for it. */
export async function listForIfAny(
  account: Pick<CloudFront, "listFor">,
  hosts: readonly string[],
): Promise<AccountDistribution[]> {
  return account.listFor(hosts).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    return [];
  });
}

const serviceErrorSchema = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });

/** Whether the account may answer the same question later: the network failed, or CloudFront has too much to do. */
export function isTemporary({ cause }: CommandError): boolean {
  const answered = serviceErrorSchema.safeParse(cause).data?.$metadata.httpStatusCode;
  if (answered !== undefined) return answered === 429 || answered >= 500;
  // The names that Node has for errors of sockets and of the DNS.
  return /^E(?!RR_)[A-Z_]+$|^TimeoutError$/.test(errorCode(cause));
}

const CREDENTIALS =
  "Credentials come from the same sources as the AWS CLI's (AWS_PROFILE, AWS_ACCESS_KEY_ID, …) and need cloudfront:ListDistributions; " +
  "--invalidate also cloudfront:CreateInvalidation and cloudfront:GetInvalidation. For distribution tenants, they need " +
  "cloudfront:GetDistributionTenantByDomain, cloudfront:GetConnectionGroup and cloudfront:GetConnectionGroupByRoutingEndpoint; " +
  "--invalidate also cloudfront:CreateInvalidationForDistributionTenant and cloudfront:GetInvalidationForDistributionTenant. " +
  "Reading the configuration needs cloudfront:GetDistribution, cloudfront:GetCachePolicy, cloudfront:GetResponseHeadersPolicy, " +
  "cloudfront:GetContinuousDeploymentPolicy, cloudfront:ListContinuousDeploymentPolicies and wafv2:GetWebACL. " +
  "Check them: aws sts get-caller-identity";

/** What tells the distributions of a run. */
export interface Naming {
  readonly cfDomain: string | undefined;
  /** Of all URLs. */
  readonly hosts: readonly string[];
  /** Whether their ids are needed, which only the account knows. */
  readonly needsIds: boolean;
}

/**
 * The distributions behind a run: that of `cf_domain`, else those that the URLs' hosts are aliases of in the DNS. What the DNS does not say
 * is looked for among the distributions and distribution tenants of the account, if the environment has credentials.
 * @throws NoDistributionError, AliasUnclearError; CommandError if ids are needed and the account cannot be asked
 */
export async function findRunDistributions(
  { cfDomain, hosts, needsIds }: Naming,
  { dns, account }: { readonly dns: Pick<Resolver, "alias">; readonly account: Pick<CloudFront, "listFor"> },
): Promise<FoundDistributions> {
  const find = (listed: readonly AccountDistribution[], explain?: Explain) =>
    findDistributions(cfDomain, hosts, { distributions: { listFor: async () => listed }, dns }, explain);
  const listFor = () => account.listFor(cfDomain === undefined ? hosts : [cfDomain, ...hosts]);
  if (needsIds) return find(await listFor());
  const byDns = await find([]).catch((error: unknown) => {
    if (error instanceof NoDistributionError || error instanceof AliasUnclearError) return undefined;
    throw error;
  });
  if (byDns !== undefined && byDns.refused.size === 0) return byDns;
  let accountSays = "no distribution of this account has this domain name";
  const listed = await listFor().catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    accountSays = error.message;
    return [];
  });
  return find(listed, (name, missing) => unknownDistribution(name, missing, accountSays));
}

/** Error that begins with the action: the answer of the account may be long, and an example of a failure has room for 300 characters. */
function unknownDistribution(host: string, missing: string | undefined, account: string): string {
  const name = "the distribution's own domain with --cf-domain, such as d111111abcdef8.cloudfront.net";
  return missing === undefined
    ? `name ${name}: DNS has no CNAME from ${host} to *.cloudfront.net (a Route 53 alias record has none), and ${account}`
    : `${missing}: correct the host name, or name ${name}; ${account}`;
}
