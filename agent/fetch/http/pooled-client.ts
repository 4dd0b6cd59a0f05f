import { createSecureContext, type SecureContext } from "node:tls";
import { AddressRefusedError, addressProblem } from "../../../domain/net/addresses.ts";
import type { Failure } from "../../../domain/result/failure.ts";
import { maxBytesOf } from "./body-limits.ts";
import { Connection, type ConnectionOwner, type Exchange } from "./connection.ts";
import type { Answer, Endpoint, GetOptions, HttpClient } from "./http-client.ts";
import { ResponseReader } from "./response-reader.ts";
import { CHECK_TIME_MS, HEADERS_TIMEOUT_MS } from "./timeouts.ts";

/** Of one pool. */
const MAX_CONNECTIONS = 128;
// Neither is stored: they say nothing about the POP.
const STOPPED: Failure = { reason: "other", code: "STOPPED", detail: "the agent has stopped" };
const CANCELLED: Failure = { reason: "other", code: "CANCELLED", detail: "the request has ended" };

export interface HttpClientOptions {
  /** The only authority to trust, PEM; for private edges and tests. @default those that Node trusts */
  readonly ca?: string;
  /** Whether addresses that are not public may be connected to. @default false */
  readonly allowPrivateAddresses?: boolean;
  /** How long the first byte of a response is waited for, in milliseconds. @default 120 s */
  readonly firstByteMs?: number;
}

/** The agent's HTTP client: one pool of kept connections for each address and name. */
export class PooledHttpClient implements HttpClient {
  private readonly pools = new Map<string, ConnectionPool>();
  private destroyed = false;
  /** One for all connections: to make one takes as long as several downloads. */
  private secureContext: SecureContext | undefined;
  /** One for all connections: a timer for each request costs more than to check all of them now and then. */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HttpClientOptions = {}) {}

  async get(
    endpoint: Endpoint,
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    options?: GetOptions,
  ): Promise<Answer> {
    return this.destroyed ? { bytes: 0, failure: STOPPED } : this.poolOf(endpoint).get(path, headers, onBytes, options);
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
    this.secureContext ??= createSecureContext(ca === undefined ? {} : { ca });
    const pool = new ConnectionPool(endpoint, this.secureContext, firstByteMs);
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

/** Kept connections to one address under one name. */
export class ConnectionPool implements ConnectionOwner {
  session: Buffer | undefined;
  keeps = true;
  private readonly connections = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private readonly waiting: Exchange[] = [];
  private destroyed = false;

  constructor(
    readonly endpoint: Endpoint,
    readonly secureContext: SecureContext,
    readonly firstByteMs: number = HEADERS_TIMEOUT_MS,
  ) {}

  /** As {@link HttpClient.get}. */
  get(
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    { cancellation, maxBytes = maxBytesOf(null), pop, beforeSend }: GetOptions = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const cut = () => this.cancel(exchange);
      const exchange: Exchange = {
        request: `GET ${path} HTTP/1.1\r\n${headers}\r\n`,
        reader: new ResponseReader(onBytes, maxBytes, pop),
        beforeSend,
        done: (answer) => {
          cancellation?.delete(cut);
          resolve(answer);
        },
        connection: undefined,
      };
      this.start(exchange);
      cancellation?.add(cut);
    });
  }

  next(connection: Connection): Exchange | undefined {
    const exchange = this.waiting.shift();
    if (exchange === undefined) this.idle.push(connection);
    return exchange;
  }

  /** A server that does it once does it again, and perhaps too late to be seen: none of its connections is used again. */
  unasked(): void {
    this.keeps = false;
    for (const connection of this.idle.splice(0)) connection.close();
  }

  again(exchange: Exchange): void {
    exchange.reader = exchange.reader.afresh();
    exchange.connection = undefined;
    // Other kept connections may be dead, too: a new one is opened.
    if (this.connections.size < MAX_CONNECTIONS) this.connect(exchange);
    else this.waiting.unshift(exchange);
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    const place = this.idle.indexOf(connection);
    if (place !== -1) this.idle.splice(place, 1);
    const exchange = this.waiting.shift();
    if (exchange !== undefined) this.connect(exchange);
  }

  /** Whether it has no connection, and nothing waits for one. */
  get unused(): boolean {
    return this.connections.size === 0 && this.waiting.length === 0;
  }

  /** Ends what has taken too long. */
  checkTime(now: number): void {
    for (const connection of this.connections) connection.checkTime(now);
  }

  destroy(): void {
    this.destroyed = true;
    for (const exchange of this.waiting.splice(0)) refuse(exchange, STOPPED);
    for (const connection of this.connections) connection.fail(STOPPED);
  }

  private start(exchange: Exchange): void {
    // The one that was used last is the least likely to have been closed.
    const kept = this.idle.pop();
    if (this.destroyed) refuse(exchange, STOPPED);
    else if (kept !== undefined) kept.ask(exchange);
    else if (this.connections.size < MAX_CONNECTIONS) this.connect(exchange);
    else this.waiting.push(exchange);
  }

  private cancel(exchange: Exchange): void {
    const place = this.waiting.indexOf(exchange);
    if (place === -1) exchange.connection?.fail(CANCELLED);
    else {
      this.waiting.splice(place, 1);
      refuse(exchange, CANCELLED);
    }
  }

  private connect(exchange: Exchange): void {
    this.connections.add(new Connection(this, exchange));
  }
}

function refuse({ reader, done }: Exchange, failure: Failure): void {
  reader.fail(failure);
  done(reader.answer);
}
