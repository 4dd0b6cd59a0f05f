import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { headersToSend } from "../../../domain/net/headers.ts";
import { DnsLookupError } from "../../../domain/net/resolver.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import { LeaseLostError } from "../../../domain/origin/permit-lease.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { entryPoints } from "../../../probe/size/measure-urls.ts";
import { SizeProbe, type SizeProbeOptions } from "../../../probe/size/size-probe.ts";
import { busiest } from "../../../tools/edge/origin-log.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { serve } from "./server.ts";

useVirtualClock({ idleMs: 2 });

const probes: SizeProbe[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all(probes.splice(0).map((probe) => probe.close()));
});

const newOrigins = () => new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now });

/** A probe that sends the same headers with each request. */
function newProbe(port: number, { header = [], ...options }: Partial<SizeProbeOptions> & { header?: string[] } = {}) {
  const probe = new SizeProbe({
    requestHost: (url: URL) => url.host,
    ports: { httpsPort: port, httpPort: port },
    addressesOf: async () => ["127.0.0.1"],
    request: { req_id: "r1" },
    origins: newOrigins(),
    errorCachingMs: 11_000,
    ...options,
  });
  probes.push(probe);
  return { size: (url: string) => probe.size(url, headersToSend(header)) };
}

/** Responses of a server: one to a HEAD, one to a GET. */
type Answers = Record<"HEAD" | "GET", (response: ServerResponse, request: IncomingMessage) => unknown>;
const refuse = (status: number) => (response: ServerResponse) => response.writeHead(status).end();
const body = "x".repeat(1_234);
const whole = (response: ServerResponse) => response.writeHead(200, { "content-length": 1_234 }).end(body);
const range = (response: ServerResponse, { headers }: IncomingMessage) => {
  if (headers.range !== "bytes=0-0") return refuse(400)(response);
  return response.writeHead(206, { "content-range": "bytes 0-0/1234", "content-length": 1 }).end("x");
};
const reset = (response: ServerResponse) => response.destroy();
const silent = () => undefined;
const URL_OF_SITE = "http://cdn.example.com/a.js?v=1";

/** Asks a server that answers so for the size of a URL. @returns it, and the methods of the requests */
async function probed(answer: Parameters<typeof serve>[0] | Answers, options: Parameters<typeof newProbe>[1] = {}) {
  const { port, seen } = await serve(
    typeof answer === "function" ? answer : (request, response) => answer[request.method as "HEAD"](response, request),
  );
  const size = await newProbe(port, options).size(URL_OF_SITE);
  expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(["/a.js?v=1"]));
  return { size, asked: seen.map(({ method }) => method), seen };
}

describe("a URL's size", () => {
  const KNOWN = { size: 1_234 };
  it.each<[string, Answers, object, string[]]>([
    ["HEAD tells", { HEAD: whole, GET: reset }, KNOWN, ["HEAD"]],
    ["HEAD is refused", { HEAD: refuse(403), GET: range }, KNOWN, ["HEAD", "GET"]],
    // A slow origin does not receive the request again.
    ["HEAD times out", { HEAD: silent, GET: range }, { size: null }, ["HEAD"]],
  ])("%s", async (_, answers, size, asked) => {
    expect(await probed(answers)).toMatchObject({ size, asked });
  });

  it.each([
    // After an overloaded origin has refused a HEAD, each attempt sends one request.
    [503, ["HEAD", "GET", "GET"]],
    [500, ["HEAD", "GET", "HEAD", "GET", "HEAD", "GET"]],
  ])("is unknown after three responses of %i, and the URL is valid", async (status, asked) => {
    const refused = await probed((_, response) => refuse(status)(response), { errorCachingMs: 10 });
    expect(refused).toMatchObject({ size: { size: null }, asked });
  });

  it("is unknown at once where the edge caches the error for minutes", async () => {
    const refused = await probed((_, response) => refuse(503)(response), { errorTtls: () => ({ 503: 60 }) });
    expect(refused).toMatchObject({ size: { size: null }, asked: ["HEAD"] });
  });

  it("does not slow down the origin after a response of AWS WAF, which is not from the origin", async () => {
    const origins = newOrigins();
    const captcha = { "x-amzn-waf-action": "captcha" };
    const { size } = await probed((_, response) => response.writeHead(429, captcha).end(), { origins });
    expect(size).toMatchObject({ problem: expect.stringMatching(/^WAF_CAPTCHA: .*HTTP 429/) });
    expect(origins.limiterFor({ req_id: "r1", host: "cdn.example.com" })).toBeUndefined();
  });

  it("is requested again after the edge's error caching time and the Retry-After of the origin", async () => {
    const at: number[] = [];
    const { size } = await probed(
      (_, response, n) => {
        at.push(performance.now());
        if (n > 2) whole(response);
        else response.writeHead(503, n === 2 ? { "retry-after": "2" } : {}).end();
      },
      { errorCachingMs: 1_200 },
    );
    expect(size).toEqual(KNOWN);
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(1_190);
    expect(third - second).toBeGreaterThanOrEqual(1_990);
  });

  it.each<[string, Parameters<typeof serve>[0], object, Parameters<typeof newProbe>[1]]>([
    [
      "is found after a reset that does not repeat",
      (_, response, n) => (n <= 2 ? reset : whole)(response),
      KNOWN,
      { errorCachingMs: 10 },
    ],
    [
      "is a problem that states the cause if every connection is reset",
      (_, response) => reset(response),
      { problem: expect.stringMatching(/UND_ERR_SOCKET|ECONNRESET/), reason: "connection" },
      {},
    ],
    [
      "is requested from the next address if one does not accept connections",
      (_, response) => whole(response),
      KNOWN,
      { addressesOf: async () => ["127.0.0.2", "127.0.0.1"] },
    ],
  ])("%s", async (_, answer, size, options) => {
    expect((await probed(answer, options)).size).toEqual(size);
  });
  const noName = new DnsLookupError("a.example", "ENOTFOUND", ["192.0.2.53"]);
  it.each<[string, SizeProbeOptions["addressesOf"], object]>([
    // Nothing listens at port 9 of this machine.
    [
      "states the cause if every connection is refused",
      async () => ["127.0.0.1"],
      { problem: expect.stringContaining("ECONNREFUSED"), reason: "connection" },
    ],
    [
      "says that the name does not exist",
      () => Promise.reject(noName),
      { problem: "a.example does not exist in DNS (ENOTFOUND)", reason: "name_not_found" },
    ],
  ])("is a problem that %s", async (_, look, size) => {
    const addressesOf = vi.fn(look);
    expect(await newProbe(9, { addressesOf }).size(URL_OF_SITE)).toEqual(size);
    // A name that does not exist is not looked up again.
    expect(addressesOf).toHaveBeenCalledTimes("reason" in size && size.reason === "name_not_found" ? 1 : 3);
  });

  it("is known without reading the whole body if a server ignores the range", async () => {
    const gigabyte = 2 ** 30;
    let sent = 0;
    const { port } = await serve((request, response) => {
      if (request.method === "HEAD") {
        refuse(403)(response);
        return;
      }
      response.writeHead(200, { "content-length": gigabyte });
      const chunk = Buffer.alloc(2 ** 16);
      const push = () => {
        while (!response.destroyed && sent < gigabyte && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", push).on("error", () => {});
      push();
    });
    expect(await newProbe(port).size("http://cdn.example.com/")).toEqual({ size: gigabyte });
    expect(sent).toBeLessThan(gigabyte / 8);
  });
});

describe("a request of a probe", () => {
  it("has the headers of the prewarm request, also one that is given twice, and the host of the URL", async () => {
    const header = ["X-Twice: 1", "X-Twice: 2", "Accept-Encoding: br", "broken"];
    const { seen } = await probed({ HEAD: refuse(403), GET: range }, { header });
    expect(seen).toHaveLength(2);
    for (const { headers } of seen)
      expect(headers).toMatchObject({ host: "cdn.example.com", "x-twice": "1, 2", "accept-encoding": "br" });
  });

  it.each([
    [60_000, { size: 7 }],
    [70_000, { problem: expect.stringMatching(/overflow/i), reason: "connection" }],
  ])("accepts response headers up to the limit of an agent: %i bytes", async (bytes, expected) => {
    const headers = Object.fromEntries(Array.from({ length: bytes / 1_000 }, (_, n) => [`x-${n}`, "y".repeat(990)]));
    const { size } = await probed((_, response) => response.writeHead(200, { "content-length": 7, ...headers }).end());
    expect(size).toEqual(expected);
  });

  it("is only sent to the ports of http and https", async () => {
    const { port, seen } = await serve((_, response) => whole(response));
    const problem = `has the port ${port}; CloudFront serves http only on port 80 and https only on port 443`;
    expect(await newProbe(port).size(`http://cdn.example.com:${port}/`)).toEqual({ problem, reason: "other" });
    expect(seen).toEqual([]);
  });

  it.each([
    ["the distribution's domain", "d1.cloudfront.net"],
    ["the URL's own host", "cdn.example.com"],
  ])("has the SNI and the Host of %s", async (_, host) => {
    const { port, seen, ca } = await serve((_, response) => whole(response), ["*.cloudfront.net", "cdn.example.com"]);
    const probe = newProbe(port, { requestHost: () => host, ports: { httpsPort: port, httpPort: 9, ca } });
    expect(await probe.size("https://cdn.example.com/")).toEqual({ size: 1_234 });
    expect(seen).toMatchObject([{ servername: host, headers: { host } }]);
  });

  it("is not sent to a server without a valid certificate, whatever the environment says", async () => {
    vi.spyOn(process, "emitWarning").mockReturnValue(undefined);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { port, seen } = await serve((_, response) => whole(response), ["cdn.example.com"]);
    const size = await newProbe(port).size("https://cdn.example.com/");
    expect(size).toEqual({ problem: expect.stringMatching(/self-signed|UNABLE_TO_VERIFY|unable to/i), reason: "tls" });
    expect(seen).toEqual([]);
  });
});

it("reuses a connection for the next URL after a HEAD", async () => {
  const ports = new Set<number | undefined>();
  const { port } = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(200, { "content-length": 7 }).end();
  });
  const probe = newProbe(port);
  for (let n = 0; n < 20; n++) expect(await probe.size(`http://www.example.com/${n}`)).toEqual({ size: 7 });
  expect(ports.size).toBeLessThanOrEqual(2);
});

describe("a size that is requested within the limits of an origin", () => {
  const request = { req_id: "r1", origin: { requests_per_second: 10, concurrency: 2 } };

  it("is requested in its slot: concurrency and requests per second stay within the limits of the prewarm request", async () => {
    const asked: { readonly at: number }[] = [];
    const { port } = await serve((_, response) => {
      asked.push({ at: performance.now() });
      whole(response);
    });
    const probe = newProbe(port, { request });
    const urls = Array.from({ length: 25 }, (_, n) => `http://cdn.example.com/${n}`);
    expect(await Promise.all(urls.map((url) => probe.size(url)))).toEqual(urls.map(() => ({ size: 1_234 })));
    expect(busiest(asked, 1_000)).toBeLessThanOrEqual(10);
  });

  /** Origins whose permits wait for a slot so. */
  const originsWith = (waitForSendSlot: () => number | Promise<number>) => {
    const origins = newOrigins();
    const permit = { lost: undefined, waitForSendSlot, setSuspended: () => undefined, release: () => undefined };
    vi.spyOn(origins, "limiterFor").mockReturnValue({
      isBusy: false,

      acquire: async () => permit,
    });
    return origins;
  };

  it.each([
    ["waits for the next slot after nine that it missed", 9, { size: 1_234 }, [10, 1, 1]],
    ["is unknown after ten slots that it missed", 99, { size: null }, [10, 0, 1]],
  ])("%s, and the connection that it opened stays open", async (_, missed, size, expected) => {
    const { port, seen, connections } = await serve((_, response) => whole(response));
    let slots = 0;
    const origins = originsWith(() => (slots++ < missed ? -1 : 100));
    expect(await newProbe(port, { request, origins }).size("http://cdn.example.com/")).toEqual(size);
    expect([slots, seen.length, await connections()]).toEqual(expected);
  });

  it("is requested on the connection that was opened a minute before its slot", async () => {
    const { port, seen, connections } = await serve((_, response) => whole(response));
    const open: number[] = [];
    const origins = originsWith(async () => {
      await sleep(60_000);
      open.push(await connections());
      return 100;
    });
    expect(await newProbe(port, { request, origins }).size("http://cdn.example.com/")).toEqual({ size: 1_234 });
    expect([open, seen.length]).toEqual([[1], 1]);
  });

  it.each(["keep-alive", "close"])("has an open connection at each slot; connection: %s", async (connection) => {
    const { port, connections } = await serve((_, response) => whole(response.setHeader("connection", connection)));
    const open: number[] = [];
    const origins = originsWith(async () => {
      open.push(await connections());
      return 100;
    });
    const probe = newProbe(port, { request, origins });
    const urls = Array.from({ length: 4 }, (_, n) => `http://cdn.example.com/${n}`);
    for (const url of urls) {
      expect(await probe.size(url)).toEqual({ size: 1_234 });
      await sleep(10);
    }
    expect(await Promise.all(urls.map((url) => probe.size(url)))).toEqual(urls.map(() => ({ size: 1_234 })));
    expect(Math.min(...open)).toBeGreaterThan(0);
  });

  it("is unknown if the host is paused or this process has lost its lease", async () => {
    const { port, seen } = await serve(() => undefined);
    const origins = newOrigins();
    const lease = new AbortController();
    const permit = {
      lost: lease.signal,
      waitForSendSlot: async () => 100,
      setSuspended: () => undefined,
      release: () => undefined,
    };
    const limiterFor = vi.spyOn(origins, "limiterFor").mockReturnValue({ isBusy: false, acquire: async () => permit });
    const asked = newProbe(port, { request, origins }).size("http://cdn.example.com/");
    await eventually(() => seen.length).toBe(1);
    lease.abort(new LeaseLostError());
    expect(await asked).toEqual({ size: null });
    limiterFor.mockReturnValue({
      isBusy: false,

      acquire: () => Promise.reject(new DeferredError(60_000)),
    });
    expect(await newProbe(port, { request, origins }).size("http://cdn.example.com/")).toEqual({ size: null });
  });
});

const POPS = ["SIN2-P1", "BJS9-E1", "FRA56-P4", "NRT57-P3", "IAD89-P1", "SYD1-C1"];

describe("the entry points of a distribution", () => {
  it("are its own domain, then the first five POPs", () => {
    expect(entryPoints({ label: "d1", domain: "d1.cloudfront.net", names: [] }, POPS)).toEqual([
      "d1.cloudfront.net",
      "d1.SIN2-P1.cloudfront.net",
      "d1.BJS9-E1.cloudfront.cn",
      "d1.FRA56-P4.cloudfront.net",
      "d1.NRT57-P3.cloudfront.net",
      "d1.IAD89-P1.cloudfront.net",
    ]);
  });

  it.each([
    ["an alias as cf_domain", { label: "d1", domain: "cdn.example.com", names: [] }, "d1.cloudfront.net"],
    ["an own one in China", { label: "d1", domain: "a.cn", names: ["d1.cloudfront.cn", "a.cn"] }, "d1.cloudfront.cn"],
  ])("are only domains of CloudFront: %s", (_, distribution, name) => {
    expect(entryPoints(distribution, [])).toEqual([name]);
  });
});
