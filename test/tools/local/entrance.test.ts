import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { openEntrance } from "../../../tools/local/entrance.ts";

const KEY = "key";

/** An emulator that answers with the length of the body that came, and the entrance before it. */
async function entrance() {
  const emulator = createServer(async (from, to) => {
    let size = 0;
    for await (const chunk of from) size += chunk.length;
    to.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({ size, expect: from.headers.expect, authorization: from.headers.authorization }),
    );
  });
  emulator.listen(0, "127.0.0.1");
  await once(emulator, "listening");
  const target = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  const opened = await openEntrance({ port: await freePort(), target, apiKey: KEY, authorization: "signed" });
  onTestFinished(async () => {
    await opened.close();
    emulator.close();
  });
  return opened.url.replace("localhost", "127.0.0.1");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

it("takes a large body as curl sends it: announced by Expect, sent once the server has agreed", async () => {
  const url = await entrance();
  const body = "x".repeat(1_500_000);
  const headers = { "x-api-key": KEY, expect: "100-continue", "content-length": body.length };
  const asked = request(`${url}prewarm`, { method: "POST", headers });
  asked.flushHeaders();
  await once(asked, "continue");
  asked.end(body);
  const [answer]: IncomingMessage[] = await once(asked, "response");
  const chunks = await answer?.toArray();
  expect([answer?.statusCode, JSON.parse(Buffer.concat(chunks ?? []).toString())]).toEqual([
    200,
    { size: body.length, authorization: "signed" },
  ]);
});

it("refuses what has no key", async () => {
  const answer = await fetch(`${await entrance()}prewarm`);
  expect(answer.status).toBe(403);
});

it("refuses a host that is not its own, even with the key: a page's name may lead here", async () => {
  const url = await entrance();
  const { port } = new URL(url);
  const statusOf = async (host: string) => {
    const asked = request(`${url}prewarm`, { headers: { host, "x-api-key": KEY } }).end();
    const [answer]: IncomingMessage[] = await once(asked, "response");
    answer?.resume();
    return answer?.statusCode;
  };
  expect(await statusOf("evil.example")).toBe(403);
  expect(await statusOf(`evil.example:${port}`)).toBe(403);
  expect(await statusOf("localhost")).toBe(403);
  expect(await statusOf(`LOCALHOST:${port}`)).toBe(200);
});
