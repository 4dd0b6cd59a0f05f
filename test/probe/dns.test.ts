import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";
import { Dns, dnsServersSchema } from "../../probe/dns.ts";
import { Distributions } from "../../tools/edge/distributions.ts";
import { type DnsServer, startDnsServer } from "../../tools/edge/dns.ts";
import { useVirtualClock } from "../virtual-clock.ts";

useVirtualClock({ idleMs: 2 });

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

it.each([
  ["", []],
  [" 192.0.2.1 , 192.0.2.2:53,", ["192.0.2.1", "192.0.2.2:53"]],
])("the DNS servers %j are %j", (text, servers) => {
  expect(dnsServersSchema.parse(text)).toEqual(servers);
});

it("the DNS says which name does not exist", async () => {
  await expect(dns.addresses("d1.XXX1-P1.cloudfront.net")).rejects.toMatchObject({
    name: "DnsLookupError",
    code: "ENOTFOUND",
    reason: "name_not_found",
    message: "d1.XXX1-P1.cloudfront.net does not exist in DNS (ENOTFOUND)",
  });
});

it("the DNS gives none of a name of which one leads inside, unless that is allowed", async () => {
  const name = "d1.FRA56-P4.cloudfront.net";
  await expect(dns.addresses(name)).rejects.toMatchObject({
    name: "AddressRefusedError",
    message: `${name}: 169.254.169.254 is a private or reserved address, which is refused`,
  });
  const allowing = new Dns({ servers: [server.address], allowPrivateAddresses: true });
  expect(await allowing.addresses(name)).toEqual(["192.0.2.3", "169.254.169.254"]);
});

it.each(["127.0.0.1"])("the DNS is not asked about %s in a name's place", async (literal) => {
  await expect(dns.addresses(literal)).rejects.toMatchObject({ name: "AddressRefusedError" });
});

it("the DNS says what a name is an alias of, if it is one", async () => {
  expect(await dns.alias("cdn.example.com")).toBe(DOMAIN);
  expect(await dns.alias(DOMAIN)).toBeUndefined();
  await expect(dns.alias("nobody.example.com")).rejects.toMatchObject({
    name: "DnsLookupError",
    message: "nobody.example.com does not exist in DNS (ENOTFOUND)",
  });
});

/** A name server that gives these answers in turn, the last one again and again. */
async function answering(...rcodes: ("SERVFAIL" | "NXDOMAIN" | "NOERROR")[]) {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { id = 0, questions = [] } = decode(query);
    const rcode = rcodes[Math.min(asked.length, rcodes.length - 1)] ?? "SERVFAIL";
    const { name = "" } = questions[0] ?? {};
    asked.push(name);
    const answers = rcode === "NOERROR" ? [{ type: "CNAME" as const, name, data: DOMAIN }] : [];
    const flags = { SERVFAIL: 2, NXDOMAIN: 3, NOERROR: 0 }[rcode];
    socket.send(encode({ type: "response", id, flags, questions, answers }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  onTestFinished(() => void socket.close());
  return { dns: new Dns({ servers: [`127.0.0.1:${socket.address().port}`] }), asked };
}

it("a resolver that is down is named, and told from a name that does not exist", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  const down = new Dns({ servers: [`127.0.0.1:${port}`] });
  const message = `The DNS resolver 127.0.0.1:${port} did not answer for d1.SIN2-P1.cloudfront.net (ECONNREFUSED)`;
  await expect(down.addresses("d1.SIN2-P1.cloudfront.net")).rejects.toMatchObject({
    name: "DnsLookupError",
    reason: "dns_unavailable",
    message,
  });
});

it("what a name is an alias of, where the DNS has trouble is asked again", async () => {
  const { dns, asked } = await answering("SERVFAIL", "SERVFAIL", "NOERROR");
  expect(await dns.alias("cdn.example.com")).toBe(DOMAIN);
  expect(asked).toHaveLength(3);
});

it("what a name is an alias of, where the DNS has trouble is an error that says what to do, and not no alias", async () => {
  const { dns } = await answering("SERVFAIL");
  const told = (more: string) =>
    expect.stringMatching(
      `^The DNS resolver 127\\.0\\.0\\.1:\\d+ returned an error for cdn\\.example\\.com \\(ESERVFAIL\\)${more}$`,
    );
  await expect(dns.alias("cdn.example.com")).rejects.toMatchObject({
    name: "AliasUnclearError",
    message: told(", so it is unknown .* cf_domain"),
  });
  await expect(dns.addresses("cdn.example.com")).rejects.toMatchObject({
    reason: "dns_unavailable",
    message: told(""),
  });
});

it("what a name is an alias of is an error at once where the name does not exist", async () => {
  const { dns, asked } = await answering("NXDOMAIN");
  await expect(dns.alias("cdn.example.com")).rejects.toMatchObject({ reason: "name_not_found" });
  expect(asked).toHaveLength(1);
});
