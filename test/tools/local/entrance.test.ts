import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestOptions, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEntrance } from "../../../tools/local/entrance.ts";

const KEY = "key";
const CONSOLE_HEADERS = { location: "console/index.html", "content-security-policy": "default-src 'none'" };

/** An emulator that answers with the length of the body that came, and the entrance before it. */
async function entrance(allowedCidrs = "") {
  const emulator = createServer(async (from, to) => {
    let size = 0;
    for await (const chunk of from) size += chunk.length;
    if (from.url?.startsWith("/prod/console")) {
      to.writeHead(302, CONSOLE_HEADERS).end("x".repeat(20_000));
      return;
    }
    to.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        size,
        expect: from.headers.expect,
        authorization: from.headers.authorization,
        origin: from.headers.origin,
        url: from.url,
        names: Object.keys(from.headers),
      }),
    );
  });
  emulator.listen(0, "127.0.0.1");
  await once(emulator, "listening");
  const target = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  const opened = await openEntrance({
    ports: [0],
    target,
    apiKey: KEY,
    allowedCidrs,
    authorization: "signed",
  });
  onTestFinished(async () => {
    await opened.close();
    emulator.close();
  });
  return opened.url.replace("localhost", "127.0.0.1");
}

interface Arrived {
  readonly url: string;
  readonly names: readonly string[];
}

/** Asks for a path as it is: `fetch` would normalise it. @returns the status, and what the emulator saw of it */
async function ask(url: string, path: string, options: Pick<RequestOptions, "method" | "headers"> = {}) {
  const { hostname, port } = new URL(url);
  const asked = request({ ...options, hostname, port, path }).end();
  const [answer]: IncomingMessage[] = await once(asked, "response");
  const text = Buffer.concat((await answer?.toArray()) ?? []).toString();
  return { status: answer?.statusCode, text, seen: text.startsWith("{") ? (JSON.parse(text) as Arrived) : undefined };
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
  const seen: unknown = JSON.parse(Buffer.concat(chunks ?? []).toString());
  expect(seen).not.toHaveProperty("expect");
  expect([answer?.statusCode, seen]).toEqual([
    200,
    expect.objectContaining({ size: body.length, authorization: "signed" }),
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

it("lets the console through without the key, with all its headers, and nothing beside it", async () => {
  const url = await entrance();
  const statusOf = async (path: string, method = "GET") =>
    (await fetch(`${url}${path}`, { method, redirect: "manual" })).status;
  const answer = await fetch(`${url}console`, { redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "console/index.html"]);
  expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'");
  expect(await statusOf("console/main.js")).toBe(302);
  for (const path of ["consoles", "console2", "prewarm?console", "settings"]) expect(await statusOf(path)).toBe(403);
  expect(await statusOf("console", "POST")).toBe(403);
});

describe("a path that is not as the API's routes are", () => {
  it.each([
    "/prod/console/../../restapis",
    "/prod/console/%2e%2e/%2E%2e/restapis",
    "/prod/console/.%2e/restapis",
    "/prod/console/..%2f..%2Frestapis",
    "/prod/console/..%5c..%5crestapis",
    "/prod/console/..\\..\\restapis",
    "/prod/console/./main.js",
    "/prod/console//restapis",
    "/prod/console/..;/restapis",
    "/prod/console/%252e%252e/restapis",
    "/prod/console/..",
    "/prod//console",
    "/prod/%63onsole",
    "/prod/./prewarm",
    "/prod/prewarm?a=1#/../../restapis",
  ])("%s does not reach the emulator, also with the key", async (path) => {
    const url = await entrance();
    for (const headers of [{}, { "x-api-key": KEY }]) {
      const { status, text } = await ask(url, path, { headers });
      expect([status, text]).toEqual([400, expect.stringContaining("path")]);
    }
  });

  it("is none of these", async () => {
    const url = await entrance();
    expect((await ask(url, "/prod/console/main-3f.js")).status).toBe(302);
    const { seen } = await ask(url, "/prod/prewarm?req_id=..%2f..&x=//", { headers: { "x-api-key": KEY } });
    expect(seen?.url).toBe("/prod/prewarm?req_id=..%2f..&x=//");
  });
});

it("passes on the headers that the API reads, and no other", async () => {
  const url = await entrance();
  const read = {
    accept: "*/*",
    "accept-encoding": "gzip",
    "content-type": "text/plain",
    "if-none-match": "x",
    "user-agent": "curl",
    "x-api-key": KEY,
  };
  const foreign = {
    "x-amz-target": "AWSLambda.CreateFunction",
    "x-amz-date": "x",
    "x-amz-security-token": "x",
    cookie: "x",
    "x-forwarded-host": "x",
    "x-http-method-override": "DELETE",
    "x-ministack-account": "x",
    authorization: "x",
  };
  const { seen } = await ask(url, "/prod/prewarm", { headers: { ...read, ...foreign } });
  expect(new Set(seen?.names)).toEqual(new Set([...Object.keys(read), "authorization", "host", "connection"]));
});

it.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s, which no route of the API has", async (method) => {
  const answer = await ask(await entrance(), "/prod/prewarm", { method, headers: { "x-api-key": KEY } });
  expect(answer.status).toBe(403);
});

it("compresses a long answer for who accepts it, as API Gateway does", async () => {
  const url = await entrance();
  const encodingFor = async (accepted: string) => {
    const asked = request(`${url}console`, { headers: { "accept-encoding": accepted } }).end();
    const [answer]: IncomingMessage[] = await once(asked, "response");
    answer?.resume();
    return answer?.headers["content-encoding"];
  };
  expect(await encodingFor("gzip, deflate, br")).toBe("gzip");
  expect(await encodingFor("identity")).toBeUndefined();
});

it("keeps the origin of other pages, which the front refuses, and drops that of the console", async () => {
  const url = new URL(await entrance());
  const originSeen = async (origin: string) => {
    const asked = request(`${url.href}prewarm`, { method: "POST", headers: { "x-api-key": KEY, origin } }).end();
    const [answer]: IncomingMessage[] = await once(asked, "response");
    return JSON.parse(Buffer.concat((await answer?.toArray()) ?? []).toString()).origin;
  };
  expect(await originSeen(`http://${url.host}`)).toBeUndefined();
  expect(await originSeen("http://evil.example")).toBe("http://evil.example");
  expect(await originSeen("null")).toBe("null");
});

it.each([
  ["127.0.0.0/8", 200],
  ["203.0.113.0/24,127.0.0.1", 200],
  ["203.0.113.0/24,2001:db8::/32", 403],
])("with allowedCidrs %s, calls from this machine get %i", async (allowedCidrs, status) => {
  const url = await entrance(allowedCidrs);
  const answers = await Promise.all([
    fetch(`${url}instances`, { headers: { "x-api-key": KEY } }),
    fetch(`${url}console`, { redirect: "manual" }),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual(status === 200 ? [200, 302] : [403, 403]);
  if (status === 403)
    expect(await answers[0]?.json()).toMatchObject({ message: expect.stringMatching(/allowedCidrs/) });
});
