import { createServer, type Socket } from "node:net";
import { createCertificate } from "../../../../tools/edge/certificate.ts";
import { useVirtualClock } from "../../../virtual-clock.ts";
import { HEADERS, HOST, listen, OK, poolOf, raw } from "./raw-server.ts";

useVirtualClock({ idleMs: 2 });

vi.mock("../../../../agent/fetch/http/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 300,
  HEADERS_TIMEOUT_MS: 300,
  STALLED_BODY_TIMEOUT_MS: 300,
  RATE_WINDOW_MS: 500,
}));

describe("what takes too long", () => {
  const HALF = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";

  test("no answer", async () => {
    const { get } = await raw(() => {});
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "timeout", code: "HEADERS_TIMEOUT", detail: "no response within 0.3 s" },
    });
  });

  test("no answer for as long as the pool was told to wait, and no shorter", async () => {
    const port = await listen(createServer(() => {}));
    const begun = performance.now();
    expect(await poolOf(port, undefined, 600).get()).toMatchObject({
      failure: { code: "HEADERS_TIMEOUT", detail: "no response within 0.6 s" },
    });
    expect(performance.now() - begun).toBeGreaterThan(550);
  });

  test("a head that drips", async () => {
    const { get } = await raw((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Hints\r\n\r\n"), 20);
      socket.once("close", () => clearInterval(timer));
    });
    expect(await get()).toMatchObject({
      failure: { reason: "timeout", code: "HEADERS_TIMEOUT", detail: "no response within 0.3 s" },
    });
  });

  test.each(["HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "SSH-2.0-OpenSSH_9.6\r\n"])(
    "but no head is waited for that cannot become good: %j",
    async (head) => {
      const { get } = await raw((socket) => socket.write(head));
      expect(await get()).toMatchObject({ failure: { code: "BAD_ANSWER" } });
    },
  );

  test("a body of which no more comes", async () => {
    const { get } = await raw((socket) => socket.write(HALF));
    expect(await get()).toMatchObject({
      bytes: 4,
      failure: { reason: "timeout", code: "BODY_TIMEOUT", detail: "no byte of the body for 0.3 s" },
    });
  });

  const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n";
  const NO_LENGTH = "HTTP/1.1 200 OK\r\n\r\n";
  test.each([
    ["a body that drips", HALF.replace("10", "1000"), "x", "TOO_SLOW"],
    ["trailers that drip", `${CHUNKED}0\r\n`, "X: 1\r\n", "BODY_TIMEOUT"],
    ["a body that does not end", NO_LENGTH, "x".repeat(10_000), "TOO_LARGE"],
  ])("%s", async (_, beginning, drop, code) => {
    const { pool } = await raw((socket) => drip(socket, beginning, drop, 20));
    const begun = performance.now();
    const answer = await pool.get("/", HEADERS, () => {}, { maxBytes: 100_000 });
    expect(answer).toMatchObject({ failure: { code } });
    expect(answer.bytes).toBeLessThan(300_000);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test("no connection: a server that takes none", async () => {
    // TLS never begins.
    const port = await listen(createServer(() => {}));
    const { get } = poolOf(port, { ca: (await createCertificate([HOST])).caPem });
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "connection", code: "CONNECT_TIMEOUT", detail: "no connection within 0.3 s" },
    });
  });
});

test("a request that waits until it may be sent is sent then, on its connection, and the server is not late meanwhile", async () => {
  const { pool, requests } = await raw((socket) => socket.write(OK));
  let mayBeSent = () => {};
  const beforeSend = () => new Promise<void>((resolve) => (mayBeSent = resolve));
  const answer = pool.get("/", HEADERS, () => {}, { beforeSend });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(requests()).toBe(0);
  mayBeSent();
  expect(await answer).toMatchObject({ bytes: 2, httpStatus: 200 });
  expect(requests()).toBe(1);
});

/** Writes a beginning, and then the same again and again. */
function drip(socket: Socket, beginning: string, drop: string, everyMs: number): void {
  socket.write(beginning);
  const timer = setInterval(() => socket.write(drop), everyMs);
  socket.once("close", () => clearInterval(timer));
}
