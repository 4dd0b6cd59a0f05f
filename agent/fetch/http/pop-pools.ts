import { createSecureContext, type SecureContext } from "node:tls";
import { AddressRefusedError, addressProblem } from "../../../domain/net/addresses.ts";
import type { Endpoint } from "./endpoint.ts";
import { PopPool } from "./pop-pool.ts";
import { CHECK_TIME_MS } from "./timeouts.ts";

export interface PopPoolsOptions {
  /** The only authority to trust, PEM; for private edges and tests. @default those that Node trusts */
  readonly ca?: string;
  /** Whether addresses that are not public may be connected to. @default false */
  readonly allowPrivateAddresses?: boolean;
  /** How long the first byte of an answer is waited for, in milliseconds. @default 120 s */
  readonly firstByteMs?: number;
}

/** One pool of kept connections for each address and name. */
export class PopPools {
  private readonly pools = new Map<string, PopPool>();
  private destroyed = false;
  /** One for all connections: to make one takes as long as several downloads. */
  private secureContext: SecureContext | undefined;
  /** One for all connections: a timer for each download costs more than to look at all of them now and then. */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PopPoolsOptions = {}) {}

  /** Why an address must not be connected to; undefined: it may be. */
  problemWith(address: string): string | undefined {
    return addressProblem(address, this.options.allowPrivateAddresses ?? false);
  }

  /**
   * @throws AddressRefusedError for an address that must not be connected to
   * @throws Error once the pools are destroyed: nothing may begin any more
   */
  of(endpoint: Endpoint): PopPool {
    if (this.destroyed) throw new Error("the agent has stopped");
    const key = `${endpoint.secure ? "https" : "http"} ${endpoint.address} ${endpoint.port} ${endpoint.servername}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const problem = this.problemWith(endpoint.address);
    if (problem !== undefined) throw new AddressRefusedError(endpoint.address, problem);
    const pool = new PopPool(endpoint, this.trust(), this.options.firstByteMs);
    this.pools.set(key, pool);
    this.timer ??= setInterval(() => this.checkTime(), CHECK_TIME_MS).unref();
    return pool;
  }

  /** Ends all connections; downloads that still run fail. */
  async destroy(): Promise<void> {
    this.destroyed = true;
    clearInterval(this.timer);
    for (const pool of this.pools.values()) pool.destroy();
    this.pools.clear();
  }

  private checkTime(): void {
    const now = performance.now();
    for (const [key, pool] of this.pools) {
      pool.checkTime(now);
      if (pool.unused) this.pools.delete(key);
    }
  }

  private trust(): SecureContext {
    const { ca } = this.options;
    this.secureContext ??= createSecureContext(ca === undefined ? {} : { ca });
    return this.secureContext;
  }
}
