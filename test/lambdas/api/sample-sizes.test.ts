import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { sampleSizes } from "../../../lambdas/api/dry-run-probes.ts";
import type { SizeQuestion } from "../../../probe/size/measure-urls.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { request as item } from "../items.ts";

useVirtualClock({ idleMs: 2 });

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const HOST = "cdn.example.com";
const DISTRIBUTION = { label: "d1", domain: "d1.cloudfront.net", names: [HOST], hosts: [HOST] };
const FORM: SizeQuestion = { url: `http://${HOST}/a`, variants: [undefined] };
const REQUEST = item({ header: ["X-All: 1"], pops: [] });

async function ask(listener: RequestListener, forms = [FORM], request = REQUEST, ms = 2_000) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const names: string[] = [];
  const dns = fakeResolver({
    addresses: async (name: string) => {
      names.push(name);
      return ["127.0.0.1"];
    },
  });
  const ports = { httpsPort: port, httpPort: port };
  const seen = await sampleSizes({ dns, ports, request, distributions: [DISTRIBUTION], timeMs: ms }, forms);
  return { seen, names };
}

describe("a sample of sizes", () => {
  it("is asked at the distribution's own name, with the headers of the variant", async () => {
    const asked: string[] = [];
    const variants = [{ name: "br", header: ["Accept-Encoding: br"] }];
    const { seen, names } = await ask(
      ({ method, url, headers }, answer) => {
        asked.push(`${method} ${url} ${headers.host} ${headers["x-all"]} ${headers["accept-encoding"]}`);
        answer.writeHead(200, { "content-length": "42" }).end();
      },
      [{ url: FORM.url, variants: ["br"] }],
      { ...REQUEST, variants },
    );
    expect(seen).toEqual([{ size: 42 }]);
    expect(names).toEqual(["d1.cloudfront.net"]);
    expect(asked).toEqual([`HEAD /a ${HOST} 1 br`]);
  });

  it("says what cannot be read, and what has no distribution", async () => {
    const { seen } = await ask(
      (_, answer) => void answer.writeHead(404).end(),
      [FORM, { ...FORM, url: "http://a.example/" }],
    );
    expect(seen).toMatchObject([{ problem: "HTTP 404" }, { problem: expect.stringContaining("a.example is no name") }]);
  });

  it("takes no longer than it may: what has not answered has no answer", async () => {
    const before = performance.now();
    const { seen } = await ask(
      ({ url }, answer) => {
        if (url === "/a") answer.writeHead(200, { "content-length": "42" }).end();
      },
      [FORM, { ...FORM, url: `http://${HOST}/slow` }],
      REQUEST,
      300,
    );
    expect(seen).toEqual([{ size: 42 }, undefined]);
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  it("an origin that is overloaded is not waited for", async () => {
    const { seen } = await ask((_, answer) => void answer.writeHead(503).end(), [FORM], REQUEST, 300);
    expect(seen).toEqual([undefined]);
  });
});
