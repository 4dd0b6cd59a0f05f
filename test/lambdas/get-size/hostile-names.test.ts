// Addresses and names that lead where nobody from outside may go, from the body of POST /prewarm to the size probe and the agents:
// none of them leads to a connection, or to a target, that is not CloudFront's.

import { createSocket } from "node:dgram";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { type Answer, decode, encode } from "dns-packet";
import * as z from "zod";
import { resolveTargets } from "../../../domain/plan/resolve-targets.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { Dns } from "../../../probe/dns.ts";
import { times } from "../../collect.ts";
import { world } from "./world.ts";

/** Of what the DNS says: a name's addresses, those of its second and later answers, or what it is an alias of. */
interface DnsRecord {
  readonly a?: readonly string[];
  readonly then?: readonly string[];
  readonly cname?: string;
}
/** By name; `*.cloudfront.net` and `*` stand for any other name. One that is not there does not exist. */
type Zone = Readonly<{ [name: string]: DnsRecord }>;

const PORTS = { httpsPort: 443, httpPort: 80, ca: undefined };
const LOOPBACK = ["127.0.0.1"];
/** The address of CloudFront here, and that of another server (both from RFC 5737). */
const CLOUDFRONT = "192.0.2.1";
const OTHER = ["192.0.2.9"];
const METADATA = "169.254.169.254";
/** A distribution that exists, and one that does not. */
const DOMAIN = "d1.cloudfront.net";
const NO_DOMAIN = "d404.cloudfront.net";

let zone: Zone = {};
const asked = new Map<string, number>();
const server = createSocket("udp4");
let dns: Dns;
beforeAll(async () => {
  server.on("message", (message, { address, port }) => {
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    const { type, name } = question;
    const before = asked.get(`${type} ${name}`) ?? 0;
    asked.set(`${type} ${name}`, before + 1);
    const answers = answersOf(name, type, before > 0);
    const flags = answers === undefined ? 3 : 0;
    server.send(encode({ type: "response", id, flags, questions, answers: answers ?? [] }), port, address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  dns = new Dns({ servers: [`127.0.0.1:${server.address().port}`] });
});
afterAll(() => void server.close());

function answersOf(name: string, type: string, isLater: boolean): Answer[] | undefined {
  const others = name.toLowerCase().endsWith(".cloudfront.net") ? zone["*.cloudfront.net"] : undefined;
  const record = zone[name.toLowerCase()] ?? others ?? zone["*"];
  if (record === undefined) return undefined;
  const { a = [], then = a, cname } = record;
  const alias: Answer[] = cname === undefined ? [] : [{ type: "CNAME", name, ttl: 0, data: cname }];
  if (type === "CNAME") return alias;
  return [...alias, ...(isLater ? then : a).map((data): Answer => ({ type: "A", name: cname ?? name, ttl: 0, data }))];
}

const connectingSchema = z.object({ connectParams: z.object({ hostname: z.string() }) });

/** Sends a request of one URL through the API's check, Get Size and the look-up of targets. @returns what was refused or led to */
async function leadsTo(url: string, says: Zone, cf_domain?: string) {
  zone = says;
  asked.clear();
  const addresses: string[] = [];
  const note = (message: unknown) => void addresses.push(connectingSchema.parse(message).connectParams.hostname);
  const connecting = channel("undici:client:beforeConnect");
  connecting.subscribe(note);
  try {
    const item = accepted({
      url_list: [url],
      cf_domain,
      pops: ["SIN2-P1", "FRA56-P4"],
      timeout: 60,
      instance_count: 0,
    });
    if (item === undefined) return { refused: "by the API", addresses };
    const { after, reasons } = await getSize(item, new URL(url.trim()).href);
    const targets = await resolveTargets(dns, after);
    addresses.push(...targets.flatMap(({ ips }) => ips));
    return { refused: after.status === "FAILED" ? "by Get Size" : undefined, addresses, reasons };
  } finally {
    connecting.unsubscribe(note);
  }
}

function accepted(body: object) {
  try {
    return checkPrewarmRequest(body, { reqId: "r1", now: Date.now(), caps: DEFAULT_CAPS }).item;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

async function getSize(item: RequestItem, url: string) {
  // What Get Size keeps back of its time, and a second to ask in.
  const { handle, lists, requests, bad } = await world({ item, dns, own: [], ports: PORTS, remainingMs: 121_000 });
  lists.objects["r1.csv"] = [[url]];
  await handle();
  return { after: requests.the(), reasons: bad()?.map(([, , , reason]) => reason) };
}

/** Ways to write an IPv4 address, or a URL's host that some reader takes for it. */
function spellings(ip: string) {
  const parts = ip.split(".").map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = whole.toString(16).padStart(8, "0");
  const radix = (prefix: string, base: number) => parts.map((it) => prefix + it.toString(base)).join(".");
  const wide = [...ip].map((it) => (it === "." ? "。" : String.fromCodePoint(0xff10 + Number(it)))).join("");
  return [
    ...[ip, `${ip}.`, `${whole}`, `0x${hex}`, `0${whole.toString(8)}`, radix("0", 8), radix("0x", 16), radix("00", 10)],
    ...[`${a}.${whole % 2 ** 24}`, `${a}.${b}.${whole % 2 ** 16}`, wide, ip.replaceAll(".", "%2E"), `%3${ip}`],
    ...[
      `[::ffff:${ip}]`,
      `[::${ip}]`,
      `[64:ff9b::${ip}]`,
      `[2002:${hex.slice(0, 4)}:${hex.slice(4)}::]`,
      `${ip}.nip.io`,
    ],
    ...[`${ip}:22`, `${DOMAIN}@${ip}`, `${DOMAIN}%40${ip}`, `a:b@${ip}`, `${ip}\\@${DOMAIN}`, `${ip} @${DOMAIN}`],
    ...[`${ip}%00.${DOMAIN}`, `${ip}\t.${DOMAIN}`, `${ip}\n`, `\\${ip}`, `/${ip}`, `${ip};${DOMAIN}`],
  ];
}

const NAMES = [
  ...["0", "0x0", "localhost", "LOCALHOST", "localhost.", "a.localhost", "loc%61lhost", "ｌｏｃａｌｈｏｓｔ", "router"],
  ...["[::1]", "[::]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[2001::1]", "metadata.google.internal"],
  ...[`${DOMAIN}.evil.example`, "d1.cloudfrоnt.net", "xn--cludfront-0bg.net", `${DOMAIN}.`, "d1..cloudfront.net"],
  ...["evilcloudfront.net", "_d1.evil.example", "xn--80ak6aa92e.com", "cloudfront.net", "*.cloudfront.net"],
  ...["evil.example:8080", "evil.example:0", "evil.example:65536", `${DOMAIN}:22`],
];
const HOSTS = [...[...LOOPBACK, METADATA, "10.0.0.1", "0.0.0.0"].flatMap(spellings), ...NAMES];

describe.each<[string, Zone, string?]>([
  ["whose look-ups all lead to this machine", { "*": { a: LOOPBACK } }],
  ["beside a cf_domain", { "*": { a: OTHER }, "*.cloudfront.net": {} }, NO_DOMAIN],
])("a URL's host, %s, is refused", (_, says, cfDomain) => {
  it.each(HOSTS)("%j", async (host) => {
    const { refused, addresses } = await leadsTo(`http://${host}/`, says, cfDomain);
    expect(addresses).toEqual([]);
    expect(refused).toBeDefined();
  });
});

it.each(["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "//127.0.0.1/", "http:127.0.0.1/"])(
  "a URL's scheme is refused: %s",
  async (url) => {
    const { refused, addresses } = await leadsTo(url, { "*": { a: LOOPBACK } });
    expect(addresses).toEqual([]);
    expect(refused).toBe("by the API");
  },
);

it.each([
  ...["127.0.0.1", METADATA, "localhost", "evil.example", "2130706433", "a.localhost", "[::1]", "evil.example:22"],
  `${DOMAIN}.evil.example`,
])("a cf_domain is refused: %s", async (cfDomain) => {
  const says: Zone = { "*": { a: OTHER }, "*.cloudfront.net": {} };
  const { refused, addresses } = await leadsTo("http://www.example.com/", says, cfDomain);
  expect(addresses).toEqual([]);
  expect(refused).toBeDefined();
});

it.each([
  ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.77.0.1"],
  ...["127.255.255.255", "169.254.0.1", "169.254.169.253", METADATA, "169.254.170.2", "172.16.0.1", "172.31.255.255"],
  ...["192.0.0.1", "192.0.0.170", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255"],
  ...["224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
])("a distribution's name that leads to %s is refused", async (address) => {
  const { refused, addresses, reasons } = await leadsTo(`http://${DOMAIN}/`, { "*": { a: [address] } });
  expect([refused, addresses, reasons]).toEqual(["by Get Size", [], ["refused_address"]]);
});

const CHAIN = times(20, (i) => [`${i}.example`, { cname: `${i + 1}.example` }] as const);
it.each<[string, Zone]>([
  ["itself", { "evil.example": { cname: "evil.example" } }],
  ["a name that is an alias of it", { "evil.example": { cname: "b.example" }, "b.example": { cname: "evil.example" } }],
  ["localhost", { "evil.example": { cname: "localhost" }, "*": { a: LOOPBACK } }],
  ["an address", { "evil.example": { cname: "127.0.0.1" }, "*": { a: LOOPBACK } }],
  ["what looks like a distribution", { "evil.example": { cname: `${DOMAIN}.evil.example` }, "*": { a: LOOPBACK } }],
  ["a distribution that leads inside", { "evil.example": { cname: DOMAIN }, "*": { a: LOOPBACK } }],
  ["one with two addresses", { "evil.example": { cname: DOMAIN }, "*": { a: [CLOUDFRONT, "10.0.0.1"] } }],
  ["a chain without end", { "evil.example": { cname: "0.example" }, ...Object.fromEntries(CHAIN) }],
])("an alias of %s is refused", async (_, says) => {
  const { refused, addresses } = await leadsTo("http://evil.example/", says);
  expect(addresses).toEqual([]);
  expect(refused).toBe("by Get Size");
});

it.each(["127.0.0.1", METADATA, "10.0.0.1"])(
  "a name whose later look-ups lead to %s leads to the address that was checked, or nowhere",
  async (later) => {
    const then = [later];
    const says: Zone = { [DOMAIN]: { a: [CLOUDFRONT], then }, "*": { a: then } };
    const { addresses } = await leadsTo(`http://${DOMAIN}/`, says);
    expect(new Set(addresses)).toEqual(new Set([CLOUDFRONT]));
  },
);
