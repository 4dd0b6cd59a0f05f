import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { Pool } from "undici";
import { AddressRefusedError, addressProblem } from "../contracts/addresses.ts";
import { CONNECT_TIMEOUT_MS, HEADERS_TIMEOUT_MS, STALLED_BODY_TIMEOUT_MS } from "./timeouts.ts";

const CONNECTIONS_PER_POP = 128;
/** Below the 60 s after which CloudFront closes an idle connection, so that none is used as it closes. */
const KEEP_ALIVE_MS = 45_000;

export interface PopEndpoint {
  readonly secure: boolean;
  readonly address: string;
  readonly port: number;
  /** Name that the certificate is checked against, and that tells the POP which distribution is meant. */
  readonly servername: string;
}

export interface PopPoolsOptions {
  /** The only authority to trust, PEM; for private edges and tests. @default those that Node trusts */
  readonly ca?: string;
  /** Whether addresses that are not public may be connected to. @default false */
  readonly allowPrivateAddresses?: boolean;
}

/** One pool of kept connections for each address and name. */
export class PopPools {
  private readonly pools = new Map<string, Pool>();
  private destroyed = false;
  /** One for all connections: to make one takes as long as several downloads. */
  private secureContext: SecureContext | undefined;

  constructor(private readonly options: PopPoolsOptions = {}) {}

  /** Why an address must not be connected to; undefined: it may be. */
  problemWith(address: string): string | undefined {
    return addressProblem(address, this.options.allowPrivateAddresses ?? false);
  }

  /**
   * @throws AddressRefusedError for an address that must not be connected to
   * @throws Error once the pools are destroyed: nothing may begin any more
   */
  of(endpoint: PopEndpoint): Pool {
    if (this.destroyed) throw new Error("the agent has stopped");
    const { secure, address, port, servername } = endpoint;
    const key = `${address}:${port}/${servername}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const problem = this.problemWith(address);
    if (problem !== undefined) throw new AddressRefusedError(address, problem);
    const host = isIP(address) === 6 ? `[${address}]` : address;
    const pool = new Pool(`${secure ? "https" : "http"}://${host}:${port}`, {
      connections: CONNECTIONS_PER_POP,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: STALLED_BODY_TIMEOUT_MS,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        secureContext: this.trust(),
        ...(isIP(servername) === 0 ? { servername } : {}),
      },
    });
    this.pools.set(key, pool);
    return pool;
  }

  private trust(): SecureContext {
    const { ca } = this.options;
    this.secureContext ??= createSecureContext(ca === undefined ? {} : { ca });
    return this.secureContext;
  }

  /** Ends all connections; downloads that still run fail. */
  async destroy(): Promise<void> {
    this.destroyed = true;
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
    this.pools.clear();
  }
}
