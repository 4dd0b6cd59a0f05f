import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { WISHES } from "../../tools/lab/load/foreign-page.ts";
import { openFront } from "../../tools/local/front.ts";
import { chromiumLaunch } from "./chromium.ts";

const launch = await chromiumLaunch();
// Names of the foreign page, and of this machine as the page may have it called.
test.use({
  launchOptions: { ...launch, args: [...(launch.args ?? []), "--host-resolver-rules=MAP *.example 127.0.0.1"] },
});

let folder: string;
let site: Server;
let emulator: Server;
let front: Awaited<ReturnType<typeof openFront>>;
const arrived: string[] = [];

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "prewarm-page-"));
  emulator = createServer(({ method, url }, response) => {
    arrived.push(`${method} ${url}`);
    response.end("{}");
  });
  emulator.listen(join(folder, "aws.sock"));
  site = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>foreign"));
  site.listen(0, "127.0.0.1");
  await Promise.all([once(emulator, "listening"), once(site, "listening")]);
  front = await openFront({ socketPath: join(folder, "aws.sock"), accessKeyId: "271828182845" });
});
test.afterAll(async () => {
  await front.close();
  for (const server of [site, emulator]) server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a foreign page reads nothing from the front of the emulator, and nothing of it arrives there", async ({
  page,
}) => {
  await page.goto(`http://evil.example:${(site.address() as AddressInfo).port}/`);
  const targets = ["127.0.0.1", "localhost", "rebound.example"].map((host) => `http://${host}:${front.port}`);
  const { tried, read } = await page.evaluate(attempts, { wishes: WISHES, targets });
  expect(read).toEqual([]);
  expect(tried).toBeGreaterThan(100);
  expect(arrived).toEqual([]);
});

interface Wishes {
  readonly wishes: readonly { readonly method: string; readonly path: string; readonly body: string }[];
  readonly targets: readonly string[];
}

/** Runs in the page: calls with and without a preflight, forms, images and WebSockets. @returns how many, and what could be read */
async function attempts({ wishes, targets }: Wishes): Promise<{ tried: number; read: string[] }> {
  const read: string[] = [];
  let tried = 0;
  const attempt = async (name: string, work: () => Promise<boolean>) => {
    tried++;
    if (await work().catch(() => false)) read.push(name);
  };
  const form = (url: string, method: string, body: string) =>
    new Promise<boolean>((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { name: `frame${tried}` });
      const sent = Object.assign(document.createElement("form"), { action: url, method, enctype: "text/plain" });
      const at = body.indexOf(":") + 1;
      const name = `${body.slice(0, at)}"`;
      sent.append(Object.assign(document.createElement("input"), { name, value: `",${body.slice(at)}` }));
      sent.target = frame.name;
      document.body.append(frame, sent);
      // What is of another origin has no document for the page.
      frame.onload = () => resolve(frame.contentDocument !== null && frame.contentDocument.URL !== "about:blank");
      setTimeout(() => resolve(false), 1_000);
      sent.submit();
    });
  const image = (url: string) =>
    new Promise<boolean>((resolve) => {
      Object.assign(new Image(), { onload: () => resolve(true), onerror: () => resolve(false), src: url });
    });
  const socket = (url: string) =>
    new Promise<boolean>((resolve) => {
      const opened = { onopen: () => resolve(true), onerror: () => resolve(false) };
      Object.assign(new WebSocket(url.replace("http", "ws")), opened);
    });
  const authorization = "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/lambda/aws4_request";
  for (const target of targets) {
    for (const { method, path, body } of wishes) {
      const url = target + path;
      const call = method === "GET" ? { method } : { method, body };
      for (const mode of ["no-cors", "cors"] as const)
        await attempt(`${mode} ${url}`, async () => {
          const answer = await fetch(url, { ...call, mode, headers: { "content-type": "text/plain" } });
          return answer.type !== "opaque";
        });
      await attempt(`signed ${url}`, async () => (await fetch(url, { ...call, headers: { authorization } })).ok);
      if (method === "POST") {
        // It goes as a text/plain POST, and gets no answer.
        await attempt(`beacon ${url}`, async () => navigator.sendBeacon(url, body) && false);
        await attempt(`form ${url}`, () => form(url, method, body));
      } else {
        await attempt(`image ${url}`, () => image(url));
        await attempt(`socket ${url}`, () => socket(url));
      }
    }
  }
  return { tried, read };
}
