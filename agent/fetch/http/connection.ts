import { connect as connectPlainly, isIP, type Socket } from "node:net";
import { connect as connectSecurely, type SecureContext } from "node:tls";
import type { Failure, FailureReason } from "../../../domain/result/failure.ts";
import { BodyWatch, maxBytesOf } from "./body-limits.ts";
import type { Endpoint, GetOptions, HttpResult } from "./http-client.ts";
import { ResponseReader } from "./response-reader.ts";
import { CONNECT_TIMEOUT_MS, FIRST_RESPONSE_QUIET_MS, HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, timeout } from "./timeouts.ts";

/** One request and what becomes of its answer. */
interface Exchange {
  readonly request: string;
  reader: ResponseReader;
  /** What its request waits for once the connection is open. */
  readonly beforeSend?: GetOptions["beforeSend"];
  readonly done: (answer: HttpResult | Promise<never>) => void;
  /** The connection that it is on; undefined while it waits for one. */
  connection: Connection | undefined;
}

/**
 * All sockets read into the same memory: what arrives is parsed and dropped before the next socket is read. Without
 * this buffer Node allocates one for every 16 KB, and a large download costs half as much again.
 */
const BUFFER = Buffer.allocUnsafeSlow(65_536);

/** Bytes that arrive before a request is sent are not its response, even if they look like one. */
const UNSOLICITED: Failure = {
  reason: "connection",
  code: "UNASKED",
  detail: "bytes arrived before a request was sent",
};

/** It lies with the POP or the way to it. All other timeouts may be the origin's. */
const NO_CONNECTION: Failure = {
  reason: "connection",
  code: "CONNECT_TIMEOUT",
  detail: `no connection within ${CONNECT_TIMEOUT_MS / 1_000} s`,
};

/** Of one pool. */
const MAX_CONNECTIONS = 128;
/** Longer than a connection stays silent after its first response, and than a near POP takes. */
const REUSE_WAIT_MS = 25;

/** The kept connections of all pools of a client, the one that was used longest ago first. */
export class KeptConnections {
  private readonly connections = new Set<Connection>();

  /** @param max if there are more, the first one is closed */
  constructor(private readonly max: number) {}

  add(connection: Connection): void {
    this.connections.add(connection);
    if (this.connections.size <= this.max) return;
    const [oldest] = this.connections;
    oldest?.lose();
  }

  delete(connection: Connection): void {
    this.connections.delete(connection);
  }
}

// Neither is stored: they show nothing of the POP.
export const STOPPED: Failure = { reason: "other", code: "STOPPED", detail: "the agent has stopped" };
const CANCELLED: Failure = { reason: "other", code: "CANCELLED", detail: "the request has ended" };

/** Kept connections to one address under one name. */
export class ConnectionPool {
  /** Ticket of an earlier connection, which spares both sides most of the handshake. */
  session: Buffer | undefined;
  /** Whether a connection may have more than one exchange. */
  keeps = true;
  private readonly connections = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private waiting: Exchange[] = [];
  private reuseTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly endpoint: Endpoint,
    readonly secureContext: SecureContext,
    /** How long the first byte of an answer is waited for, in milliseconds. */
    readonly firstByteMs: number = HEADERS_TIMEOUT_MS,
    /** Shared with other pools of a client that spares connections. @default a pool keeps its own, and opens one for each request that finds none */
    private readonly kept?: KeptConnections,
  ) {}

  /** As {@link HttpClient.get}. */
  get(
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    { cancellation, maxBytes = maxBytesOf(null), maxBytesOfHit, pop, beforeSend }: GetOptions = {},
  ): Promise<HttpResult> {
    return new Promise((resolve) => {
      const cut = () => this.cancel(exchange);
      const exchange: Exchange = {
        request: `GET ${path} HTTP/1.1\r\n${headers}\r\n`,
        reader: new ResponseReader({ onBytes, maxBytes, maxBytesOfHit, pop }),
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

  /** @returns what to ask next; undefined: nothing for now, and the connection is kept */
  next(connection: Connection): Exchange | undefined {
    const exchange = this.waiting.shift();
    if (exchange !== undefined) return exchange;
    this.idle.push(connection);
    this.kept?.add(connection);
    return undefined;
  }

  /**
   * Unsolicited bytes arrived. A server that sends them once sends them again, perhaps too late to be seen: none of its connections is used again.
   */
  stopReuse(): void {
    this.keeps = false;
    for (const connection of this.idle.splice(0)) connection.fail(UNSOLICITED);
  }

  /** A kept connection was closed or broken before an answer began: the exchange needs another one. */
  resend(exchange: Exchange): void {
    exchange.reader = exchange.reader.restarted();
    exchange.connection = undefined;
    // Other kept connections may be dead, too: a new one is opened.
    if (this.connections.size < MAX_CONNECTIONS) this.connect(exchange);
    else this.waiting.unshift(exchange);
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    this.kept?.delete(connection);
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
    clearTimeout(this.reuseTimer);
    for (const exchange of this.waiting.splice(0)) refuse(exchange, STOPPED);
    for (const connection of this.connections) connection.fail(STOPPED);
  }

  private start(exchange: Exchange): void {
    // The one that was used last is the least likely to have been closed.
    const kept = this.idle.pop();
    if (kept !== undefined) {
      this.kept?.delete(kept);
      kept.start(exchange);
    } else if (this.kept !== undefined && this.connections.size > 0) this.awaitReuse(exchange);
    else if (this.connections.size < MAX_CONNECTIONS) this.connect(exchange);
    else this.waiting.push(exchange);
  }

  /** Another connection is opened only if none becomes free soon: a handshake takes the CPU time of ten small downloads. */
  private awaitReuse(exchange: Exchange): void {
    this.waiting.push(exchange);
    this.reuseTimer ??= setTimeout(() => this.connectWaiting(), REUSE_WAIT_MS);
  }

  /** Opens connections for half of those that wait: the other half may use these. */
  private connectWaiting(): void {
    this.reuseTimer = undefined;
    const room = MAX_CONNECTIONS - this.connections.size;
    for (const exchange of this.waiting.splice(0, Math.min(room, Math.ceil(this.waiting.length / 2))))
      this.connect(exchange);
    if (this.waiting.length > 0) this.reuseTimer = setTimeout(() => this.connectWaiting(), REUSE_WAIT_MS);
  }

  private cancel(exchange: Exchange): void {
    if (exchange.connection !== undefined) exchange.connection.fail(CANCELLED);
    else {
      this.waiting = this.waiting.filter((it) => it !== exchange);
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

/** A connection to a POP, one exchange after the other. */
class Connection {
  private readonly socket: Socket;
  private exchange: Exchange | undefined;
  /** Whether the exchange's request has been sent. */
  private isSent = false;
  private connected = false;
  private closed = false;
  /** Exchanges that have ended well. */
  private served = 0;
  /** When the current phase began. */
  private since = performance.now();
  /** From the head on. */
  private body: BodyWatch | undefined;

  /** Connects, and asks as soon as it can. */
  constructor(
    private readonly pool: ConnectionPool,
    first: Exchange,
  ) {
    this.exchange = first;
    first.connection = this;
    this.socket = this.open();
    this.socket.once(pool.endpoint.secure ? "secureConnect" : "connect", () => {
      this.connected = true;
      if (this.exchange !== undefined) this.start(this.exchange);
    });
    this.socket.on("error", (error) => this.lose(socketFailure(error)));
    this.socket.on("end", () => this.lose());
    this.socket.on("close", () => this.lose());
    if (pool.endpoint.secure) {
      this.socket.on("session", (session: Buffer) => {
        pool.session = session;
      });
    }
  }

  start(exchange: Exchange): void {
    const now = performance.now();
    const rest = this.served === 1 ? this.since + FIRST_RESPONSE_QUIET_MS - now : 0;
    this.exchange = exchange;
    exchange.connection = this;
    this.since = now;
    this.body = undefined;
    this.isSent = false;
    if (rest > 0) setTimeout(afterPendingReads, Math.ceil(rest), this);
    else afterPendingReads(this);
  }

  /** Sends the request, unless something came before, or the exchange was cut off. */
  proceed(): void {
    const { exchange } = this;
    if (this.closed || exchange === undefined) return;
    const ready = exchange.beforeSend?.();
    if (ready === undefined) {
      this.send(exchange);
      return;
    }
    // The server is not late.
    this.since = Number.POSITIVE_INFINITY;
    ready.then(
      () => {
        if (this.closed || this.exchange !== exchange) return;
        this.since = performance.now();
        this.send(exchange);
      },
      (error: unknown) => this.exchange === exchange && this.end(() => exchange.done(Promise.reject(error))),
    );
  }

  private send(exchange: Exchange): void {
    this.isSent = true;
    exchange.reader.onSent();
    this.socket.write(exchange.request, "latin1");
  }

  /** Ends what has taken too long. Call it several times within the shortest of the limits. */
  checkTime(now: number): void {
    const waited = now - this.since;
    if (this.exchange === undefined) {
      if (waited > KEEP_ALIVE_MS) this.lose();
    } else if (!this.connected) {
      if (waited > CONNECT_TIMEOUT_MS) this.fail(NO_CONNECTION);
    } else if (!this.exchange.reader.hasHead) {
      const { firstByteMs } = this.pool;
      if (waited > firstByteMs) this.fail(timeout("HEADERS_TIMEOUT", `no response within ${firstByteMs / 1_000} s`));
    } else {
      const { answer, maxBytes } = this.exchange.reader;
      this.body ??= new BodyWatch(now, maxBytes);
      const failure = this.body.check(now, answer.bytes);
      if (failure !== undefined) this.fail(failure);
    }
  }

  /** Ends the connection. Its exchange fails, and is not sent again. */
  fail(failure: Failure): void {
    this.end((exchange) => refuse(exchange, failure));
  }

  private open(): Socket {
    const { address: host, port, secure, servername } = this.pool.endpoint;
    const common = { host, port, onread: { buffer: BUFFER, callback: (bytes: number) => this.read(bytes) } };
    if (!secure) return connectPlainly({ ...common, noDelay: true });
    const { session, secureContext } = this.pool;
    const socket = connectSecurely({
      ...common,
      secureContext,
      // NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect.
      rejectUnauthorized: true,
      ALPNProtocols: ["http/1.1"],
      servername: isIP(servername) === 0 ? servername : undefined,
      session,
    });
    return socket.setNoDelay(true);
  }

  private read(bytes: number): boolean {
    const { exchange } = this;
    if (this.closed) return false;
    // No request was sent, so no bytes may arrive.
    if (exchange === undefined || !this.isSent) {
      this.pool.stopReuse();
      this.lose(UNSOLICITED);
    } else if (exchange.reader.read(BUFFER, bytes) && !this.closed) this.finish(exchange);
    return true;
  }

  private finish(exchange: Exchange): void {
    const { reader } = exchange;
    if (reader.reusable && this.pool.keeps) {
      this.served++;
      this.exchange = undefined;
      this.since = performance.now();
      const next = this.pool.next(this);
      if (next !== undefined) this.start(next);
      exchange.done(reader.answer);
    } else this.lose();
  }

  /** @param failure why the connection was lost; undefined: the other side closed it, or it had nothing to do */
  lose(failure?: Failure): void {
    this.end((exchange) => {
      const { reader } = exchange;
      if (!reader.hasHead && this.served > 0) this.pool.resend(exchange);
      else {
        if (failure === undefined) reader.close(this.pool.endpoint.secure);
        else reader.breakOff(failure);
        exchange.done(reader.answer);
      }
    });
  }

  private end(conclude: (exchange: Exchange) => void): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.destroy();
    this.pool.closed(this);
    if (this.exchange !== undefined) conclude(this.exchange);
  }
}

let waiting: Connection[] = [];

/**
 * Sends the connection's request after all bytes that have already arrived are read: the second `setImmediate` runs after a full
 * poll phase. All waiting connections share the two callbacks, which is cheaper than two for each.
 */
function afterPendingReads(it: Connection): void {
  if (waiting.push(it) === 1) setImmediate(() => setImmediate(proceed));
}

function proceed(): void {
  const all = waiting;
  waiting = [];
  for (const it of all) it.proceed();
}

/** What a socket's error is counted as, by its code: Node's, the system's or OpenSSL's. The first that fits. */
const REASONS: readonly (readonly [RegExp, FailureReason])[] = [
  [/^ETIMEDOUT$|CONNECTION_TIMEOUT/, "connection"],
  [/TIMEOUT/, "timeout"],
  [/TLS|CERT|SSL|UNABLE_TO_VERIFY|^EPROTO$/, "tls"],
  [/^(ECONN|EPIPE|EHOST|ENET|EADDR)/, "connection"],
];

/** An error of a socket, as a failure of the task that it carried. */
export function socketFailure(error: Error): Failure {
  const code = "code" in error && error.code !== undefined ? String(error.code) : error.name;
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
  const { message } = error;
  return { reason, code, detail: message === "" || message === code ? undefined : message };
}
