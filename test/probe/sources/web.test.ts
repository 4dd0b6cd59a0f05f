import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { checkAddresses } from "../../../domain/net/addresses.ts";
import { DOCUMENT_LIMITS, type DocumentLimits } from "../../../domain/sources/limits.ts";
import type { DocumentDeps } from "../../../probe/sources/read-document.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { serve } from "../size/server.ts";
import { type Answer, depsAt, SourceProblem, site, walkAll, walkSite } from "./site.ts";

const clock = useVirtualClock({ idleMs: 2 });

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const source = { type: "list", url: "http://site.test/doc?token=secret" } as const;
const LINES = "https://a.test/1\n";
/** Limits that are short enough for a test. */
const limits = { ...DOCUMENT_LIMITS, paceAfterMs: 300, milliseconds: 1_500 };
const to =
  (location: string): Answer =>
  (response) =>
    response.writeHead(302, { location }).end();

const next = 'add a rule that allows requests with a secret header, and send that header in "header"';
const waf =
  (status: number, action: string): Answer =>
  (response) =>
    response.writeHead(status, { "x-amzn-waf-action": action }).end("secret");

/** Why a document that is answered so is refused; undefined: it is read. */
async function refusalOf(answer: Answer, deps: Partial<DocumentDeps> = {}): Promise<string | undefined> {
  const { port } = await site({ "/doc?token=secret": answer });
  return walkAll(depsAt(port, {}, deps), [source]).then(
    () => undefined,
    (error: SourceProblem) => error.message,
  );
}

describe("the response with a document", () => {
  it.each<[string, Answer]>([
    ["was answered with HTTP 404", (response) => response.writeHead(404).end("secret")],
    [
      `was answered by AWS WAF with a challenge (HTTP 200, x-amzn-waf-action: challenge); ${next}`,
      waf(200, "challenge"),
    ],
    [`was answered by AWS WAF with an action (HTTP 202, x-amzn-waf-action); ${next}`, waf(202, "secret <b>")],
    ["was answered with HTTP 202", (response) => response.writeHead(202).end("secret")],
    [
      "has a Content-Encoding that is not gzip",
      (response) => response.writeHead(200, { "content-encoding": "br" }).end("secret"),
    ],
    [
      "is packed twice; one layer of gzip is the limit",
      (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(gzipSync(LINES))),
    ],
    ["is packed twice; one layer of gzip is the limit", gzipSync(gzipSync(LINES))],
    // It ends early.
    ["is not valid gzip", gzipSync(LINES.repeat(100)).subarray(0, 40)],
    ["redirects more than 3 times", to("/doc?token=secret")],
    ["redirects to something other than an http(s) URL at the default port", to("http://site.test:8080/")],
    ["redirects to something other than an http(s) URL at the default port", to("//[")],
  ])("is refused if it %s", async (problem, answer) => {
    expect(await refusalOf(answer)).toBe(`http://site.test/doc ${problem}`);
  });

  it("is not requested again after a challenge of AWS WAF", async () => {
    const { port, seen } = await serve((_, response) =>
      response.writeHead(503, { "x-amzn-waf-action": "challenge" }).end(),
    );
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow("AWS WAF");
    expect(seen).toHaveLength(1);
  });

  it("is requested again after a temporary error", async () => {
    const { port } = await serve((_, response, n) => {
      if (n === 1) response.writeHead(503).end();
      // The second response is incomplete.
      else if (n === 2) response.writeHead(200, { "content-length": 100 }).write(LINES, () => response.destroy());
      else response.writeHead(200).end(LINES);
    });
    expect((await walkAll(depsAt(port), [source])).urls).toEqual(["https://a.test/1"]);
  });

  it("can be compressed by Content-Encoding or as a file", async () => {
    const encoded: Answer = (response, { headers }) => {
      response
        .writeHead(200, { "content-encoding": "gzip", "x-asked": headers["accept-encoding"] })
        .end(gzipSync(LINES));
    };
    const { port, seen } = await site({ "/1": encoded, "/2.gz": gzipSync(LINES.replace("1", "2")) });
    const sources = ["/1", "/2.gz"].map((path) => ({ type: "list" as const, url: `http://site.test${path}` }));
    const { urls } = await clock.frozen(() => walkAll(depsAt(port), sources));
    expect(urls).toEqual(["https://a.test/1", "https://a.test/2"]);
    expect(seen.map(({ headers }) => headers["accept-encoding"])).toEqual(["gzip", "gzip"]);
  });
});

describe("the address of a document", () => {
  it("is requested by the ASCII name if its host is in Unicode, also after a redirect", async () => {
    const looked: string[] = [];
    const addressesOf = async (host: string) => {
      looked.push(host);
      return ["127.0.0.1"];
    };
    // As servers send it: UTF-8 bytes.
    const location = Buffer.from("https://münchen.example/ü").toString("latin1");
    const { port, seen, ca } = await site(
      { "/doc": (response) => response.writeHead(302, { location }).end(), "/%C3%BC": LINES },
      ["xn--bcher-kva.example", "xn--mnchen-3ya.example"],
    );
    await walkAll(depsAt(0, { httpsPort: port, ca, addressesOf }), [
      { type: "list", url: "https://bücher.example/doc" },
    ]);
    const names = ["xn--bcher-kva.example", "xn--mnchen-3ya.example"];
    expect(looked).toEqual(names);
    expect(seen).toMatchObject(
      names.map((name) => ({ servername: name, headers: { host: name, "user-agent": "prewarm" } })),
    );
  });

  it.each([
    ["signed by a trusted authority", "site.test", false],
    ["of the host", "other.test", true],
  ])("must have a certificate %s, whatever the environment says", async (_, host, isTrusted) => {
    vi.spyOn(process, "emitWarning").mockReturnValue(undefined);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const { port, ca, seen } = await site({ "/doc": LINES }, [host]);
    await expect(
      walkAll(depsAt(0, { httpsPort: port, ca: isTrusted ? ca : undefined }), [
        { type: "list", url: "https://site.test/doc" },
      ]),
    ).rejects.toThrow(/^https:\/\/site.test\/doc could not be fetched \(.*(SIGNATURE|CERT).*\)$/);
    expect(seen).toEqual([]);
  });

  it.each([
    [
      "http://169.254.169.254/latest/meta-data/",
      "leads to 169.254.169.254, a private or reserved address, which is refused",
    ],
    ["http://inside.test/", "leads to 10.0.0.1, a private or reserved address, which is refused"],
    ["http://nowhere.test/", "has a host that does not exist in DNS (ENOTFOUND)"],
  ])("is checked after each redirect: %s", async (location, problem) => {
    const { port, seen } = await site({ "/doc?token=secret": to("http://other.test/2"), "/2": to(location) });
    const known: Record<string, string[]> = { "inside.test": ["10.0.0.1"], "empty.test": [] };
    const addressesOf = async (host: string) => {
      if (host === "site.test" || host === "other.test") return ["127.0.0.1"];
      if (host === "nowhere.test") throw Object.assign(new Error("queryA"), { code: "ENOTFOUND" });
      const addresses = known[host] ?? [host.replace(/[[\]]/g, "")];
      checkAddresses(host, addresses, false);
      return addresses;
    };
    const walk = walkAll(depsAt(port, { addressesOf }), [source]);
    await expect(walk).rejects.toThrow(new SourceProblem(`http://site.test/doc ${problem}`));
    expect(seen.length).toBeGreaterThan(1);
  });

  it("is refused if it redirects from https to http", async () => {
    const { port, ca } = await site({ "/doc": to("http://site.test/plain") }, ["site.test"]);
    const plain = await site({ "/plain": LINES });
    const walk = walkAll(depsAt(plain.port, { httpsPort: port, ca }), [{ type: "list", url: "https://site.test/doc" }]);
    await expect(walk).rejects.toThrow(
      new SourceProblem("https://site.test/doc redirects from https to http, which is refused"),
    );
    expect(plain.seen).toEqual([]);
  });

  it("can be redirected three times, and relative URLs are resolved against the last URL", async () => {
    expect(
      (
        await walkSite(
          {
            "/doc?token=secret": to("/1"),
            "/1": to("http://other.test/2"),
            "/2": to("/far/3"),
            "/far/3": "x\n",
          },
          [source],
        )
      ).urls,
    ).toEqual(["http://other.test/far/x"]);
  });
});

describe("the request's headers", () => {
  const header = ["Authorization: secret", "Accept-Encoding: br", "User-Agent: mine"];

  it("are sent to the origin of the source only, and to no other after a redirect", async () => {
    const index = ["http://site.test/own", "http://other.test/other", "http://site.test/away"]
      .map((it) => `<sitemap><loc>${it}</loc></sitemap>`)
      .join("");
    const { port, seen } = await site({
      "/index": `<sitemapindex>${index}</sitemapindex>`,
      "/own": "<urlset/>",
      "/other": "<urlset/>",
      "/away": to("http://other.test/back"),
      "/back": to("http://site.test/end"),
      "/end": "<urlset/>",
    });
    await walkAll(depsAt(port, { header }), [{ type: "sitemap", url: "http://site.test/index" }]);
    expect(seen.map(({ path, headers }) => [path, headers.authorization, headers["user-agent"]])).toEqual([
      ["/index", "secret", "mine"],
      ["/own", "secret", "mine"],
      ["/other", undefined, "prewarm"],
      ["/away", "secret", "mine"],
      ["/back", undefined, "prewarm"],
      ["/end", undefined, "prewarm"],
    ]);
    expect(seen.every(({ headers }) => headers["accept-encoding"] === "gzip")).toBe(true);
  });
});

it("does not suggest a header for AWS WAF if the host does not receive the headers of the request", async () => {
  const index = "<sitemapindex><sitemap><loc>http://other.test/other</loc></sitemap></sitemapindex>";
  const { port } = await site({ "/index": index, "/other": waf(202, "challenge") });
  const walk = walkAll(depsAt(port, { header: ["X-Key: 1"] }), [{ type: "sitemap", url: "http://site.test/index" }]);
  await expect(walk).rejects.toThrow(
    /challenge\); allow this URL in a rule: "header" goes only to the scheme and host of the source's own url$/,
  );
});

describe("the limits of a document", () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000, "\n"));
  const forever: Answer = async (response) => {
    response.writeHead(200).setMaxListeners(0);
    for (let n = 0; !response.destroyed; n++) {
      if (!response.write(`#${String(n).padEnd(60_000)}\n`))
        await Promise.race([once(response, "drain"), once(response, "close")]);
    }
  };
  const drip: Answer = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("#"), 50);
    response.on("close", () => clearInterval(timer));
  };
  const stalling: Answer = (response) => response.writeHead(200).write(bomb.subarray(0, 50_000));
  // Compressed about 4:1: below the limit of the ratio.
  const many = Array.from({ length: 350_000 }, (_, n) => `#${(n * 7_919).toString(36)}xxxxxxxx\n`).join("");

  it("are 50 MB, as docs/recipes.md has it", () => expect(DOCUMENT_LIMITS.unpackedBytes).toBe(50e6));

  it.each<[string, string, Answer, DocumentLimits]>([
    ["a file", "grows by more than 100 times when it is unpacked", bomb, limits],
    ["a body that stalls", "grows by more than 100 times when it is unpacked", stalling, DOCUMENT_LIMITS],
    [
      "many bytes",
      "is larger than 4 MB, which is the limit after unpacking",
      gzipSync(many, { level: 1 }),
      { ...DOCUMENT_LIMITS, unpackedBytes: 4e6 },
    ],
  ])("apply without waiting to %s: it %s", async (_, problem, answer, limits) => {
    expect(await clock.frozen(() => refusalOf(answer, { limits }))).toBe(`http://site.test/doc ${problem}`);
  });

  it.each<[string, Answer]>([
    ["is larger than 10 MB, which is the limit before unpacking", forever],
    ["came slower than 1024 bytes a second", drip],
    [
      "took longer than 1.5 s",
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(`#${"x".repeat(2_000)}\n`), 100);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("apply: %s", async (problem, answer) => {
    const { port, connections } = await site({ "/doc?token=secret": answer });
    const walk = walkAll(depsAt(port, {}, { limits }), [source]);
    await expect(walk).rejects.toThrow(new SourceProblem(`http://site.test/doc ${problem}`));
    await eventually(connections).toBe(0);
  });

  it("apply to all attempts together, and no connection or timer remains", async () => {
    const { port } = await site({ "/doc?token=secret": (response) => response.writeHead(503).end() });
    const short = { ...limits, milliseconds: 200 };
    const addressesOf = () => new Promise<string[]>((done) => setTimeout(() => done(["127.0.0.1"]), 150));
    await expect(walkAll(depsAt(port, { addressesOf }, { limits: short }), [source])).rejects.toThrow(SourceProblem);
    await new Promise((done) => setTimeout(done, 300));
  });

  it("limit memory", async () => {
    // Of this thread: others of the process run other tests.
    const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
    const before = used();
    await clock.frozen(() => refusalOf(bomb, { limits: { ...limits, ratio: 2_000 } }));
    expect(used() - before).toBeLessThan(150e6);
  });
});
