import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { times } from "../../collect.ts";

type Asked = Record<string, string | string[]>;
const BASE = "https://www.example.com/";

/** The item of a body with these fields, and what is wrong with it. */
function checkBody(change: object) {
  try {
    const body = { timeout: 5, instance_count: 3, ...change };
    const rules = { reqId: "r", now: Date.now(), caps: DEFAULT_CAPS, sourceBuckets: ["media", "docs/site/*"] };
    return { problems: [], item: checkPrewarmRequest(body, rules).item };
  } catch (error) {
    if (error instanceof ApiError) return { problems: error.message.split(/; (?=sources)/), item: undefined };
    throw error;
  }
}

const check = (...sources: readonly Asked[]) => checkBody({ cf_domain: "www.example.com", sources });

it.each<Asked>([
  { type: "list", url: "https://docs.example.net/all.txt?sig=a%20b" },
  { type: "list", s3: "s3://media/all urls.txt" },
  { type: "sitemap", url: "https://www.example.com/sitemap.xml", since: "2026-04-16" },
  { type: "sitemap", s3: "s3://docs/site/sitemap.xml.gz", since: "2026-04-16T03:12:21.5+02:00" },
  { type: "hls", url: "https://www.example.com/master.m3u8" },
  { type: "dash", s3: "s3://media/film/manifest.mpd", base: "https://www.example.com/film/" },
  { type: "s3-prefix", s3: "s3://media/", base: BASE },
  { type: "s3-prefix", s3: "s3://docs/site/a", base: BASE, origin_path: "/site" },
])("sources that can be read: %j", (source) => {
  const { item, problems } = check(source);
  expect(problems).toEqual([]);
  expect(item).toMatchObject({ url_count: 0, sources: [source], sources_read: [{ urls: 0, done: false }] });
});

it("sources that can be read have their addresses spelled as those of url_list", () => {
  const { item } = check(
    { type: "list", url: " HTTPS://Docs.Example.net/a b#x" },
    { type: "s3-prefix", s3: "s3://media/", base: "https://WWW.example.com", origin_path: "/static/" },
    { type: "hls", s3: "s3://media/a/b.m3u8", base: "https://bücher.example/a", hosts: ["Bücher.example", "A.test"] },
  );
  expect(item?.sources).toEqual([
    { type: "list", url: "https://docs.example.net/a%20b" },
    { type: "s3-prefix", s3: "s3://media/", base: BASE, origin_path: "/static" },
    {
      type: "hls",
      s3: "s3://media/a/b.m3u8",
      base: "https://xn--bcher-kva.example/a",
      hosts: ["xn--bcher-kva.example", "a.test"],
    },
  ]);
});

it.each<[Asked, string]>([
  ...["https://a.test", "a.test/x", "a.test:443", "", "a".repeat(254)].map((host): [Asked, string] => [
    { type: "hls", url: "https://a.test/", hosts: ["b.test", host] },
    "sources[0].hosts: must be a list of host names, such as media.example.net",
  ]),
  [{ type: "hls", url: "https://a.test/", hosts: times(11, (n) => `${n}.test`) }, "sources[0].hosts: has 11 entries"],
  [{ type: "s3-prefix", s3: "s3://media/a", base: BASE, hosts: ["b.test"] }, "sources[0].hosts: does not apply"],
  [{ type: "list" }, "sources[0]: needs exactly one of url (https://…) and s3 (s3://bucket/key)"],
  [{ type: "list", url: "https://a.example/", s3: "s3://media/a" }, "sources[0]: needs exactly one of url"],
  [{ type: "list", url: "http://a.example/" }, "sources[0].url: must be an https:// URL"],
  [{ type: "list", url: "https://a.example:8443/" }, "sources[0].url: has the port 8443"],
  [{ type: "list", s3: "media/a.txt" }, "sources[0].s3: must be of the form s3://bucket/key"],
  [{ type: "list", s3: "s3://media/" }, "sources[0].s3: names only a bucket, not an object"],
  [{ type: "list", s3: `s3://media/${"ü".repeat(513)}` }, "sources[0].s3: has a key of more than 1024 bytes"],
  [{ type: "list", s3: "s3://docs/a.txt" }, "sources[0].s3: is not in the buckets that this deployment may read"],
  [{ type: "s3-prefix", s3: "s3://media/a" }, "sources[0]: s3-prefix needs s3 (s3://bucket/prefix) and base"],
  [
    { type: "s3-prefix", url: "https://a.example/", s3: "s3://media/a", base: BASE },
    "sources[0].url: does not apply to s3-prefix",
  ],
  [{ type: "hls", url: "https://a.example/a", base: BASE }, "sources[0].base: applies only to sources in a bucket"],
  [{ type: "hls", s3: "s3://media/a", base: `${BASE}?x=1` }, "sources[0].base: must have no query"],
  [{ type: "hls", s3: "s3://media/a", origin_path: "/a" }, "sources[0].origin_path: applies only to s3-prefix"],
  [
    { type: "s3-prefix", s3: "s3://media/a", base: BASE, origin_path: `/${"a".repeat(1_024)}` },
    "sources[0].origin_path: must have at most 1024 bytes",
  ],
  [
    { type: "sitemap", url: "https://a.example/", since: `2026-04-16T00:00:00.${"0".repeat(500_000)}Z` },
    "sources[0].since: must be a date or a time with its zone",
  ],
  [
    { type: "s3-prefix", s3: "s3://media/a", base: BASE, origin_path: "static" },
    "sources[0].origin_path: must be a path that begins with /",
  ],
  [{ type: "list", s3: "s3://media/a", since: "2026-04-16" }, "sources[0].since: applies only to sitemap"],
  [{ type: "sitemap", s3: "s3://media/a", since: "yesterday" }, "sources[0].since: must be a date or a time"],
])("what is wrong with a source is told with its place: %j: %s", (source, problem) =>
  expect(check(source).problems).toEqual([expect.stringContaining(problem)]),
);

it("what is wrong with a source is told with its place: of each of them, and every fault", () => {
  const { problems } = check({ type: "list" }, { type: "hls", url: "x", since: "y", origin_path: "z" });
  expect(problems.map((it) => it.split(":", 1)[0]).sort()).toEqual([
    ...["sources[0]", "sources[1].origin_path", "sources[1].origin_path", "sources[1].since", "sources[1].since"],
    "sources[1].url",
  ]);
});

it("without anything that tells whose URLs are meant, cf_domain is needed", () => {
  const inBucket = { type: "list", s3: "s3://media/a" };
  expect(checkBody({ sources: [inBucket] }).problems[0]).toMatch(/^cf_domain: is required, because neither/);
  for (const named of [
    { cf_domain: "www.example.com" },
    { url_list: [BASE] },
    { sources: [{ ...inBucket, base: BASE }] },
  ])
    expect(checkBody({ sources: [inBucket], ...named }).problems).toEqual([]);
});
