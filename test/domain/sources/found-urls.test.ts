import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead, type Source, sourceState } from "../../../domain/request/source.ts";
import { FoundUrls, servedHosts, skippedUrls } from "../../../domain/sources/found-urls.ts";
import { times } from "../../collect.ts";
import { request as item, request } from "../../lambdas/items.ts";

const HOST = "www.example.com";
const SOURCES = [
  notYetRead({ type: "list", url: `https://${HOST}/all.txt?sig=secret` }),
  notYetRead({ type: "hls", s3: "s3://media/a.m3u8" }),
];
const own = [`https://${HOST}/own`];
const OPTIONS = {
  request: request({ pops: ["SIN2-P1"] }),
  caps: {},
  callerUrls: own,
  serves: (host: string) => host === HOST,
  sources: SOURCES,
};
const gathered = () => new FoundUrls(OPTIONS);

it("what is shown of a source has no query, and is not too long", () => {
  expect(notYetRead({ type: "list", url: `https://${HOST}/${"x".repeat(8_000)}` }).from).toHaveLength(500);
  expect(SOURCES.map(({ from }) => from)).toEqual([`https://${HOST}/all.txt`, "s3://media/a.m3u8"]);
});

it("each URL is there with the source that named it; the caller's own are before them", () => {
  const all = gathered();
  all.add(1, new Set([`https://${HOST}/a%20b`]), {});
  all.add(2, new Set([`https://${HOST}/c`]), {});
  expect([...all.urls]).toEqual([
    [`https://${HOST}/own`, undefined],
    [`https://${HOST}/a%20b`, 1],
    [`https://${HOST}/c`, 2],
  ]);
  expect(all.remaining).toBe(59_997);
});

it("what is left out is counted by source and reason", () => {
  const all = gathered();
  all.add(2, new Set(), { older: 3, duplicate: 1, other_host: 0 });
  all.add(2, new Set([`https://${HOST}/new`]), { older: 1 });
  expect(all.sources[1]).toMatchObject({ documents: 2, urls: 1 });
  expect(all.sources[1]?.left_out).toEqual({ duplicate: 1, older: 4 });
  expect(all.sources[0]).toEqual(SOURCES[0]);
});

it("a URL that would be left out is told before", () => {
  const all = gathered();
  const refusals = [`https://${HOST}/own`, "https://x.example.net/", `https://${HOST}/new`].map((it) =>
    all.refusal(it, true),
  );
  expect(refusals).toEqual(["duplicate", "other_host", undefined]);
});

it.each([
  [true, ["Accept: image/avif", "User-Agent: x"], [], undefined],
  [true, ["Accept: image/avif", "authorization: Bearer x"], [], "mixed_content"],
  [true, [], ["X-Origin-Token: x"], "mixed_content"],
  [false, ["Cookie: a=b"], [], undefined],
])(
  "an http URL of a document with https %s, by headers %j and a variant with %j",
  (isEncrypted, header, own, refusal) => {
    const variants = [{ name: "v", header: own }];
    const found = new FoundUrls({ ...OPTIONS, request: request({ pops: [], header, variants }) });
    expect(found.refusal(`http://${HOST}/x`, isEncrypted)).toBe(refusal);
    expect(found.refusal(`https://${HOST}/x`, isEncrypted)).toBeUndefined();
  },
);

it("leaves out what no cache keeps, if the request wants that and its distribution is known", () => {
  const distribution_settings = [
    {
      id: "E1",
      price_class: "PriceClass_All" as const,
      error_ttls: {},
      behaviours: [{ path_pattern: "/api/*", uncached: true as const }, { path_pattern: "*" }],
    },
  ];
  const refusalBy = (skip_uncached: boolean, aliases = [HOST]) => {
    const skips = skippedUrls({ skip_uncached, distribution_settings }, [{ id: "E1", domain: "d1.x", aliases }]);
    const all = new FoundUrls({ ...OPTIONS, skips });
    return ["api/a", "a"].map((path) => all.refusal(`https://${HOST}/${path}`, true));
  };
  expect([refusalBy(true), refusalBy(false), refusalBy(true, [])]).toEqual([
    ["uncached", undefined],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

it("it goes on from what a run before has found", () => {
  const first = gathered();
  first.add(1, new Set([`https://${HOST}/a`]), {});
  const second = new FoundUrls({ ...OPTIONS, sources: first.sources, before: [[`https://${HOST}/a`, 1]] });
  expect(second.refusal(`https://${HOST}/a`, true)).toBe("duplicate");
  second.add(2, new Set([`https://${HOST}/b`]), {});
  expect([...second.urls.keys()]).toEqual([...own, `https://${HOST}/a`, `https://${HOST}/b`]);
  expect(second.sources).toMatchObject([{ urls: 1 }, { urls: 1 }]);
});

it("a source is done when nothing of it is pending", () => {
  const all = gathered();
  all.markDone(new Set([2]));
  expect(all.sources.map(({ done }) => done)).toEqual([true, false]);
});

const CAPS = { maxTasks: 1_000_000 };
const SOURCE = notYetRead({ type: "list", url: "https://a.example/list" });

function withUrls(request: RequestItem, urls: readonly string[], leftOut = {}) {
  const all = new FoundUrls({ request, caps: CAPS, callerUrls: [], serves: () => true, sources: [SOURCE] });
  all.add(1, new Set(urls), leftOut);
  return all;
}
const urls = (count: number) => times(count, (i) => `https://a.example/${i}`);
const variants = ["a", "b"].map((name) => ({ name, header: [] }));
const REQUEST = item({ variants: [], pops: ["SIN2-P1"], need_invalidate: false });

it.each([
  ["with more URLs than there may be", REQUEST, urls(60_001), /^sources: .* more than 60000 URLs/],
  ["with too many forms", { ...REQUEST, variants }, urls(30_001), /more than 30000 URLs in 2 variants/],
  [
    "with more tasks than the deployment allows",
    { ...REQUEST, variants, pops: times(60, (i) => `SIN${i}-P1`) },
    urls(10_000),
    /^sources: URLs × variants × POPs: 1200000 tasks exceed this deployment's limit of 1000000/,
  ],
  [
    "with more characters than memory has room for",
    REQUEST,
    urls(7_501).map((url) => url.padEnd(8_000, "x")),
    /have more than 60000000 characters/,
  ],
])("a request is too large: %s", (_, of, all, reason) => expect(withUrls(of, all).limitProblem()).toMatch(reason));

it("a request is too large: a request at the limits is accepted", () => {
  expect(withUrls(REQUEST, urls(60_000)).limitProblem()).toBeUndefined();
  expect(withUrls({ ...REQUEST, variants }, urls(30_000)).limitProblem()).toBeUndefined();
  expect([withUrls(REQUEST, []).remaining, withUrls({ ...REQUEST, variants }, urls(1)).remaining]).toEqual([
    60_000, 29_999,
  ]);
});

it("a request whose sources are read cannot go on: with nothing to warm, and says why", () => {
  expect(withUrls(REQUEST, []).finalProblem()).toBe("sources: contain no URL to warm; they list none");
  expect(withUrls(REQUEST, [], { other_host: 12, not_a_url: 1 }).finalProblem()).toBe(
    "sources: contain no URL to warm; left out: 12 other_host, 1 not_a_url",
  );
});

it("a request whose sources are read cannot go on: with more hosts than can be looked up, without cf_domain", () => {
  const all = times(21, (i) => `https://h${i}.example.com/`);
  expect(withUrls(REQUEST, all).finalProblem()).toMatch(/^cf_domain: is required .* 21$/);
  expect(withUrls({ ...REQUEST, cf_domain: "d1.cloudfront.net" }, all).finalProblem()).toBeUndefined();
});

it("a request whose sources are read cannot go on: with what cannot be invalidated, if that is asked for; the reason names no URL of a document", () => {
  const all = ["https://a.example/x?key=secret*", "https://a.example/y*", "https://a.example/z"];
  expect(withUrls({ ...REQUEST, need_invalidate: true }, all).finalProblem()).toMatch(
    /^need_invalidate: 2 URLs cannot be invalidated; the first, from .*, ends in \*.*\. Nothing was invalidated/,
  );
  expect(withUrls(REQUEST, all).finalProblem()).toBeUndefined();
});

const OWN = [
  { id: "E1", domain: "d1.cloudfront.net", aliases: ["www.example.com", "cdn.example.com"] },
  { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.example.com"] },
];
const ALL = [
  "www.example.com",
  "cdn.example.com",
  "d1.cloudfront.net",
  "img.example.com",
  "other.net",
  "f.foreign.net",
];

function served(cfDomain: string | undefined, ...named: string[]) {
  const urls = named.map((host) => `https://${host}/`);
  return ALL.filter(servedHosts(request({ cf_domain: cfDomain }), urls, OWN));
}

it("the hosts whose URLs are warmed: with cf_domain are all names of its distribution, but not what another one is the better match for", () => {
  const names = ["www.example.com", "cdn.example.com", "d1.cloudfront.net"];
  expect(served("d1.cloudfront.net", "other.net")).toEqual(names);
  expect(served("www.example.com", "img.example.com")).toEqual(names);
  expect(served("d2.cloudfront.net")).toEqual(["img.example.com"]);
});

it("the hosts whose URLs are warmed: of a tenant are its own domains, not those of another tenant of its distribution", () => {
  const tenants = ["a", "b"].map((name) => ({
    id: "E9",
    tenant: `dt_${name}`,
    domain: "d9.cloudfront.net",
    aliases: [`${name}.example`, `www.${name}.example`],
  }));
  const serves = servedHosts(request({ cf_domain: "a.example" }), [], tenants);
  expect(["a.example", "www.a.example", "b.example", "d9.cloudfront.net"].filter(serves)).toEqual([
    "a.example",
    "www.a.example",
  ]);
});

it("the hosts whose URLs are warmed: without are those of every distribution that serves what the caller named", () => {
  expect(served(undefined, "img.example.com")).toEqual(["img.example.com"]);
  expect(served(undefined, "cdn.example.com", "img.example.com")).toEqual(ALL.slice(0, 4));
  expect(served(undefined)).toEqual([]);
});

it("the hosts whose URLs are warmed: of a distribution that is not the account's are cf_domain and what the caller named", () => {
  expect(served("d9.cloudfront.net", "f.foreign.net")).toEqual(["f.foreign.net"]);
  expect(served("f.foreign.net")).toEqual(["f.foreign.net"]);
  expect(served(undefined, "f.foreign.net", "img.example.com")).toEqual(["img.example.com", "f.foreign.net"]);
  // A name of one of the account's own is asked there, whatever the caller named besides.
  expect(served("d9.cloudfront.net", "www.example.com")).toEqual([]);
});

it("a source names the hosts of its address and of its base", () => {
  const sources: Source[] = [
    { type: "list", url: "https://a.foreign.net/a" },
    { type: "list", s3: "s3://media/a", base: "https://b.foreign.net/x/" },
  ];
  const serves = servedHosts(request({ cf_domain: undefined, sources }), [], OWN);
  expect(["a.foreign.net", "b.foreign.net", "c.foreign.net"].map(serves)).toEqual([true, true, false]);
});

it.each([
  ["WAITING", { documents: 0, done: false }, "EXPANDING"],
  ["READING", { documents: 3, done: false }, "EXPANDING"],
  ["READ", { documents: 3, done: true }, "EXPANDING"],
  ["NOT_READ", { documents: 3, done: false }, "STOPPED"],
] as const)("a source is %s with %j of a request at %s", (state, read, status) =>
  expect(sourceState(read, status)).toBe(state),
);
