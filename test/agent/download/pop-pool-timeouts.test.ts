import { createServer } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { createCertificate } from "../../../tools/edge/certificate.ts";
import { HOST, listen, poolOf, raw } from "./raw-server.ts";

vi.mock("../../../agent/download/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 300,
  HEADERS_TIMEOUT_MS: 300,
  STALLED_BODY_TIMEOUT_MS: 300,
}));

describe("what takes too long", () => {
  const HALF = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";

  test("no answer", async () => {
    const { get } = await raw(() => {});
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "timeout", code: "HEADERS_TIMEOUT", detail: "no answer within 0.3 s" },
    });
  });

  test("no answer for as long as the pool was told to wait, and no shorter", async () => {
    const port = await listen(createServer(() => {}));
    const begun = performance.now();
    expect(await poolOf(port, undefined, 600).get()).toMatchObject({
      failure: { code: "HEADERS_TIMEOUT", detail: "no answer within 0.6 s" },
    });
    expect(performance.now() - begun).toBeGreaterThan(550);
  });

  test("a head that drips", async () => {
    const { get } = await raw((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Hints\r\n\r\n"), 20);
      socket.once("close", () => clearInterval(timer));
    });
    expect(await get()).toMatchObject({
      failure: { reason: "timeout", code: "HEADERS_TIMEOUT", detail: "no answer within 0.3 s" },
    });
  });

  test("a body of which no more comes", async () => {
    const { get } = await raw((socket) => socket.write(HALF));
    expect(await get()).toMatchObject({
      bytes: 4,
      failure: { reason: "timeout", code: "BODY_TIMEOUT", detail: "no byte of the body for 0.3 s" },
    });
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
    expect(await get()).toEqual({
      bytes: 0,
      failure: { reason: "timeout", code: "CONNECT_TIMEOUT", detail: "no connection within 0.3 s" },
    });
  });
});
