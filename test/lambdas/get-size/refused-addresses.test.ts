import { describe, expect, it, onTestFinished } from "vitest";
import { Dns } from "../../../aws/dns.ts";
import { noDistribution } from "../../../domain/request/find-distributions.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";
import { startDnsServer } from "../../../tools/edge/dns.ts";
import { world } from "./world.ts";

/** Get Size with the real look-ups, and a server on loopback that would answer whoever came. */
async function measured(url: string, addressesOf = new Map<string, string[]>(), allowPrivateAddresses = false) {
  const dnsServer = await startDnsServer({
    distributions: new Distributions([{ domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }]),
    addressesOf,
    nearest: ["127.0.0.1"],
  });
  onTestFinished(() => dnsServer.close());
  const dns = new Dns({ servers: [dnsServer.address], allowPrivateAddresses });
  const w = await world({ dns, own: [], item: { pops: [...addressesOf.keys()] } });
  w.lists.objects["r1.csv"] = [[url]];
  await w.handle();
  return { ...w, item: w.requests.the() };
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
    const { item, bad, seen, connections } = await measured(url);
    expect(item).toMatchObject({ status: "FAILED", reason: expect.stringContaining("No URL can be read") });
    const reason = problem.includes("refused") ? "refused_address" : "no_distribution";
    expect(bad()).toEqual([[url, problem, "", reason, ""]]);
    expect([seen, await connections()]).toEqual([[], 0]);
  });

  it("is asked where that is allowed", async () => {
    const { item, seen } = await measured("http://cdn.example.com/1", undefined, true);
    expect(item.status).toBe("CHECK_POP");
    expect(seen).not.toEqual([]);
  });

  it("is not asked at a POP's address that leads inside too", async () => {
    const url = "http://cdn.example.com/1";
    const { bad, seen } = await measured(url, new Map([["SIN2-P1", ["10.0.0.1", "127.0.0.1"]]]));
    expect(bad()).toEqual([[url, expect.stringContaining("private or reserved"), "", "refused_address", ""]]);
    expect(seen).toEqual([]);
  });
});
