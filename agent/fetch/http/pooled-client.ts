import { createSecureContext, type SecureContext } from "node:tls";
import { AddressRefusedError, addressProblem } from "../../../domain/net/addresses.ts";
import { ConnectionPool, KeptConnections, STOPPED } from "./connection.ts";
import type { Endpoint, HttpClient, HttpResult } from "./http-client.ts";
import { CHECK_TIME_MS } from "./timeouts.ts";

export interface HttpClientOptions {
  /** The only authority to trust, PEM; for private edges and tests. @default those that Node trusts */
  readonly ca?: string;
  /** Whether addresses that are not public may be connected to. @default false */
  readonly allowPrivateAddresses?: boolean;
  /** How long the first byte of a response is waited for, in milliseconds. @default 120 s */
  readonly firstByteMs?: number;
  /**
   * Spares connections: so many may have nothing to do, and a request waits some milliseconds for one that becomes free. The one that was
   * used longest ago is closed. @default as many as each pool has had at once, one for each request that finds none
   */
  readonly maxKeptConnections?: number;
}

/** The agent's HTTP client: one pool of kept connections for each address and name. */
export class PooledHttpClient implements HttpClient {
  private readonly pools = new Map<string, ConnectionPool>();
  private destroyed = false;
  /** One for all connections: to make one takes as long as several downloads. */
  private secureContext: SecureContext | undefined;
  /** One for all connections: a timer for each request costs more than to check all of them now and then. */
  private timer: NodeJS.Timeout | undefined;

  private readonly kept: KeptConnections | undefined;

  constructor(private readonly options: HttpClientOptions = {}) {
    const { maxKeptConnections: max } = options;
    this.kept = max === undefined ? undefined : new KeptConnections(max);
  }

  async get(endpoint: Endpoint, ...request: Parameters<ConnectionPool["get"]>): Promise<HttpResult> {
    return this.destroyed ? { bytes: 0, failure: STOPPED } : this.poolOf(endpoint).get(...request);
  }

  async destroy(): Promise<void> {
    this.destroyed = true;
    clearInterval(this.timer);
    for (const pool of this.pools.values()) pool.destroy();
    this.pools.clear();
  }

  private poolOf(endpoint: Endpoint): ConnectionPool {
    const key = `${endpoint.secure ? "https" : "http"} ${endpoint.address} ${endpoint.port} ${endpoint.servername}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const { ca, allowPrivateAddresses = false, firstByteMs } = this.options;
    const problem = addressProblem(endpoint.address, allowPrivateAddresses);
    if (problem !== undefined) throw new AddressRefusedError(endpoint.address, problem);
    this.secureContext ??= createSecureContext({ ca });
    const pool = new ConnectionPool(endpoint, this.secureContext, firstByteMs, this.kept);
    this.pools.set(key, pool);
    this.timer ??= setInterval(() => this.checkTime(), CHECK_TIME_MS).unref();
    return pool;
  }

  private checkTime(): void {
    const now = performance.now();
    for (const [key, pool] of this.pools) {
      pool.checkTime(now);
      if (pool.unused) this.pools.delete(key);
    }
  }
}
