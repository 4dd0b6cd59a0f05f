import { createServer } from "node:net";
import fc from "fast-check";
import { Pool } from "undici";
import { expect, test, vi } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { listen, poolOf } from "./raw-server.ts";

vi.mock("../../../agent/download/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  HEADERS_TIMEOUT_MS: 300,
  STALLED_BODY_TIMEOUT_MS: 300,
}));

test("takes as whole what undici takes as whole, and nothing that undici refuses", async () => {
  const fact = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close") },
    fc.constantFrom("Content-Length: 4", "Content-Length: 5x", "Content-Length: 5, 5", "Transfer-Encoding: gzip"),
    fc.constantFrom("Content-Length : 5", " folded", "X: 1", "Content-Length: -5", "Transfer-Encoding: x, chunked"),
  );
  const line = fc.constantFrom("HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 2x OK");
  const body = fc.constantFrom(
    "hello",
    "hell",
    "5\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n",
    "5\r\nhell\r\n0\r\n\r\n",
    "0\r\n\r\n",
    "",
  );
  const texts = fc.sample(
    fc
      .tuple(line, fc.array(fact, { maxLength: 2 }), body)
      .map(([first, facts, it]) => [first, ...facts, "", it].join("\r\n")),
    { numRuns: 400, seed: 7 },
  );
  let text = "";
  const port = await listen(createServer((socket) => socket.once("data", () => socket.end(text, "latin1"))));
  let whole = 0;
  for (text of new Set(texts)) {
    const theirs = await byUndici(port);
    const { get, pool } = poolOf(port);
    const ours = await get();
    pool.destroy();
    const verdict = ({ failure, bytes, httpStatus }: Answer) =>
      failure === undefined ? { bytes, httpStatus } : "refused";
    if (verdict(theirs) !== "refused") whole++;
    expect({ text, answer: verdict(ours) }).toEqual({ text, answer: verdict(theirs) });
  }
  expect(whole).toBeGreaterThan(20);
});

async function byUndici(port: number): Promise<Answer> {
  const pool = new Pool(`http://127.0.0.1:${port}`);
  try {
    const { statusCode, body } = await pool.request({
      path: "/",
      method: "GET",
      headersTimeout: 300,
      bodyTimeout: 300,
    });
    return { httpStatus: statusCode, bytes: (await body.arrayBuffer()).byteLength };
  } catch (error) {
    return { bytes: 0, failure: { reason: "other", detail: String(error) } };
  } finally {
    await pool.destroy();
  }
}
