import { describe, expect, it, onTestFinished } from "vitest";
import { Dns } from "../../../aws/dns.ts";
import { allowedDistributionsSchema } from "../../../domain/request/distributions.ts";
import { noDistribution } from "../../../domain/request/find-distributions.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { createHandler } from "../../../lambdas/get-size/handler.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";
import { startDnsServer } from "../../../tools/edge/dns.ts";
import { serve } from "../../probe/size/server.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { keysEvent, request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";
import { ownLimits } from "./own-limits.ts";

interface World {
  readonly urls: readonly string[];
  /** Where the distribution's own names lead. */
  readonly nearest: string[];
  readonly pops?: ReadonlyMap<string, string[]>;
  readonly allowPrivateAddresses?: boolean;
}

/** Get Size with the real look-ups, and a server on loopback that would answer whoever came. */
async function measure({ urls, nearest, pops = new Map(), allowPrivateAddresses = false }: World) {
  const { port, seen, connections } = await serve((_, response) => response.writeHead(200).end("secret"));
  const domain = "d1.cloudfront.net";
  const dnsServer = await startDnsServer({
    distributions: new Distributions([{ domain, aliases: ["cdn.example.com"] }]),
    addressesOf: pops,
    nearest,
  });
  onTestFinished(() => dnsServer.close());
  const requests = new FakeRequests(request({ pops: [...pops.keys()] }));
  const lists = new FakeLists({ "r1.csv": urls.map((url) => [url]) });
  const dns = new Dns({ servers: [dnsServer.address], allowPrivateAddresses });
  const ports = { httpsPort: port, httpPort: port };
  const fakes = {
    requests,
    requestPops: new FakeRequestPops(requests),
    lists,
    dns,
    distributions: new FakeDistributions([]),
    ports,
    errorCachingMs: 50,
    ...ownLimits(),
    expandFunction: new FakeAsyncFunction(),
    allowed: allowedDistributionsSchema.parse("*"),
    logger: silent,
  };
  await createHandler(noteCalls<GetSizeDeps>(fakes).deps)(keysEvent({ req_id: "r1" }), {
    getRemainingTimeInMillis: () => 900_000,
  });
  return { item: requests.the(), failed: lists.objects["r1/failed_urls.csv"], seen, connections: await connections() };
}

describe("a URL whose host leads inside", () => {
  it.each([
    [
      "by its name",
      "cdn.example.com",
      "d1.cloudfront.net: 127.0.0.1 is a private or reserved address, which is refused",
    ],
    ["as an address", "127.0.0.1", noDistribution("127.0.0.1")],
    ["as an IPv6 address", "[::1]", noDistribution("[::1]")],
    ["to the metadata service", "169.254.169.254", noDistribution("169.254.169.254")],
  ])("%s is asked neither by HEAD nor by GET", async (_, host, problem) => {
    const url = `http://${host}/latest/meta-data/`;
    const { item, failed, seen, connections } = await measure({ urls: [url], nearest: ["127.0.0.1"] });
    expect(item).toMatchObject({ status: "FAILED", reason: expect.stringContaining("No URL can be read") });
    const reason = problem.includes("refused") ? "refused_address" : "no_distribution";
    expect(failed).toEqual([[url, problem, "", reason, ""]]);
    expect([seen, connections]).toEqual([[], 0]);
  });

  it("is asked where that is allowed", async () => {
    const urls = ["http://cdn.example.com/a"];
    const { item, seen } = await measure({ urls, nearest: ["127.0.0.1"], allowPrivateAddresses: true });
    expect(item.status).toBe("CHECK_POP");
    expect(seen).not.toEqual([]);
  });

  it("is not asked at a POP's address that leads inside too", async () => {
    const pops = new Map([["SIN2-P1", ["10.0.0.1", "127.0.0.1"]]]);
    const { failed, seen } = await measure({ urls: ["http://cdn.example.com/a"], nearest: ["127.0.0.1"], pops });
    const problem = expect.stringContaining("private or reserved");
    expect(failed).toEqual([["http://cdn.example.com/a", problem, "", "refused_address", ""]]);
    expect(seen).toEqual([]);
  });
});
