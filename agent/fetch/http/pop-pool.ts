import type { SecureContext } from "node:tls";
import type { Failure } from "../../../domain/result/failure.ts";
import type { Answer } from "../verdict.ts";
import { maxBytesOf } from "./body-limits.ts";
import type { Cancellation } from "./cancellation.ts";
import { Connection, type ConnectionOwner, type Exchange } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import { AnswerReader } from "./response-reader.ts";
import { HEADERS_TIMEOUT_MS } from "./timeouts.ts";

const MAX_CONNECTIONS = 128;
// Neither is stored: they say nothing about the POP.
const STOPPED: Failure = { reason: "other", code: "STOPPED", detail: "the agent has stopped" };
const CANCELLED: Failure = { reason: "other", code: "CANCELLED", detail: "the request has ended" };

export interface ExchangeOptions {
  /** Cuts it off, and it fails. */
  readonly cancellation?: Cancellation;
  /** Of a body: with more, it fails. */
  readonly maxBytes?: number;
  /** That must answer: with another one, it fails. @default any may */
  readonly pop?: string;
  /** Called when its connection is open. If what it returns is rejected, nothing is sent, and it fails. */
  readonly beforeSend?: (() => Promise<void> | undefined) | undefined;
}

/** Kept connections to one address under one name. */
export class PopPool implements ConnectionOwner {
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

  /**
   * Downloads one object and drops its bytes as they arrive. Never rejects: what went wrong stands in the answer.
   * @param path with the query
   * @param headers lines of the request's head, Host among them, each with its CRLF
   * @param onBytes told of the bytes of the body as they come
   */
  download(
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    { cancellation, maxBytes = maxBytesOf(null), pop, beforeSend }: ExchangeOptions = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const cut = () => this.cancel(exchange);
      const exchange: Exchange = {
        request: `GET ${path} HTTP/1.1\r\n${headers}\r\n`,
        reader: new AnswerReader(onBytes, maxBytes, pop),
        beforeSend,
        done: (answer) => {
          cancellation?.delete(cut);
          resolve(timed(answer, exchange.reader.firstByteMs));
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

function timed(answer: { -readonly [K in keyof Answer]: Answer[K] }, firstByteMs: number | undefined): Answer {
  if (firstByteMs !== undefined) answer.firstByteMs = firstByteMs;
  return answer;
}
