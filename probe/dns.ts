import { Resolver as DnsClient } from "node:dns/promises";
import { isIP } from "node:net";
import type * as z from "zod";
import { listVariable } from "../domain/environment.ts";
import { checkAddresses, edgeVariables } from "../domain/net/addresses.ts";
import { AliasUnclearError, DnsLookupError, errorCode, isNoRecord, type Resolver } from "../domain/net/resolver.ts";
import { retry } from "../domain/retry.ts";

/** `host:port` of resolvers to ask instead of the system's, separated by commas. */
export const dnsServersSchema = listVariable.default([]);

/** What of a function's environment says how it reaches servers. Nothing of it is set on AWS. */
export const networkVariables = {
  PREWARM_DNS_SERVERS: dnsServersSchema,
  ...edgeVariables,
};
/** The resolver and the ports of an environment that has {@link networkVariables}. */
export function networkOf(env: z.infer<z.ZodObject<typeof networkVariables>>) {
  const dns = new Dns({ servers: env.PREWARM_DNS_SERVERS, allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES });
  return { dns, ports: { httpsPort: env.PREWARM_HTTPS_PORT, httpPort: env.PREWARM_HTTP_PORT } };
}

interface DnsOptions {
  /** `host:port`; none: those of the system. */
  readonly servers: readonly string[];
  /** Whether names may lead to addresses that are not public. @default false */
  readonly allowPrivateAddresses?: boolean;
}

/** Look-ups in all. Within one, the resolver asks again when no answer comes, but not when the answer is an error. */
const ALIAS_LOOKUP_RETRY = { attempts: 3, firstMs: 750 };

/** Look-ups in the DNS. */
export class Dns implements Resolver {
  private readonly client = new DnsClient({ timeout: 3_000, tries: 3 });

  constructor(private readonly options: DnsOptions) {
    if (options.servers.length > 0) this.client.setServers(options.servers);
  }

  /** Every address that the Lambdas connect to, or send to the agents, comes from here. */
  async addresses(name: string): Promise<string[]> {
    const { allowPrivateAddresses = false } = this.options;
    // A URL may have an address instead of a name. It is refused here, with a clear reason, before the DNS is asked.
    const literal = name.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0) checkAddresses(literal, [literal], allowPrivateAddresses);
    const addresses = await this.client.resolve4(name).catch((error: unknown) => {
      throw this.lookupError(name, error);
    });
    checkAddresses(name, addresses, allowPrivateAddresses);
    return addresses;
  }

  async alias(name: string): Promise<string | undefined> {
    const attempt = async () => (await this.client.resolveCname(name))[0];
    try {
      return await retry(attempt, { ...ALIAS_LOOKUP_RETRY, retryOnError: mayPass });
    } catch (error) {
      if (errorCode(error) === "ENODATA") return undefined;
      const failed = this.lookupError(name, error);
      throw failed.reason === "name_not_found" ? failed : new AliasUnclearError(name, failed, { cause: error });
    }
  }

  /** Ends the look-ups that are under way: they fail. */
  cancel(): void {
    this.client.cancel();
  }

  private lookupError(name: string, error: unknown): DnsLookupError {
    return new DnsLookupError(name, errorCode(error), this.client.getServers(), { cause: error });
  }
}

function mayPass(error: unknown): boolean {
  return !isNoRecord(error) && errorCode(error) !== "ECANCELLED";
}
