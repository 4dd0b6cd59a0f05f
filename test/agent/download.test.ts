import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { Pool } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { download } from "../../agent/download.ts";

/** A server of this one handler, and how to download from it; both end with the test. */
async function server(handler: RequestListener) {
  const listening = createServer(handler);
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const pool = new Pool(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await pool.destroy();
    listening.close();
  });
  return (onBytes: (bytes: number) => void = () => {}) =>
    download(pool, { path: "/", headers: ["host", "a.example"] }, onBytes);
}

test("an answer that does not promise a length", async () => {
  const get = await server((_, response) => {
    response.write("12345");
    response.end("678");
  });
  expect(await get()).toEqual({ bytes: 8, httpStatus: 200 });
});

test("hints that come before the answer are none", async () => {
  const get = await server((_, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload", "x-cache": "hint", "x-amz-cf-id": "hint" });
    response.writeHead(203, { "content-length": 2, "x-cache": "Hit" }).end("ok");
  });
  expect(await get()).toEqual({ bytes: 2, httpStatus: 203, contentLength: 2, xCache: "Hit" });
});

test("a header that comes twice", async () => {
  const get = await server((_, response) => {
    response.writeHead(200, ["x-cache", "Miss", "x-cache", "Hit", "content-length", "0"]).end();
  });
  expect(await get()).toMatchObject({ xCache: "Miss, Hit" });
});

test("what comes is no HTTP", async () => {
  const get = await server((_, response) => {
    response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n");
  });
  expect(await get()).toEqual({
    bytes: 0,
    failure: expect.stringMatching(/^(HTTPParserError|HPE_\w+): Response does not match/),
  });
});

test("a dispatcher that is closed", async () => {
  const pool = new Pool("http://127.0.0.1:1");
  await pool.destroy();
  expect(await download(pool, { path: "/", headers: [] }, () => {})).toEqual({
    bytes: 0,
    failure: expect.stringContaining("UND_ERR_DESTROYED"),
  });
});

test("memory does not grow with the size of the body", async () => {
  const slice = Buffer.alloc(1 << 20, 7);
  const SLICES = 512;
  const get = await server((_, response) => {
    response.writeHead(200, { "content-length": slice.length * SLICES });
    const body = function* () {
      for (let n = 0; n < SLICES; n++) yield slice;
    };
    void pipeline(body, response);
  });
  const before = process.memoryUsage().rss;
  let most = before;
  let chunks = 0;
  const answer = await get(() => {
    if (chunks++ % 64 === 0) most = Math.max(most, process.memoryUsage().rss);
  });
  expect(answer).toMatchObject({ bytes: slice.length * SLICES, httpStatus: 200 });
  expect(chunks).toBeGreaterThan(SLICES);
  expect((most - before) / (1 << 20)).toBeLessThan(160);
});
