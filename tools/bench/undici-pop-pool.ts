// Stands in for agent/fetch/http/pop-pool.ts in one bundle of the agent, so that the whole agent can be measured with
// undici in place of the client of its own (docs/adr/0006). Everything else of that agent is as deployed.
import type { SecureContext } from "node:tls";
import { type Dispatcher, Pool } from "undici";
import type { Endpoint } from "../../agent/fetch/http/endpoint.ts";
import type { Answer } from "../../agent/fetch/verdict.ts";

/** As many as the agent's own pool has. */
const CONNECTIONS = 128;

export class PopPool {
  private readonly pool: Pool;
  /** undici takes names and values; the agent's lines are taken apart once for each set of headers. */
  private readonly known = new Map<string, string[]>();
  readonly unused = false;

  constructor({ secure, address, port, servername }: Endpoint, secureContext: SecureContext) {
    const origin = `${secure ? "https" : "http"}://${address}:${port}`;
    this.pool = new Pool(origin, { connections: CONNECTIONS, connect: { servername, secureContext, timeout: 5_000 } });
  }

  /** Nothing is cut off here: no request of a benchmark ends before its tasks. */
  download(path: string, headers: string, onBytes: (bytes: number) => void): Promise<Answer> {
    return new Promise((resolve) => {
      this.pool.dispatch({ path, method: "GET", headers: this.flat(headers) }, handler(onBytes, resolve));
    });
  }

  /** undici has timers of its own. */
  checkTime(): void {}

  destroy(): void {
    void this.pool.destroy();
  }

  private flat(lines: string): string[] {
    const known = this.known.get(lines);
    if (known !== undefined) return known;
    const flat = lines.split("\r\n").flatMap((line) => (line === "" ? [] : line.split(/: (.*)/, 2)));
    this.known.set(lines, flat);
    return flat;
  }
}

/**
 * The leanest way that undici offers: no object is made of the headers, no stream of the body. It was the agent's engine
 * until it got a client of its own.
 */
function handler(onBytes: (bytes: number) => void, done: (answer: Answer) => void): Dispatcher.DispatchHandler {
  let bytes = 0;
  let head: Partial<Answer> = {};
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
function readHead(httpStatus: number, headers: readonly Buffer[]): Partial<Answer> {
  const head: Record<string, string | number> = { httpStatus };
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name, value] = [headers[i], headers[i + 1]];
    if (name === undefined || value === undefined || !LENGTHS.has(name.length)) continue;
    const field = FIELDS.get(name.toString("latin1").toLowerCase());
    if (field !== undefined) head[field] = field === "contentLength" ? Number(value) : value.toString("latin1");
  }
  return head;
}
