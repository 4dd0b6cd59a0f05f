import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestOptions, request } from "node:http";
import { openEntrance } from "../../../tools/local/entrance.ts";
import { addressOf } from "../../../tools/local/ports.ts";

const KEY = "key";
const WITH_KEY = { "x-api-key": KEY };

/** What the emulator saw of a call. */
interface Arrived {
  readonly url: string;
  readonly size: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An emulator that answers with what has arrived, and the entrance before it. @returns the entrance's port */
async function entrance(allowedCidrs = "") {
  const emulator = createServer(async (from, to) => {
    const { url, headers } = from;
    const size = Buffer.concat(await from.toArray()).length;
    if (url?.startsWith("/prod/console")) to.writeHead(302, { location: "console/index.html" }).end("x".repeat(20_000));
    else to.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ url, headers, size }));
  }).listen(0, "127.0.0.1");
  await once(emulator, "listening");
  const target = `http://127.0.0.1:${addressOf(emulator).port}`;
  const opened = await openEntrance({ ports: [0], target, apiKey: KEY, allowedCidrs, authorization: "signed" });
  onTestFinished(async () => {
    await opened.close();
    emulator.close();
  });
  return Number(new URL(opened.url).port);
}

/** Asks for a path as it is: `fetch` would normalise it. */
async function ask(port: number, path: string, options: Pick<RequestOptions, "method" | "headers"> = {}, body = "") {
  const asked = request({ ...options, hostname: "127.0.0.1", port, path }).end(body);
  const answer: IncomingMessage = (await once(asked, "response"))[0];
  const text = Buffer.concat(await answer.toArray()).toString();
  const seen = answer.statusCode === 200 ? (JSON.parse(text) as Arrived) : undefined;
  return { status: answer.statusCode, headers: answer.headers, text, seen };
}

it("takes a large body as curl sends it: announced by Expect, sent once the server has agreed", async () => {
  const port = await entrance();
  const body = "x".repeat(1_500_000);
  const headers = { ...WITH_KEY, expect: "100-continue", "content-length": body.length };
  const asked = request({ hostname: "127.0.0.1", port, path: "/prod/prewarm", method: "POST", headers });
  asked.flushHeaders();
  await once(asked, "continue");
  asked.end(body);
  const answer: IncomingMessage = (await once(asked, "response"))[0];
  const seen = JSON.parse(Buffer.concat(await answer.toArray()).toString()) as Arrived;
  expect(seen.headers).not.toHaveProperty("expect");
  expect(seen).toMatchObject({ size: body.length, headers: { authorization: "signed" } });
});

// A page's name may lead here.
it.each([
  ["no key", {}, undefined, 403],
  ["another host", WITH_KEY, "evil.example", 403],
  ["another host on this port", WITH_KEY, "evil.example:PORT", 403],
  ["its host without the port", WITH_KEY, "localhost", 403],
  ["its host", WITH_KEY, "LOCALHOST:PORT", 200],
])("%s: %j with the host %s gets %i", async (_, key, host, status) => {
  const port = await entrance();
  const headers = { ...key, ...(host && { host: host.replace("PORT", String(port)) }) };
  expect((await ask(port, "/prod/prewarm", { headers })).status).toBe(status);
});

it("lets the console through without the key, with its headers, and nothing beside it", async () => {
  const port = await entrance();
  for (const path of ["console", "console/main-3f.js"])
    expect(await ask(port, `/prod/${path}`)).toMatchObject({
      status: 302,
      headers: { location: "console/index.html" },
    });
  for (const path of ["consoles", "console2", "prewarm?console", "settings"])
    expect((await ask(port, `/prod/${path}`)).status).toBe(403);
  expect((await ask(port, "/prod/console", { method: "POST" })).status).toBe(403);
});

it.each(["/prod/console/../../restapis", "/prod/console/%2e%2e/%2E%2e/restapis", "/prod/console/..\\..\\restapis"])(
  "%s leads out of the console, and does not reach the emulator",
  async (path) => {
    const port = await entrance();
    for (const headers of [{}, WITH_KEY]) expect((await ask(port, path, { headers })).status).toBe(403);
  },
);

it("passes a query on as it is", async () => {
  const path = "/prod/prewarm?req_id=..%2f..&x=//";
  expect((await ask(await entrance(), path, { headers: WITH_KEY })).seen?.url).toBe(path);
});

it("passes on the headers that the API reads, and no other", async () => {
  const read = {
    accept: "*/*",
    "accept-encoding": "gzip",
    "content-type": "text/plain",
    "if-none-match": "x",
    "user-agent": "curl",
    ...WITH_KEY,
  };
  const foreign = ["x-amz-target", "x-amz-security-token", "cookie", "x-forwarded-host", "x-http-method-override"];
  const headers = { ...read, ...Object.fromEntries([...foreign, "authorization"].map((name) => [name, "x"])) };
  const { seen } = await ask(await entrance(), "/prod/prewarm", { headers });
  expect(Object.keys(seen?.headers ?? {}).sort()).toEqual(
    [...Object.keys(read), "authorization", "host", "connection"].sort(),
  );
  expect(seen?.headers["authorization"]).toBe("signed");
});

it.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s, which no route of the API has", async (method) => {
  expect((await ask(await entrance(), "/prod/prewarm", { method, headers: WITH_KEY })).status).toBe(403);
});

it.each([
  ["gzip, deflate, br", "gzip"],
  ["identity", undefined],
])("a long answer for who accepts %s is encoded as %s, as by API Gateway", async (accepted, encoding) => {
  const { headers } = await ask(await entrance(), "/prod/console", { headers: { "accept-encoding": accepted } });
  expect(headers["content-encoding"]).toBe(encoding);
});

it("passes on no Origin, which the front refuses", async () => {
  const headers = { ...WITH_KEY, origin: "http://localhost" };
  const { status, seen } = await ask(await entrance(), "/prod/prewarm", { method: "POST", headers });
  expect(status).toBe(200);
  expect(seen?.headers).not.toHaveProperty("origin");
});

it.each([
  ["127.0.0.0/8", [200, 302]],
  ["203.0.113.0/24,127.0.0.1", [200, 302]],
  ["203.0.113.0/24,2001:db8::/32", [403, 403]],
])("with allowedCidrs %s, calls from this machine get %j", async (allowedCidrs, statuses) => {
  const port = await entrance(allowedCidrs);
  const answers = [await ask(port, "/prod/instances", { headers: WITH_KEY }), await ask(port, "/prod/console")];
  expect(answers.map(({ status }) => status)).toEqual(statuses);
  if (statuses[0] === 403) expect(answers[0]?.text).toMatch(/allowedCidrs/);
});
