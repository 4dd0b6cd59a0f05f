import { knownNames, selectPops } from "../../../domain/pops/select.ts";
import { type Caps, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { prewarmBodySchema } from "../../../domain/validation/bodies.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { times } from "../../collect.ts";

const BODY = { url_list: ["https://cdn.example.com/a.js"], timeout: 5, instance_count: 1 };
const LISTS = { pop: "pops", country: "countries", region: "regions" } as const;

const read = (change: object, caps: Partial<Caps> = {}) =>
  checkPrewarmRequest(JSON.parse(JSON.stringify({ ...BODY, ...change })), {
    caps: { ...DEFAULT_CAPS, ...caps },
    reqId: "r",
    now: Date.parse("2024-04-16T03:12:21.046Z"),
  });

it.each([
  [["Accept: */*"], []],
  [
    ["Cookie: a=b", "Authorization: c"],
    ["header: cookie, authorization would be sent without encryption to 2 http:// URLs of url_list. Use https:// URLs"],
  ],
])("http URLs that receive the headers %j have warnings %j", (header, expected) => {
  const url_list = ["http://cdn.example.com/1", "https://cdn.example.com/2", "http://cdn.example.com/3"];
  expect(read({ url_list, header }).warnings).toEqual(expected);
  expect(read({ url_list, variants: [{ name: "v", header }] }).warnings).toEqual(expected);
});

function refusal(change: object, caps: Partial<Caps> = {}): ApiError {
  try {
    read(change, caps);
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 400) return error;
    throw error;
  }
  throw new Error("not refused");
}

it("a request that can be carried out has the defaults where nothing is said", () => {
  const { urls, item, warnings } = read({});
  expect({ urls, warnings }).toEqual({ urls: BODY.url_list, warnings: [] });
  expect(item).toMatchObject({
    req_id: "r",
    created_at: "2024-04-16 03:12:21.046000",
    timeout_at: "2024-04-16 03:17:21.046000",
    pops: selectPops("pop", []).pops,
    header: [],
    instance_count: 1,
    need_invalidate: false,
    variant_names: [],
    verify: "edge",
    downloads: "auto",
    scope: "pop",
  });
  const { sources, cf_domain, variants, origin, max_bytes, max_failures } = item;
  for (const absent of [sources, cf_domain, variants, origin, max_bytes, max_failures]) expect(absent).toBeUndefined();
});

it("a request that can be carried out says what it was told", () => {
  const said = {
    cf_domain: " CDN.Example.com ",
    target_type: "pop",
    pops: ["SIN2-C1", " sin2-c1", "ATL56-C1"],
    timeout: 10_080,
    header: ["Authorization: Bearer x"],
    instance_count: 300,
    need_invalidate: true,
    variants: [
      { name: "br", header: ["Accept-Encoding: br,gzip"] },
      { name: "plain", header: [] },
    ],
    verify: "edge",
    downloads: 1,
    scope: "regional",
    origin: { requests_per_second: 0.5, concurrency: 3 },
    max_failures: 0,
  };
  const { cf_domain: _, target_type, timeout, ...kept } = said;
  expect(read(said, { maxInstances: 300 }).item).toMatchObject({
    ...kept,
    cf_domain: "cdn.example.com",
    pops: ["SIN2-C1", "ATL56-C1"],
    timeout_at: "2024-04-23 03:12:21.046000",
    header_count: 1,
    variant_names: ["br", "plain"],
    instances_asked: 300,
  });
});

it("a request that can be carried out has every URL once, in order, as it is spelt when normalised", () => {
  const a = "https://cdn.example.com/a(1).js";
  const url_list = [
    "https://cdn.example.com/b",
    ` ${a}`,
    "https://CDN.example.com/a(1).js",
    "https://cdn.example.com/b#x",
  ];
  expect(read({ url_list }).urls).toEqual(["https://cdn.example.com/b", a]);
});

it.each([
  [{ cf_domain: "" }, { cf_domain: undefined }],
  [{ cf_domain: "https://d111111abcdef8.cloudfront.net/" }, { cf_domain: "d111111abcdef8.cloudfront.net" }],
  [{ cf_domain: " https://Bücher.example/ " }, { cf_domain: "xn--bcher-kva.example" }],
  [
    { url_list: ["https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"] },
    { url_count: 1, url_prefix: "https://xn--bcher-kva.example/%C3%BC" },
  ],
  [
    { sources: [{ type: "sitemap", url: "https://bücher.example/robots.txt" }] },
    { sources: [{ type: "sitemap", url: "https://xn--bcher-kva.example/robots.txt" }] },
  ],
  [
    { cf_domain: null, header: null, need_invalidate: null },
    { cf_domain: undefined, header: [], need_invalidate: false },
  ],
  [{ pops: ["abc12-p3"] }, { pops: ["ABC12-P3"] }],
  [
    { verify: "off", downloads: 2 },
    { verify: "off", downloads: 2, scope: "pop" },
  ],
  [{ scope: "regional" }, { scope: "regional", downloads: "auto", verify: "edge" }],
  [
    { downloads: null, scope: null },
    { downloads: "auto", scope: "pop" },
  ],
])("a request that can be carried out: %j", (change, expected) => expect(read(change).item).toMatchObject(expected));

describe("the POPs", () => {
  const names = { pop: ["SIN2-C1"], country: ["india"], region: ["jp"] };
  const lists = { pops: names.pop, countries: names.country, regions: names.region };

  describe.each(["pop", "country", "region"] as const)("with target_type %s", (type) => {
    it.each([
      ["its own list counts, no other", { target_type: type, ...lists }, names[type]],
      ["an absent list is its default set", { target_type: type }, []],
      ["an empty list is its default set", { target_type: type, [LISTS[type]]: [] }, []],
      [
        "or without it, the one filled list counts",
        { pops: [], countries: [], regions: null, [LISTS[type]]: names[type] },
        names[type],
      ],
    ])("%s", (_, change, expected) => {
      const { pops } = read(change).item;
      expect(pops).toEqual(selectPops(type, expected).pops);
      expect(pops.length).toBeGreaterThan(0);
    });
  });

  it("without target_type, two filled lists are a fault", () => {
    const { message } = refusal({ pops: ["SIN2-C1"], regions: ["jp"] });
    expect(message).toBe(
      "target_type: is required, because several lists have entries: pops, regions. Use one of pop, region",
    );
  });

  it("an invalid name in an ignored list is no error; a warning says that the list is ignored", () =>
    expect(read({ target_type: "pop", pops: ["SIN2-C1"], countries: ["atlantis"] })).toMatchObject({
      item: { pops: ["SIN2-C1"] },
      warnings: ["countries: ignored, because target_type is pop"],
    }));

  it.each([
    ["region", ["eu", "mars", "Venus"], "regions: unknown 'mars', 'Venus'; known: apac, au, ca, cn, eu, jp, sa, us"],
    ["country", ["atlantis"], `countries: unknown 'atlantis'; known: ${knownNames("country").join(", ")}`],
    ["pop", ["XXX-C1"], `pops: unknown 'XXX-C1'; known: ${knownNames("pop").join(", ")}`],
  ] as const)("an unknown %s is named, and what is known is listed", (target_type, names, message) =>
    expect(sorted(refusal({ target_type, [LISTS[target_type]]: names }).message)).toEqual(sorted(message)),
  );

  it("for a malformed POP at a known site, what is known there", () => {
    const { message } = refusal({ pops: ["SIN2-C1", "SIN9999-C1"] });
    expect(message).toMatch(/^pops: unknown 'SIN9999-C1'; known there: .*SIN2-P1/);
    expect(message).not.toMatch(/FRA/);
  });
});

describe("a request that cannot", () => {
  const timeout = "timeout: is required: whole minutes from 1 to 10080";
  const urls = "url_list: is required: a list of absolute http(s) URLs, at least one";
  const fields = Object.keys(prewarmBodySchema.shape).join(", ");
  it.each([
    [{ url_list: undefined }, urls],
    [{ url_list: BODY.url_list[0] }, `url_list: must be a list of absolute http(s) URLs, not "${BODY.url_list[0]}"`],
    [{ pop: ["SIN2-C1"] }, `unknown field 'pop' (did you mean pops?); the fields are ${fields}`],
    [{ Timeout: 5, x: 1 }, `unknown fields 'Timeout' (did you mean timeout?), 'x'; the fields are ${fields}`],
    [{ url_list: times(21, (i) => `https://h${i}.example.com/`) }, /^cf_domain: is required .* 21$/],
    [{ cf_domain: "not a domain" }, /^cf_domain: 'not a domain' is not a domain name/],
    [{ cf_domain: `${"ü".repeat(62)}.example` }, /^cf_domain: .* is not a domain name/s],
    [{ target_type: "continent" }, "target_type: must be one of pop, country, region"],
    [{ pops: "SIN2-C1" }, "pops: must be a list of strings"],
    [{ timeout: undefined }, timeout],
    [{ timeout: "5" }, 'timeout: must be whole minutes from 1 to 10080, not "5"'],
    [{ timeout: 10_081 }, "timeout: must be whole minutes from 1 to 10080"],
    [{ header: ["A: 1", "B"] }, "header[1]: 'B' is not of the form 'Name: value'"],
    [{ header: Array(51).fill("A: 1") }, "header: must have at most 50 lines"],
    [{ header: Array(3).fill(`A: ${"x".repeat(3_000)}`) }, "header: has 9009 bytes in total; the limit is 8192"],
    [{ instance_count: 301 }, "instance_count: must be a whole number from 0 to 300"],
    [{ need_invalidate: "false" }, "need_invalidate: must be true or false"],
    [{ invalidate: {} }, "invalidate: must have paths or tags; leave it out to invalidate nothing"],
    [{ invalidate: { path: "/*" } }, /^invalidate: unknown field 'path' \(did you mean paths\?\)/],
    [{ invalidate: { paths: [] } }, "invalidate.paths: must have at least one path; leave it out for none"],
    [{ invalidate: { paths: "/*" } }, "invalidate.paths: must be a list of paths, such as '/patch/*'"],
    [{ invalidate: { paths: ["/*"], tags: [] } }, "invalidate.tags: must have at least one tag; leave it out for none"],
    [
      { invalidate: { paths: ["/a", "b", "/*.js"] } },
      /^invalidate.paths: 'b' must begin with .*; invalidate.paths: '\/\*.js' has a \* before/,
    ],
    [{ invalidate: { tags: ["a", "#b"] } }, /^invalidate.tags: '#b' must have .* no # at its beginning/],
    [
      { invalidate: { paths: times(16, (i) => `/${i}/*`) } },
      /^invalidate.paths: has 16 paths with a wildcard; .* accepts 15/,
    ],
    [
      { invalidate: { paths: times(300, (i) => `/${i}`), tags: times(201, String) } },
      /^invalidate: has 501 paths and tags/,
    ],
    [{ invalidate: { tags: times(200, (i) => String(i).padEnd(200, "x")) } }, /^invalidate: has .* 40000 characters/],
    [{ verify: "regional" }, "verify: must be one of edge, off"],
    [{ verify: "addresses" }, 'verify: "addresses" was removed: the addresses of a POP share their cache; use "edge"'],
    [
      { order: "lead-first" },
      "order was removed: the lead's phase is always first; `scope` chooses POPs or regional edge caches",
    ],
    [{ order: "any", orders: 1 }, /^order was removed: .*; unknown field 'orders'/],
    [{ downloads: 3 }, "downloads: must be one of auto, 1, 2 (1 and 2 are numbers)"],
    [{ scope: "rec" }, "scope: must be one of pop, regional"],
    [{ scope: "regional", verify: "off" }, "scope: regional needs verify: edge"],
    [
      { scope: "regional", downloads: 2 },
      "downloads: must be auto or 1 with scope: regional, which downloads an object once per regional edge cache",
    ],
    // The answer names both faults.
    [{ scope: "regional", verify: "off", timeout: 0 }, /^timeout: .*scope: regional needs verify: edge/s],
  ])("%j", (change, message) => {
    const { message: said, errorUrls } = refusal(change);
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(errorUrls).toEqual([]);
  });

  const bad = ["ftp://cdn.example.com/a", "/relative", "", "//cdn.example.com/a", "https://user:pw@cdn.example.com/"];
  const first = "The first, 'ftp://cdn.example.com/a', has the scheme ftp";

  it("tells every bad URL, as it was written, and the first one's fault", () => {
    const { message, errorUrls } = refusal({ url_list: [bad[0], ...BODY.url_list, ...bad.slice(1)] });
    const all = `url_list: 5 of ${BODY.url_list.length + 5} URLs are invalid (see error_urls)`;
    expect(message).toBe(`${all}. ${first}. Use absolute http:// or https:// URLs`);
    expect(errorUrls).toEqual(bad);
  });

  it("tells a cf_domain that is none in one message, though nothing says whose the URLs of its source are", () => {
    const sources = [{ type: "list", s3: "s3://bucket/list.txt" }];
    const { message } = refusal({ cf_domain: "?", url_list: undefined, sources });
    expect(message.split("; ").filter((it) => it.startsWith("cf_domain: "))).toHaveLength(1);
  });

  it("tells them with whatever else is wrong in a field of its own", () => {
    const change = { url_list: bad, cf_domain: "?", header: ["A", "Host: b"], pops: ["XXX-C1"] };
    const { message, errorUrls } = refusal(change);
    expect(errorUrls).toEqual(bad);
    for (const part of [first, "cf_domain: ", "header[0]: ", "header[1]: ", "pops: "]) expect(message).toContain(part);
  });

  it("names what is wrong with other fields beside a field of a wrong type, and what follows from the wrong one only once", () => {
    const change = { timeout: "5", pops: ["XXX-C1"], instance_count: 200, colour: "red", sources: [{ type: "list" }] };
    const { message } = refusal({ ...change, url_list: undefined }, { maxInstances: 4 });
    const faults = message.split("; ").map((fault) => fault.split(":")[0]);
    for (const field of ["timeout", "pops", "instance_count", "sources[0]"]) expect(faults).toContain(field);
    expect(message).toContain("unknown field 'colour'");
    // Whether a distribution is named depends on sources, which are wrong already.
    expect(faults).not.toContain("cf_domain");
    expect(refusal({ target_type: "city", pops: ["SIN2-P1"], regions: ["eu"] }).message).not.toContain("several lists");
  });

  it("asks CloudFront to invalidate what it cannot, and every such URL is told", () => {
    const url_list = ["https://cdn.example.com/a*", "https://cdn.example.com/b", "https://cdn.example.com/c*"];
    expect(read({ url_list }).urls).toEqual(url_list);
    const { message, errorUrls } = refusal({ url_list, need_invalidate: true });
    expect(message).toMatch(
      /^need_invalidate: 2 of \d+ URLs cannot be invalidated \(see error_urls\)\. The first, 'https:\/\/cdn.example.com\/a\*', ends in \*/,
    );
    expect(errorUrls).toEqual([url_list[0], url_list[2]]);
  });

  it("names what is invalidated, each once; single URLs that this covers are no matter", () => {
    const url_list = ["https://cdn.example.com/a*", "https://cdn.example.com/~b"];
    const paths = ["/a*", "/a/b", "/a/*", "/~b", "/%7Eb"];
    const { item, warnings } = read({ url_list, need_invalidate: true, invalidate: { paths, tags: ["V1", "v1"] } });
    expect(item.invalidate).toEqual({ paths: ["/a*", "/%7Eb"], tags: ["v1"] });
    expect(warnings).toEqual([]);
    expect(read({ url_list, invalidate: { paths: ["/A*", "/a*"] } }).warnings).toEqual([
      expect.stringMatching(/^invalidate.paths: '\/A\*' matches none of the URLs in url_list, /),
    ]);
  });

  it("has more URLs than one request may", () => {
    const url_list = times(60_001, (i) => `https://cdn.example.com/${i}`);
    expect(refusal({ url_list }).message).toBe(
      "url_list: has 60001 entries; a request can have at most 60000 different URLs",
    );
    expect(refusal({ url_list: url_list.map((_, i) => `ftp://${i}`) }).errorUrls).toEqual([]);
    expect(read({ url_list: [...url_list.slice(1), "https://cdn.example.com/1"] }).urls).toHaveLength(60_000);
  });

  it("has more names than there are POPs, and is refused before any is looked up", () => {
    const pops = times(1_001, (i) => `${i}`);
    expect(refusal({ pops }).message).toBe("pops: has 1001 entries; a request can have at most 1000 different names");
    expect(read({ countries: times(350_000, () => "japan") }).item.pops).toEqual(selectPops("country", ["japan"]).pops);
  });

  it("has very many faults: the first of each list are told, the others counted", () => {
    const ones = times(100_000, () => 1);
    const { message, errorUrls } = refusal({ url_list: ["ftp://x/", ...ones], pops: ones, timeout: 0 });
    for (const part of ["url_list[1]: ", "url_list[20]: ", "pops[19]: ", "timeout: ", "url_list: 'ftp://x/' "])
      expect(message).toContain(part);
    for (const list of ["url_list", "pops"])
      expect(message).toContain(`${list}: has 99980 more entries that must be strings`);
    expect(message.split("; ").length).toBeLessThan(52);
    expect(errorUrls).toEqual(["ftp://x/"]);
  });

  it("tells at most 50 faults of meaning too", () => {
    const header = times(50, () => "x");
    const { message } = refusal({ header, cf_domain: "?", pops: ["XXX"] });
    expect(message).toMatch(/; and 2 more problems like these$/);
  });

  it("quotes no more of what is wrong than helps", () => {
    const fault = "is not an absolute URL. Use absolute http:// or https:// URLs";
    const short = "x".repeat(100);
    expect(refusal({ url_list: [short] }).message).toBe(`url_list: '${short}' ${fault}`);
    expect(refusal({ url_list: [`${short}y`] }).message).toBe(`url_list: '${"x".repeat(99)}…' ${fault}`);
  });
});

/** A message's words: what is listed may come in any order. */
function sorted(message: string): string[] {
  return message.split(/[ ,;]+/).sort();
}

describe("variants, order and limits", () => {
  const br = { name: "br", header: ["Accept-Encoding: br,gzip"] };

  it.each([
    [{ variants: [] }, "variants: must have at least one variant; leave it out for one"],
    [{ variants: [br, { ...br, header: [] }] }, "variants[1].name: 'br' is also the name of variants[0]"],
    [
      { variants: [br, { name: "b2", header: ["accept-encoding:  br,gzip"] }] },
      "variants[1].header: sends the same headers as variants[0], so it would warm the same object",
    ],
    [
      {
        variants: [
          { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
          { name: "plain", header: [] },
        ],
      },
      "variants[1].header: sends the same headers as variants[0], so it would warm the same object",
    ],
    [{ variants: [{ name: "a b", header: [] }] }, "variants[0].name: 'a b' must have 1 to 32 letters, digits"],
    [
      { variants: [{ name: "a", header: ["Range: bytes=0-1"] }] },
      "variants[0].header[0]: 'Range: bytes=0-1' sets Range",
    ],
    [
      { header: ["Accept-Encoding: gzip"], variants: [br] },
      "variants[0].header: accept-encoding is also in header and would be sent twice; remove it from header",
    ],
    [{ variants: [{ name: "a", headers: [] }] }, "unknown field 'headers' (did you mean header?)"],
    [{ variants: times(9, (i) => ({ name: `v${i}`, header: [`X-V: ${i}`] })) }, "at most 8 variants"],
    [
      { header: ["A: b"], variants: [{ name: "a", header: [`X: ${"y".repeat(8_186)}`] }] },
      "header and variants: has 819",
    ],
    [
      {
        url_list: times(30_001, (i) => `https://cdn.example.com/${i}`),
        variants: [br, { name: "plain", header: [] }],
        pops: ["SIN2-C1"],
      },
      "variants: 30001 URLs × 2 variants are 60002; the limit is 60000",
    ],
    [{ origin: { requests_per_second: 0 } }, "origin.requests_per_second: must be more than 0"],
    [{ origin: { concurrency: 1.5 } }, "origin.concurrency: must be a whole number from 1 to 10000"],
    [{ origin: { rps: 1 } }, "unknown field 'rps'"],
    [{ max_failures: -1 }, "max_failures: must be a whole number of tasks, from 0"],
  ])("%#: bad input is named", (change, message) => expect(refusal(change).message).toContain(message));

  it("variants count as tasks, and the message says so", () => {
    const change = { variants: [br, { name: "plain", header: [] }], pops: ["SIN2-C1", "ATL56-C1"] };
    expect(refusal(change, { maxTasks: 3 }).message).toContain("URLs × variants × POPs");
  });
});
