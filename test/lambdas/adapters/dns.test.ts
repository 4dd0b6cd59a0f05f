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
    addressesOf: new Map([["SIN2-P1", ["192.0.2.1", "192.0.2.2"]]]),
    nearest: ["192.0.2.1"],
  });
  dns = new Dns([server.address]);
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

  it("says what a name is an alias of, if it is one", async () => {
    expect(await dns.alias("cdn.example.com")).toBe(DOMAIN);
    expect(await dns.alias(DOMAIN)).toBeUndefined();
    expect(await dns.alias("nobody.example.com")).toBeUndefined();
  });
});
