import type { Dispatcher } from "undici";
import type { Answer } from "./answer.ts";

/** What one attempt asks for. */
export interface Ask {
  readonly path: string;
  /** Names and values in turn, Host among them. */
  readonly headers: string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Downloads one object and throws its bytes away as they arrive, so that memory does not grow with its size. Never
 * rejects: what went wrong stands in the answer. `onBytes` is told of every chunk.
 *
 * The handler is of undici's older form, which is given the headers as they came: the newer one makes an object of all
 * of them first, for a tenth of what a small download costs.
 */
export function download(dispatcher: Dispatcher, ask: Ask, onBytes: (bytes: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const answer: Mutable<Answer> = { bytes: 0 };
    dispatcher.dispatch(
      { path: ask.path, method: "GET", headers: ask.headers },
      {
        onConnect() {},
        onHeaders(statusCode, headers) {
          // An informational answer comes before the one that counts.
          if (statusCode >= 200) readHead(answer, statusCode, headers);
          return true;
        },
        onData(chunk) {
          answer.bytes += chunk.length;
          onBytes(chunk.length);
          return true;
        },
        onComplete() {
          resolve(answer);
        },
        onError(error) {
          answer.failure = describe(error);
          resolve(answer);
        },
      },
    );
  });
}

/** What is read of the headers, by the length of the name: most of those that come are passed over by it alone. */
const NAMES = ["content-length", "location", "x-cache", "x-amz-cf-pop", "x-amz-cf-id"] as const;
const LENGTHS = new Set<number>(NAMES.map(({ length }) => length));

/** @param headers names and values in turn */
function readHead(answer: Mutable<Answer>, status: number, headers: readonly Buffer[]): void {
  answer.httpStatus = status;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i];
    const value = headers[i + 1];
    if (name === undefined || value === undefined || !LENGTHS.has(name.length)) continue;
    set(answer, name.toString("latin1").toLowerCase(), value.toString("latin1"));
  }
}

function set(answer: Mutable<Answer>, name: string, value: string): void {
  if (name === "content-length") {
    if (value !== "") answer.contentLength = Number(value);
  } else if (name === "location") answer.location = joined(answer.location, value);
  else if (name === "x-cache") answer.xCache = joined(answer.xCache, value);
  else if (name === "x-amz-cf-pop") answer.xAmzCfPop = joined(answer.xAmzCfPop, value);
  else if (name === "x-amz-cf-id") answer.xAmzCfId = joined(answer.xAmzCfId, value);
}

/** A header that comes twice is one with both values: RFC 9110, 5.3. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

function describe(error: Error): string {
  // A parser's error may have the property and nothing in it.
  const code = "code" in error && error.code !== undefined ? String(error.code) : error.name;
  return error.message === "" || error.message === code ? code : `${code}: ${error.message}`;
}
