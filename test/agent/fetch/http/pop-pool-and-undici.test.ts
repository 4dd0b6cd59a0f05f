import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { Client } from "undici";
import { ConnectionPool } from "../../../../agent/fetch/http/connection.ts";
import { MAX_ANSWER_HEAD_BYTES } from "../../../../domain/limits.ts";
import { FUZZ_TIMEOUT_MS, fuzz } from "../../../fuzz.ts";
import { rawAnswer } from "./raw-answers.ts";
import { HEADERS, HOST } from "./raw-server.ts";

/** What a client made of an answer: status and bytes; undefined if it refused the answer. */
type Taken = { readonly status: number; readonly bytes: number } | undefined;

test(
  "takes nothing that undici refuses, and all else as undici does",
  async () => {
    let text = "";
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(text, "latin1"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const counts = { taken: 0, refused: 0, stricter: 0 };
    const { numRuns, seed } = fuzz(1_000);
    await fc.assert(
      fc.asyncProperty(rawAnswer, async (answer) => {
        text = answer;
        const ours = await byPool(port);
        const theirs = await byUndici(port);
        // This client may be stricter; it may not take what undici refuses, or take it for something else.
        if (ours !== undefined) expect(ours).toEqual(theirs);
        counts[ours !== undefined ? "taken" : theirs === undefined ? "refused" : "stricter"]++;
      }),
      // Each server closes its connection: an answer that takes so long has no end for the client.
      { numRuns, ...(seed === undefined ? {} : { seed }), timeout: 5_000 },
    );
    expect(counts.taken).toBeGreaterThan(numRuns / 5);
    // ADR 0006 names what undici accepts and this client does not.
    expect(counts.stricter).toBeLessThan(numRuns / 10);
  },
  FUZZ_TIMEOUT_MS,
);

async function byPool(port: number): Promise<Taken> {
  const endpoint = { secure: false, address: "127.0.0.1", port, servername: HOST };
  const pool = new ConnectionPool(endpoint, createSecureContext({}));
  const { failure, httpStatus: status, bytes, contentLength = bytes } = await pool.get("/", HEADERS, () => {});
  pool.destroy();
  // As `judge` has it: the body is incomplete.
  return failure !== undefined || status === undefined || bytes !== contentLength ? undefined : { status, bytes };
}

async function byUndici(port: number): Promise<Taken> {
  const client = new Client(`http://127.0.0.1:${port}`, { maxHeaderSize: MAX_ANSWER_HEAD_BYTES });
  try {
    const { statusCode, body } = await client.request({ path: "/", method: "GET" });
    return { status: statusCode, bytes: (await body.arrayBuffer()).byteLength };
  } catch {
    return undefined;
  } finally {
    await client.destroy();
  }
}
