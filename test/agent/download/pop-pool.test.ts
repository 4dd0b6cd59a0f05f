import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { Pool } from "undici";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { headerLines } from "../../../agent/download/header-lines.ts";
import { PopPool } from "../../../agent/download/pop-pool.ts";
import { Cancellation } from "../../../agent/work/cancellation.ts";
import { createCertificate } from "../../../tools/edge/certificate.ts";
import { eventually } from "../deferred.ts";

vi.mock("../../../agent/download/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 300,
  HEADERS_TIMEOUT_MS: 300,
  STALLED_BODY_TIMEOUT_MS: 300,
  KEEP_ALIVE_MS: 300,
}));

const HOST = "www.example.com";
const HEADERS = headerLines(["host", HOST]);
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function poolOf(port: number, secure?: { ca: string; servername?: string }) {
  const pool = new PopPool(
    { secure: secure !== undefined, address: "127.0.0.1", port, servername: secure?.servername ?? HOST },
    createSecureContext(secure === undefined ? {} : { ca: secure.ca }),
  );
  // As the agent does it, only more often.
  const timer = setInterval(() => pool.checkTime(performance.now()), 20);
  onTestFinished(() => {
    clearInterval(timer);
    pool.destroy();
  });
  return {
    pool,
    get: (path = "/", onBytes: (bytes: number) => void = () => {}) => pool.download(path, HEADERS, onBytes),
  };
}

/**
 * A server of raw bytes: tells of each request which one it is on its connection and in all, and does what it is told
 * with the connection.
 */
async function raw(answer: (socket: Socket, which: { onThis: number; inAll: number; connection: number }) => void) {
  let inAll = 0;
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    let onThis = 0;
    socket.on("data", (data) => {
      for (const _ of data.toString().matchAll(/\r\n\r\n/g))
        answer(socket, { onThis: onThis++, inAll: inAll++, connection });
    });
  });
  const port = await listen(server);
  return { ...poolOf(port), port, connections: () => connections, requests: () => inAll };
}

describe("kept connections", () => {
  test("200 downloads one after the other take one, 20 at once not more than 20", async () => {
    const { get, connections } = await raw((socket) => socket.write(OK));
    for (let n = 0; n < 200; n++) expect((await get()).bytes).toBe(2);
    expect(connections()).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(connections()).toBeLessThanOrEqual(20);
  });

  test("no more than 128; what is beyond waits its turn and is asked once", async () => {
    const { get, connections, requests } = await raw((socket) => setTimeout(() => socket.write(OK), 5));
    const answers = await Promise.all(Array.from({ length: 500 }, () => get()));
    expect(answers.filter(({ bytes }) => bytes === 2)).toHaveLength(500);
    expect(connections()).toBe(128);
    expect(requests()).toBe(500);
  });

  test("one that was closed meanwhile, or as it is asked, costs no attempt", async () => {
    for (const close of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      const { get, connections } = await raw((socket, { onThis }) => (onThis === 0 ? socket.write(OK) : close(socket)));
      for (let n = 0; n < 5; n++) expect(await get()).toEqual({ bytes: 2, httpStatus: 200, contentLength: 2 });
      expect(connections()).toBe(5);
    }
  });

  test("a new one that is closed without an answer is a failure, and not asked again", async () => {
    const { get, requests } = await raw((socket) => socket.end());
    expect(await get()).toEqual({ bytes: 0, failure: "CLOSED: the other side closed the connection" });
    expect(requests()).toBe(1);
  });

  test("one whose answer says so is not used again, and neither is one on which more comes than was asked for", async () => {
    for (const answer of [OK.replace("\r\n", "\r\nConnection: close\r\n"), `${OK}more`]) {
      const { get, connections } = await raw((socket) => socket.write(answer));
      for (let n = 0; n < 3; n++) expect(await get()).toMatchObject({ bytes: 2, httpStatus: 200 });
      expect(connections()).toBe(3);
    }
  });

  test("what comes late behind an answer is taken for no other's", async () => {
    const { get, connections } = await raw((socket, { connection }) => {
      socket.write(OK);
      if (connection === 0) setTimeout(() => socket.write(OK), 50);
    });
    await get();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await get()).toMatchObject({ bytes: 2 });
    expect(connections()).toBe(2);
  });

  test("one that nobody has used for a while is closed", async () => {
    let closed = false;
    const { get } = await raw((socket) => {
      socket.once("close", () => {
        closed = true;
      });
      socket.write(OK);
    });
    await get();
    await eventually(() => closed).toBe(true);
  });

  test("when one fails, those that wait get another", async () => {
    const { get } = await raw((socket, { connection }) => (connection < 64 ? socket.destroy() : socket.write(OK)));
    const answers = await Promise.all(Array.from({ length: 300 }, () => get()));
    expect(answers.filter(({ failure }) => failure !== undefined)).toHaveLength(64);
    expect(answers.filter(({ bytes }) => bytes === 2)).toHaveLength(236);
  });
});

describe("what takes too long", () => {
  const HALF = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";

  test("no answer", async () => {
    const { get } = await raw(() => {});
    expect(await get()).toEqual({ bytes: 0, failure: "HEADERS_TIMEOUT: no answer within 0.3 s" });
  });

  test("a head that drips", async () => {
    const { get } = await raw((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Hints\r\n\r\n"), 20);
      socket.once("close", () => clearInterval(timer));
    });
    expect(await get()).toMatchObject({ failure: "HEADERS_TIMEOUT: no answer within 0.3 s" });
  });

  test("a body of which no more comes", async () => {
    const { get } = await raw((socket) => socket.write(HALF));
    expect(await get()).toMatchObject({ bytes: 4, failure: "BODY_TIMEOUT: no byte of the body for 0.3 s" });
  });

  test("but not a body that takes long and comes", async () => {
    const { get } = await raw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
      let n = 0;
      const timer = setInterval(() => {
        socket.write("x");
        if (++n === 10) clearInterval(timer);
      }, 100);
    });
    const begun = performance.now();
    expect(await get()).toEqual({ bytes: 10, httpStatus: 200, contentLength: 10 });
    expect(performance.now() - begun).toBeGreaterThan(600);
  });

  test("no connection: a server that takes none", async () => {
    // TLS never begins.
    const port = await listen(createServer(() => {}));
    const { get } = poolOf(port, { ca: createCertificate([HOST]).caPem });
    expect(await get()).toEqual({ bytes: 0, failure: "CONNECT_TIMEOUT: no connection within 0.3 s" });
  });
});

describe("TLS", () => {
  const certificate = createCertificate([HOST]);

  async function secure(servername: string) {
    const names: unknown[] = [];
    const resumed: boolean[] = [];
    const server = createHttpsServer({ key: certificate.keyPem, cert: certificate.certPem }, (_, response) => {
      response.end("ok");
    });
    server.on("secureConnection", (socket) => {
      names.push(socket.servername);
      resumed.push(socket.isSessionReused());
    });
    const port = await listen(server);
    return { ...poolOf(port, { ca: certificate.caPem, servername }), names, resumed };
  }

  test("names the distribution, and resumes the session on its next connections", async () => {
    const { get, names, resumed } = await secure(HOST);
    await get();
    await Promise.all([get(), get(), get()]);
    expect(names).toEqual([HOST, HOST, HOST]);
    expect(resumed).toEqual([false, true, true]);
  });

  test("a certificate of another name is refused before anything is asked", async () => {
    const { get, names } = await secure("www.example.org");
    expect(await get()).toEqual({ bytes: 0, failure: expect.stringMatching(/^ERR_TLS_CERT_ALTNAME_INVALID: /) });
    expect(names.length).toBeLessThanOrEqual(1);
  });
});

test("an address where nobody listens", async () => {
  expect(await poolOf(1).get()).toEqual({ bytes: 0, failure: expect.stringMatching(/^ECONNREFUSED: /) });
});

test("once it is destroyed, what runs or waits fails, and nothing begins", async () => {
  const { pool, get, requests } = await raw(() => {});
  const running = Array.from({ length: 200 }, () => get());
  await eventually(requests).toBe(128);
  pool.destroy();
  const stopped = { bytes: 0, failure: "STOPPED: the agent has stopped" };
  expect(await Promise.all(running)).toEqual(Array(200).fill(stopped));
  expect(await get()).toEqual(stopped);
  expect(requests()).toBe(128);
});

test("what is cancelled fails at once, also where it waits; other downloads go on", async () => {
  const { pool, get, requests } = await raw((socket, { inAll }) => inAll >= 128 && socket.write(OK));
  const cancellation = new Cancellation();
  const cut = Array.from({ length: 200 }, () => pool.download("/", HEADERS, () => {}, cancellation));
  const other = get();
  await eventually(requests).toBe(128);
  cancellation.cancel();
  const cancelled = { bytes: 0, failure: "CANCELLED: the request has ended" };
  expect(await Promise.all(cut)).toEqual(Array(200).fill(cancelled));
  expect(await other).toEqual({ bytes: 2, httpStatus: 200, contentLength: 2 });
  expect(requests()).toBe(129);
});

test("memory does not grow with the size of the body", async () => {
  const SLICES = 512;
  const slice = Buffer.alloc(1 << 20, 7);
  const { get } = await raw(async (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SLICES * slice.length}\r\n\r\n`);
    for (let n = 0; n < SLICES; n++) if (!socket.write(slice)) await once(socket, "drain");
  });
  const before = process.memoryUsage().rss;
  let most = before;
  let chunks = 0;
  const answer = await get("/", () => {
    if (chunks++ % 64 === 0) most = Math.max(most, process.memoryUsage().rss);
  });
  expect(answer).toMatchObject({ bytes: SLICES * slice.length, httpStatus: 200 });
  expect(chunks).toBeGreaterThan(SLICES);
  expect((most - before) / (1 << 20)).toBeLessThan(100);
});

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
    return { bytes: 0, failure: String(error) };
  } finally {
    await pool.destroy();
  }
}
