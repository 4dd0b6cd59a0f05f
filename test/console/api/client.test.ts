import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { createClient } from "../../../console/api/client.ts";
import { LostError, RefusedError } from "../../../console/api/errors.ts";
import { DENIED_BY_POLICY } from "../../../domain/validation/api-error.ts";

async function apiThatSays(status: number, body: string) {
  const seen: { url?: string | undefined; key?: string | string[] | undefined; body?: string }[] = [];
  const server = createServer(async (from, to) => {
    const chunks = await from.toArray();
    seen.push({ url: from.url, key: from.headers["x-api-key"], body: Buffer.concat(chunks).toString() });
    to.writeHead(status, { "x-amzn-requestid": "aws-1" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  let refused = 0;
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prod/`);
  return { seen, client: createClient("secret", base, () => refused++), refused: () => refused };
}

const ANSWER = z.object({ a: z.number() });

it("sends the key as a header, never in the address", async () => {
  const { client, seen } = await apiThatSays(200, '{"a":1}');
  expect(await client.get("prewarm?req_id=x", ANSWER)).toEqual({ a: 1 });
  await client.post("prewarm", { b: 2 }, ANSWER);
  expect(seen).toEqual([
    { url: "/prod/prewarm?req_id=x", key: "secret", body: "" },
    { url: "/prod/prewarm", key: "secret", body: '{"b":2}' },
  ]);
});

it("a refusal has the API's own words, its bad URLs, and the id for the log", async () => {
  const body = { status: "Failed", error_message: "url_list: no", error_urls: ["ftp://x"] };
  const { client, refused } = await apiThatSays(400, JSON.stringify(body));
  const error = await client.get("prewarm", ANSWER).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ message: "url_list: no", status: 400, errorUrls: ["ftp://x"], awsRequestId: "aws-1" });
  expect(refused()).toBe(0);
});

it("a key that is not taken is told to who keeps it", async () => {
  const { client, refused } = await apiThatSays(403, '{"message":"no key"}');
  await expect(client.get("instances", ANSWER)).rejects.toThrow("no key");
  expect(refused()).toBe(1);
});

it("an address that the API denies is no wrong key", async () => {
  const { client, refused } = await apiThatSays(403, JSON.stringify({ message: DENIED_BY_POLICY }));
  await expect(client.get("instances", ANSWER)).rejects.toThrow(/allowedCidrs/);
  expect(refused()).toBe(0);
});

it("what is no JSON is a refusal with the status, and no answer where it says 200", async () => {
  await expect((await apiThatSays(502, "<html>")).client.get("x", ANSWER)).rejects.toThrow("HTTP 502");
  await expect((await apiThatSays(200, "<html>")).client.get("x", ANSWER)).rejects.toBeInstanceOf(LostError);
});

it("no connection is a LostError", async () => {
  const client = createClient("k", new URL("http://127.0.0.1:1/"), () => {});
  await expect(client.get("x", ANSWER)).rejects.toBeInstanceOf(LostError);
});
