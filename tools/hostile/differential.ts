import { createSecureContext } from "node:tls";
import { Client } from "undici";
import { ConnectionPool } from "../../agent/fetch/http/connection.ts";
import { type HttpResult, headerLines } from "../../agent/fetch/http/http-client.ts";
import { MAX_ANSWER_HEAD_BYTES } from "../../domain/limits.ts";
import type { RawAnswer } from "./answer-cases.ts";
import { onRequests, rawServer } from "./raw-answer-server.ts";

const HOST = "www.example.com";
export const HEADERS = headerLines([["host", HOST]]);
const AT_ONCE = 32;
/** Longest time for one answer. Each server closes its connection, so none of them should come near. */
const LONGEST_MS = 5_000;

/** What a client made of an answer: its status and bytes, or that it refused it. */
type Verdict = "refused" | "no end" | { readonly status: number; readonly bytes: number };

export interface Difference {
  readonly text: RawAnswer;
  readonly ours: Verdict;
  readonly theirs: Verdict;
  /** Why we refused it. */
  readonly why: string;
}

export interface Compared {
  readonly tried: number;
  /** Taken as whole by both, with the same status and bytes. */
  readonly whole: number;
  readonly refused: number;
  /** Refused by us alone. */
  readonly stricter: readonly Difference[];
  /** Taken by us alone, or as something else, or without an end: a wrong answer taken for the right one. */
  readonly wrong: readonly Difference[];
}

/** Gives each answer to the agent's client and to undici, and compares what they make of it. */
export async function compare(texts: readonly RawAnswer[]): Promise<Compared> {
  const server = await rawServer((socket) =>
    onRequests(socket, (path) => socket.end(texts[Number(path.slice(1))] ?? "", "latin1")),
  );
  const stricter: Difference[] = [];
  const wrong: Difference[] = [];
  let whole = 0;
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < texts.length; n = next++) {
      const { ours, why } = await byUs(server.port, n);
      const theirs = await byUndici(server.port, n);
      const difference = { text: texts[n] ?? "", ours, theirs, why };
      if (JSON.stringify(ours) === JSON.stringify(theirs)) whole += ours === "refused" ? 0 : 1;
      else (ours === "refused" ? stricter : wrong).push(difference);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  server.close();
  const refused = texts.length - whole - stricter.length - wrong.length;
  return { tried: texts.length, whole, refused, stricter, wrong };
}

/** A pool to a port of this machine, whose time is looked at as the agent does. */
export function poolTo(port: number, ca?: string): ConnectionPool & Disposable {
  const endpoint = { secure: ca !== undefined, address: "127.0.0.1", port, servername: HOST };
  const pool = new ConnectionPool(endpoint, createSecureContext(ca === undefined ? {} : { ca }));
  const timer = setInterval(() => pool.checkTime(performance.now()), 250);
  return Object.assign(pool, {
    [Symbol.dispose]() {
      clearInterval(timer);
      pool.destroy();
    },
  });
}

/** @returns undefined if it does not come within the time */
export async function within<T>(ms: number, coming: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  const first = await Promise.race([coming, late]);
  clearTimeout(timer);
  return first;
}

async function byUs(port: number, n: number): Promise<{ readonly ours: Verdict; readonly why: string }> {
  using pool = poolTo(port);
  const answer = await within(
    LONGEST_MS,
    pool.get(`/${n}`, HEADERS, () => {}),
  );
  return { ours: verdict(answer), why: answer?.failure?.detail ?? "" };
}

function verdict(answer: HttpResult | undefined): Verdict {
  if (answer === undefined) return "no end";
  const { failure, httpStatus, bytes, contentLength = bytes } = answer;
  if (failure !== undefined || httpStatus === undefined) return "refused";
  // As `judge` has it: the body is incomplete.
  return bytes === contentLength ? { status: httpStatus, bytes } : "refused";
}

async function byUndici(port: number, n: number): Promise<Verdict> {
  const client = new Client(`http://127.0.0.1:${port}`, { maxHeaderSize: MAX_ANSWER_HEAD_BYTES });
  try {
    const limits = { headersTimeout: LONGEST_MS, bodyTimeout: LONGEST_MS };
    const { statusCode, body } = await client.request({ path: `/${n}`, method: "GET", ...limits });
    return { status: statusCode, bytes: (await body.arrayBuffer()).byteLength };
  } catch {
    return "refused";
  } finally {
    await client.destroy();
  }
}
