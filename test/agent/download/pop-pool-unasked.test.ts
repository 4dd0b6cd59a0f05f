import { createServer, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { createCertificate } from "../../../tools/edge/certificate.ts";
import { gathering, HOST, listen, OK, poolOf, raw } from "./raw-server.ts";

const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const certificate = createCertificate([HOST]);

/** A TLS server whose records come together, several in one piece. */
async function tls(serve: (socket: TLSSocket) => void) {
  const server = createServer(
    // In 1.3, what the server says first comes too late to be told from an answer.
    { key: certificate.keyPem, cert: certificate.certPem, maxVersion: "TLSv1.2", noDelay: true },
    (socket) => {
      socket.on("error", () => {});
      serve(socket);
    },
  );
  return poolOf(await gathering(await listen(server)), { ca: certificate.caPem, servername: HOST });
}

/** Answers to requests, one after the other. */
async function statuses(get: () => Promise<{ readonly httpStatus?: number }>, count: number): Promise<Set<unknown>> {
  const all = new Set<unknown>();
  for (let n = 0; n < count; n++) all.add((await get()).httpStatus);
  return all;
}

test("an answer that comes with the one before it, in a TLS record of its own, is taken for none", async () => {
  const { get } = await tls((socket) => {
    socket.on("data", () => {
      socket.write(NOT_FOUND);
      socket.write(OK);
    });
  });
  expect(await statuses(get, 20)).toEqual(new Set([404]));
  const waiting = await Promise.all(Array.from({ length: 200 }, () => get()));
  expect(new Set(waiting.map(({ httpStatus }) => httpStatus))).toEqual(new Set([404]));
});

test("an answer that comes in the next turn of the other side is taken for none", async () => {
  const { get } = await raw((socket) => {
    socket.write(NOT_FOUND);
    setImmediate(() => socket.write(OK));
  });
  expect(await statuses(get, 200)).toEqual(new Set([404]));
});

test("an answer before anything is asked fails a new connection", async () => {
  const { get } = await tls((socket) => socket.write(OK));
  expect(await get()).toEqual({
    bytes: 0,
    failure: { reason: "connection", code: "UNASKED", detail: "bytes came before anything was asked" },
  });
});
