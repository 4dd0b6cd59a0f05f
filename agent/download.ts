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
 */
export function download(dispatcher: Dispatcher, ask: Ask, onBytes: (bytes: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const answer: Mutable<Answer> = { bytes: 0 };
    dispatcher.dispatch(
      { path: ask.path, method: "GET", headers: ask.headers },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode, headers) {
          // An informational answer comes before the one that counts.
          if (statusCode >= 200) readHead(answer, statusCode, headers);
        },
        onResponseData(_controller, chunk) {
          answer.bytes += chunk.length;
          onBytes(chunk.length);
        },
        onResponseEnd() {
          resolve(answer);
        },
        onResponseError(_controller, error) {
          answer.failure = describe(error);
          resolve(answer);
        },
      },
    );
  });
}

function readHead(
  answer: Mutable<Answer>,
  status: number,
  headers: Record<string, string | string[] | undefined>,
): void {
  answer.httpStatus = status;
  const length = headers["content-length"];
  if (typeof length === "string" && length !== "") answer.contentLength = Number(length);
  set(answer, "location", headers["location"]);
  set(answer, "xCache", headers["x-cache"]);
  set(answer, "xAmzCfPop", headers["x-amz-cf-pop"]);
  set(answer, "xAmzCfId", headers["x-amz-cf-id"]);
}

function set(
  answer: Mutable<Answer>,
  key: "location" | "xCache" | "xAmzCfPop" | "xAmzCfId",
  value: string | string[] | undefined,
): void {
  if (value !== undefined) answer[key] = Array.isArray(value) ? value.join(", ") : value;
}

function describe(error: Error): string {
  // A parser's error may have the property and nothing in it.
  const code = "code" in error && error.code !== undefined ? String(error.code) : error.name;
  return error.message === "" || error.message === code ? code : `${code}: ${error.message}`;
}
