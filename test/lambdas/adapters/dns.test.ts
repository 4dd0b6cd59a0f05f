import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dns } from "../../../lambdas/adapters/dns.ts";
import { Distributions } from "../../../local/edge/distributions.ts";
import { type DnsServer, startDnsServer } from "../../../local/edge/dns-server.ts";

const DOMAIN = "d1.cloudfront.net";
let server: DnsServer;
let dns: Dns;

beforeAll(async () => {
  server = await startDnsServer({
    distributions: new Distributions([{ domain: DOMAIN, aliases: ["cdn.example.com"] }]),
    addressesOf: new Map([
      ["SIN2-P1", ["192.0.2.1", "192.0.2.2"]],
      ["FRA56-P4", ["192.0.2.3", "169.254.169.254"]],
    ]),
    nearest: ["192.0.2.1"],
  });
  dns = new Dns({ servers: [server.address] });
});
afterAll(() => server.close());

describe("the DNS", () => {
  it("gives a POP's addresses", async () => {
    expect(await dns.addresses("d1.SIN2-P1.cloudfront.net")).toEqual(["192.0.2.1", "192.0.2.2"]);
  });

  it("says which name does not exist", async () => {
    await expect(dns.addresses("d1.XXX1-P1.cloudfront.net")).rejects.toMatchObject({
      message: "queryA ENOTFOUND d1.XXX1-P1.cloudfront.net",
      syscall: "queryA",
    });
  });

  it("gives none of a name of which one leads inside, unless that is allowed", async () => {
    const name = "d1.FRA56-P4.cloudfront.net";
    await expect(dns.addresses(name)).rejects.toMatchObject({
      name: "AddressRefusedError",
      message: `${name}: 169.254.169.254 is a private or reserved address, which is refused`,
    });
    const allowing = new Dns({ servers: [server.address], allowPrivateAddresses: true });
    expect(await allowing.addresses(name)).toEqual(["192.0.2.3", "169.254.169.254"]);
  });

  it.each(["127.0.0.1", "[::1]", "[fd00:ec2::254]"])("is not asked about %s in a name's place", async (literal) => {
    await expect(dns.addresses(literal)).rejects.toMatchObject({ name: "AddressRefusedError" });
  });

  it("says what a name is an alias of, if it is one", async () => {
    expect(await dns.alias("cdn.example.com")).toBe(DOMAIN);
    expect(await dns.alias(DOMAIN)).toBeUndefined();
    expect(await dns.alias("nobody.example.com")).toBeUndefined();
  });
});
