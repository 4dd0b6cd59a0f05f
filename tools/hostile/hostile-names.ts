/** A way of writing, or of having looked up, a name that leads where nobody from outside may go. */
export interface HostileName {
  readonly what: string;
  readonly url: string;
  readonly cfDomain?: string;
  /** What the DNS says: addresses and aliases by name, `*.cloudfront.net` and `*` for any other name. Addresses after the first are later answers. */
  readonly dns: Readonly<
    Record<string, { readonly a?: readonly string[]; readonly cname?: string; readonly then?: readonly string[] }>
  >;
}

const LOOPBACK = ["127.0.0.1"];
/** The address of CloudFront here, and that of a server that is nobody's business (both from RFC 5737). */
export const CLOUDFRONT_ADDRESS = "192.0.2.1";
const SOMEBODYS = ["192.0.2.9"];
const METADATA = "169.254.169.254";
/** A distribution of somebody, and a label that nobody has. */
const THEIRS = "d1.cloudfront.net";
const NOBODY = "d404.cloudfront.net";

/** Hosts as they may stand in a URL. */
const HOSTS = [
  ...[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
  ],
  ...["127.0.0.1.", "127.000.000.001", "0", "0.0.0.0", "0x0", "localhost", "LOCALHOST", "localhost.", "a.localhost"],
  ...[
    METADATA,
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "0xa9.0xfe.0xa9.0xfe",
    "169.254.43518",
    "169.16689662",
  ],
  ...["10.0.0.1", "10.1", "167772161", "172.16.0.1", "192.168.1.1", "100.64.0.1", "255.255.255.255", "224.0.0.1"],
  ...[
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127%2E0%2E0%2E1",
    "%31%32%37.0.0.1",
    "loc%61lhost",
    "ｌｏｃａｌｈｏｓｔ",
  ],
  ...["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]"],
  ...[
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[::127.0.0.1]",
    "[2001::1]",
  ],
  ...[
    "metadata.google.internal",
    "instance-data.ec2.internal",
    "127.0.0.1.nip.io",
    "7f000001.c0000201.rbndr.us",
    "router",
  ],
  ...[
    `${THEIRS}.evil.example`,
    "d1.cloudfrоnt.net",
    "xn--cludfront-0bg.net",
    "d1.cloudfront.net.",
    "d1..cloudfront.net",
  ],
  ...[
    "evilcloudfront.net",
    "_d1.evil.example",
    "evil.example",
    "xn--80ak6aa92e.com",
    "cloudfront.net",
    "*.cloudfront.net",
  ],
  ...["127.0.0.1:22", "127.0.0.1:80", "evil.example:8080", "evil.example:0", "evil.example:65536", `${THEIRS}:22`],
  ...[
    `${THEIRS}@127.0.0.1`,
    `${THEIRS}%40127.0.0.1`,
    `127.0.0.1\\@${THEIRS}`,
    `127.0.0.1 @${THEIRS}`,
    `a:b@${METADATA}`,
  ],
  ...[
    `127.0.0.1%00.${THEIRS}`,
    `127.0.0.1\t.${THEIRS}`,
    `127.0.0.1\n`,
    "\\127.0.0.1",
    "/127.0.0.1",
    `127.0.0.1;${THEIRS}`,
  ],
];

/** Addresses that a name of CloudFront's may be made to have. */
const ADDRESSES = [
  ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.77.0.1"],
  ...["127.255.255.255", "169.254.0.1", "169.254.169.123", "169.254.169.253", METADATA, "169.254.170.2", "172.16.0.1"],
  ...["172.31.255.255", "192.0.0.1", "192.0.0.170", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1"],
  ...["198.19.255.255", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
];

const byUrl: readonly HostileName[] = HOSTS.flatMap((host) => [
  // Whatever is looked up leads to this machine.
  { what: "in the URL", url: `http://${host}/`, dns: { "*": { a: LOOPBACK } } },
  {
    what: "in the URL, beside a cf_domain",
    url: `http://${host}/`,
    cfDomain: NOBODY,
    dns: { "*": { a: SOMEBODYS }, "*.cloudfront.net": {} },
  },
]);

const bySchemes: readonly HostileName[] = [
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
  "ftp://127.0.0.1/",
  "//127.0.0.1/",
  "http:127.0.0.1/",
].map((url) => ({ what: "by the scheme", url, dns: { "*": { a: LOOPBACK } } }));

const byDomain: readonly HostileName[] = [
  "127.0.0.1",
  METADATA,
  "localhost",
  "evil.example",
  "2130706433",
  "a.localhost",
  "[::1]",
  "evil.example:22",
  `${THEIRS}.evil.example`,
].map((cfDomain) => ({
  what: "as cf_domain",
  url: "http://www.example.com/",
  cfDomain,
  dns: { "*": { a: SOMEBODYS }, "*.cloudfront.net": {} },
}));

const byAddress: readonly HostileName[] = ADDRESSES.map((address) => ({
  what: "a name of CloudFront's that leads inside",
  url: `http://${THEIRS}/`,
  dns: { "*": { a: [address] } },
}));

const through = (what: string, dns: HostileName["dns"]): HostileName => ({ what, url: "http://evil.example/", dns });
const byAlias: readonly HostileName[] = [
  through("an alias of itself", { "evil.example": { cname: "evil.example" } }),
  through("two that are aliases of each other", {
    "evil.example": { cname: "b.example" },
    "b.example": { cname: "evil.example" },
  }),
  through("an alias of localhost", { "evil.example": { cname: "localhost" }, "*": { a: LOOPBACK } }),
  through("an alias of an address", { "evil.example": { cname: "127.0.0.1" }, "*": { a: LOOPBACK } }),
  through("an alias of what looks like CloudFront", {
    "evil.example": { cname: `${THEIRS}.evil.example` },
    "*": { a: LOOPBACK },
  }),
  through("an alias of a name that leads inside", { "evil.example": { cname: THEIRS }, "*": { a: LOOPBACK } }),
  through("an alias of a name with two addresses", {
    "evil.example": { cname: THEIRS },
    "*": { a: [CLOUDFRONT_ADDRESS, "10.0.0.1"] },
  }),
  through(
    "an alias with an endless chain",
    Object.fromEntries([
      ["evil.example", { cname: "1.example" }],
      ...Array.from({ length: 20 }, (_, i) => [`${i + 1}.example`, { cname: `${i + 2}.example` }]),
    ]),
  ),
];

/** The first look-up is harmless, each later one leads inside: what is checked must be what is connected to. */
const byRebinding: readonly HostileName[] = [LOOPBACK, [METADATA], ["10.0.0.1"]].map((then) => ({
  what: "a name that changes its mind",
  url: `http://${THEIRS}/`,
  dns: { [THEIRS]: { a: [CLOUDFRONT_ADDRESS], then }, "*": { a: then } },
}));

export const HOSTILE_NAMES: readonly HostileName[] = [
  ...[byUrl, bySchemes, byDomain, byAddress, byAlias, byRebinding].flat(),
];
