import type { SecureContext } from "node:tls";
import type { Answer } from "../answer.ts";
import { AnswerReader } from "./answer-reader.ts";
import { Connection, type ConnectionOwner, type Endpoint, type Exchange } from "./connection.ts";

const MAX_CONNECTIONS = 128;
const STOPPED = "STOPPED: the agent has stopped";

/** Kept connections to one address under one name. */
export class PopPool implements ConnectionOwner {
  session: Buffer | undefined;
  private readonly connections = new Set<Connection>();
  private readonly idle: Connection[] = [];
  private readonly waiting: Exchange[] = [];
  private destroyed = false;

  constructor(
    readonly endpoint: Endpoint,
    readonly secureContext: SecureContext,
  ) {}

  /**
   * Downloads one object and drops its bytes as they arrive. Never rejects: what went wrong stands in the answer.
   * @param path with the query
   * @param headers lines of the request's head, Host among them, each with its CRLF
   * @param onBytes told of the bytes of the body as they come
   */
  download(path: string, headers: string, onBytes: (bytes: number) => void): Promise<Answer> {
    return new Promise((done) => {
      this.start({ request: `GET ${path} HTTP/1.1\r\n${headers}\r\n`, reader: new AnswerReader(onBytes), done });
    });
  }

  next(connection: Connection): Exchange | undefined {
    const exchange = this.waiting.shift();
    if (exchange === undefined) this.idle.push(connection);
    return exchange;
  }

  again({ request, reader, done }: Exchange): void {
    // Other kept connections may be dead, too: this one is to be new.
    const exchange = { request, reader: reader.afresh(), done };
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

  /** Ends what has taken too long. */
  checkTime(now: number): void {
    for (const connection of this.connections) connection.checkTime(now);
  }

  destroy(): void {
    this.destroyed = true;
    for (const exchange of this.waiting.splice(0)) refuse(exchange);
    for (const connection of this.connections) connection.fail(STOPPED);
  }

  private start(exchange: Exchange): void {
    // The one that was used last is the least likely to have been closed.
    const kept = this.idle.pop();
    if (this.destroyed) refuse(exchange);
    else if (kept !== undefined) kept.ask(exchange);
    else if (this.connections.size < MAX_CONNECTIONS) this.connect(exchange);
    else this.waiting.push(exchange);
  }

  private connect(exchange: Exchange): void {
    this.connections.add(new Connection(this, exchange));
  }
}

function refuse({ reader, done }: Exchange): void {
  reader.fail(STOPPED);
  done(reader.answer);
}
