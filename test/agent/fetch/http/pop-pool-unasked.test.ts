import type { Socket } from "node:net";
import { createServer } from "node:tls";
import { createCertificate } from "../../../../tools/edge/certificate.ts";
import { times } from "../../../collect.ts";
import { useVirtualClock } from "../../../virtual-clock.ts";
import { gathering, HOST, listen, OK, poolOf, raw } from "./raw-server.ts";

useVirtualClock({ idleMs: 2 });

const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const WRONG = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
/** Of a connection that then sends what nobody asked for. */
const GOOD_ANSWERS = 3;
const certificate = await createCertificate([HOST]);

/** A TLS server whose records come together, several in one piece. */
async function tlsServer(serve: (socket: Socket) => void) {
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

/** The same with an answer to each request. */
const tls = (answer: (socket: Socket) => void) => tlsServer((socket) => void socket.on("data", () => answer(socket)));

/** One after the other, then together. */
async function allAreTwoBytes(get: () => Promise<{ readonly bytes: number }>): Promise<void> {
  const all = new Set<number>();
  for (let n = 0; n < 20; n++) all.add((await get()).bytes);
  for (const { bytes } of await Promise.all(times(60, () => get()))) all.add(bytes);
  expect(all).toEqual(new Set([2]));
}

/** Answers to requests, one after the other. */
async function statuses(
  get: () => Promise<{ readonly httpStatus?: number | undefined }>,
  count: number,
): Promise<Set<unknown>> {
  const all = new Set<unknown>();
  for (let n = 0; n < count; n++) all.add((await get()).httpStatus);
  return all;
}

test("an answer that comes with the one before it, in a TLS record of its own, is taken for none", async () => {
  const { get } = await tlsServer((socket) => {
    let asked = 0;
    socket.on("data", () => {
      socket.write(OK);
      if (++asked >= GOOD_ANSWERS) socket.write(WRONG);
    });
  });
  await allAreTwoBytes(get);
});

describe.each([
  ["TCP", raw],
  ["TLS", tls],
] as const)("over %s", (_, serve) => {
  test.each<[string, (write: () => void) => unknown]>([
    ["at once", (write) => write()],
    ["a moment later", (write) => setTimeout(write, 0)],
    ["1 ms later", (write) => setTimeout(write, 1)],
  ])("an answer behind a 404, %s, is taken for none", async (__, later) => {
    const { get } = await serve((socket: Socket) => {
      socket.write(NOT_FOUND);
      later(() => socket.destroyed || socket.write(OK));
    });
    expect(await statuses(get, 20)).toEqual(new Set([404]));
    const together = await Promise.all(times(60, () => get()));
    expect(new Set(together.map(({ httpStatus }) => httpStatus))).toEqual(new Set([404]));
  });
});

test("behind a good answer one that comes late is taken for none either, and no connection there is used again", async () => {
  const { get, connections } = await raw((socket) => {
    socket.write(OK);
    setTimeout(() => socket.write(WRONG), 2);
  });
  for (let n = 0; n < 50; n++) expect(await get()).toMatchObject({ httpStatus: 200, bytes: 2 });
  // What the first answer's connection brought ended it before the second request was sent there.
  expect(connections()).toBe(50);
});

test("a refusal ends its connection, so that nothing that comes behind it makes a success of the next one", async () => {
  const { get, connections } = await raw((socket, { inAll }) => socket.write(inAll === 0 ? NOT_FOUND : OK));
  for (let n = 0; n < 5; n++) await get();
  expect(connections()).toBe(2);
});

test("an answer before anything is asked fails a new connection", async () => {
  const { get } = await tlsServer((socket) => void socket.write(OK));
  expect(await get()).toEqual({
    bytes: 0,
    failure: { reason: "connection", code: "UNASKED", detail: "bytes arrived before a request was sent" },
  });
});
