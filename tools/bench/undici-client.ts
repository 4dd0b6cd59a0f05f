// Implements the agent's HttpClient with undici: a test compares both, and one bundle of the agent has this one in place of
// agent/fetch/http/pooled-client.ts, so that the whole agent can be measured with it (docs/adr/0006). Everything else of that agent is as deployed.
import { createSecureContext } from "node:tls";
import { type Dispatcher, Pool } from "undici";
import type { Endpoint, GetOptions, HttpClient, HttpResult } from "../../agent/fetch/http/http-client.ts";
import type { HttpClientOptions } from "../../agent/fetch/http/pooled-client.ts";

/** As many as a pool of the agent has. */
const CONNECTIONS = 128;
const TIMEOUT_MS = 5_000;

/** It cuts nothing off, and reads each body whole. */
export class PooledHttpClient implements HttpClient {
  private readonly pools = new Map<string, Pool>();
  /** undici takes names and values; the agent's lines are taken apart once for each set of headers. */
  private readonly flat = new Map<string, string[]>();
  private readonly secureContext;

  constructor({ ca }: HttpClientOptions = {}) {
    this.secureContext = createSecureContext({ ca });
  }

  get(
    endpoint: Endpoint,
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    { beforeSend }: GetOptions = {},
  ): Promise<HttpResult> {
    const dispatch = () =>
      new Promise<HttpResult>((resolve) => {
        const request = { path, method: "GET", headers: this.flatten(headers) } as const;
        this.poolOf(endpoint).dispatch(request, handler(onBytes, resolve));
      });
    return beforeSend?.()?.then(dispatch) ?? dispatch();
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private poolOf({ secure, address, port, servername }: Endpoint): Pool {
    const key = `${secure} ${address} ${port} ${servername}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const { secureContext } = this;
    const pool = new Pool(`${secure ? "https" : "http"}://${address}:${port}`, {
      connections: CONNECTIONS,
      connect: { servername, secureContext, timeout: TIMEOUT_MS },
    });
    this.pools.set(key, pool);
    return pool;
  }

  private flatten(lines: string): string[] {
    const known = this.flat.get(lines);
    if (known !== undefined) return known;
    const flat = lines.split("\r\n").flatMap((line) => (line === "" ? [] : line.split(/: (.*)/, 2)));
    this.flat.set(lines, flat);
    return flat;
  }
}

/**
 * The leanest way that undici offers: no object is made of the headers, no stream of the body. It was the agent's engine
 * until it got a client of its own.
 */
function handler(onBytes: (bytes: number) => void, done: (answer: HttpResult) => void): Dispatcher.DispatchHandler {
  let bytes = 0;
  let head: Partial<HttpResult> = {};
  return {
    onConnect() {},
    onHeaders(status, headers) {
      if (status >= 200) head = readHead(status, headers);
      return true;
    },
    onData(chunk) {
      bytes += chunk.length;
      onBytes(chunk.length);
      return true;
    },
    onComplete() {
      done({ ...head, bytes });
    },
    onError(error) {
      done({ ...head, bytes, failure: { reason: "connection", detail: error.message } });
    },
  };
}

const FIELDS = new Map(
  Object.entries({
    "content-length": "contentLength",
    location: "location",
    "x-cache": "xCache",
    "x-amz-cf-pop": "xAmzCfPop",
    "x-amz-cf-id": "xAmzCfId",
    "server-timing": "serverTiming",
    age: "age",
  } as const),
);
const LENGTHS = new Set([...FIELDS.keys()].map(({ length }) => length));

/** @param headers names and values in turn. Most are passed over by the length of their name alone. */
function readHead(httpStatus: number, headers: readonly Buffer[]): Partial<HttpResult> {
  const head: Record<string, string | number> = { httpStatus };
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name, value] = [headers[i], headers[i + 1]];
    if (name === undefined || value === undefined || !LENGTHS.has(name.length)) continue;
    const field = FIELDS.get(name.toString("latin1").toLowerCase());
    if (field !== undefined) head[field] = field === "contentLength" ? Number(value) : value.toString("latin1");
  }
  return head;
}
