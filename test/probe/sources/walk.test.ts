import type { Source } from "../../../domain/request/source.ts";
import type { Buckets } from "../../../domain/sources/buckets.ts";
import { Walk, walkStateSchema } from "../../../probe/sources/walk.ts";
import { times } from "../../collect.ts";
import {
  type Answer,
  bucketsWith,
  depsAt,
  foundFor,
  noBuckets,
  SourceProblem,
  site,
  walkAll,
  walkSite,
} from "./site.ts";

/** Deps of a walk that reads these objects and sends no HTTP requests. */
const inBuckets = (objects: Readonly<Record<string, string>>) => depsAt(0, {}, { buckets: bucketsWith(objects) });
const failing = (name: string) => {
  const fail = () => Promise.reject(Object.assign(new Error("secret"), { name }));
  return depsAt(0, {}, { buckets: { read: fail, list: fail } });
};

/** Stops a walk after each document. */
const aStep = () => "a step";

describe("the keys below a prefix", () => {
  const source: Source = { type: "s3-prefix", s3: "s3://my-bucket/static/", base: "https://a.test" };
  const keys = [
    "static/",
    "static/a b.png",
    "static/a+b.png",
    "static/50%.png",
    "static/été/日本.png",
    "static/../x",
    "other/x",
  ];
  const objects = Object.fromEntries(keys.map((it) => [`my-bucket/${it}`, ""]));
  const PATHS = ["a%20b.png", "a%2Bb.png", "50%25.png", "%C3%A9t%C3%A9/%E6%97%A5%E6%9C%AC.png"];

  it.each<[string, Partial<Source>, string[], object]>([
    ["behind the base", {}, PATHS.map((it) => `https://a.test/static/${it}`), { folder: 1, not_a_url: 1 }],
    [
      "without the origin path",
      { origin_path: "/static" },
      PATHS.map((it) => `https://a.test/${it}`),
      { folder: 1, not_a_url: 1 },
    ],
    ["that the origin path does not lead to", { origin_path: "/stat" }, [], { folder: 1, not_a_url: 5 }],
  ])("are URLs %s", async (_, more, urls, leftOut) => {
    expect(await walkAll(inBuckets(objects), [{ ...source, ...more }])).toMatchObject({ urls, leftOut });
  });

  it.each([1, 2, 4])("are URLs of each of %i sources that read them for hosts of their own", async (count) => {
    const bases = times(count, (i) => `https://host${i}.test`);
    const { urls } = await walkAll(
      inBuckets(objects),
      bases.map((base) => ({ ...source, base })),
    );
    expect(urls).toEqual(bases.flatMap((base) => PATHS.map((it) => `${base}/static/${it}`)));
  });

  const many = (n: number) =>
    inBuckets(Object.fromEntries(Array.from({ length: n }, (_, i) => [`my-bucket/static/${i}`, ""])));

  it("are read one page per step, and the next run continues with the next page", async () => {
    const found = foundFor([source]);
    const first = new Walk(many(2_500), [source], found);
    expect(await first.read(aStep)).toBe("a step");
    expect(found.urls.size).toBe(1_000);
    const state = walkStateSchema.parse(JSON.parse(JSON.stringify(first.state())));
    expect(state).toMatchObject({ pending: [{ token: "1000" }], documents: 1 });
    const { urls, steps } = await walkAll(many(2_500), [source], { state });
    expect([urls.length, steps, urls.at(-1)]).toEqual([1_500, 2, "https://a.test/static/2499"]);
  });

  it("count toward the URL and document limits of the request", async () => {
    const problem = "s3://my-bucket/static/ names more than 500 URLs; a request has at most 60000 in all";
    await expect(walkAll(many(1_600), [source], { remaining: 1_500 })).rejects.toThrow(new SourceProblem(problem));
    const list: Buckets["list"] = async () => ({ keys: ["x/"], next: "more" });
    const endless = depsAt(0, {}, { buckets: { ...noBuckets, list } });
    await expect(walkAll(endless, [source])).rejects.toThrow(
      /^s3:\/\/my-bucket\/static\/ leads to more than 500 documents/,
    );
  });

  it("are refused if they cannot be listed; a temporary error is thrown unchanged", async () => {
    const problem = "s3://my-bucket/static/ cannot be listed (AccessDenied)";
    await expect(walkAll(failing("AccessDenied"), [source])).rejects.toThrow(new SourceProblem(problem));
    await expect(walkAll(failing("SlowDown"), [source])).rejects.toMatchObject({ name: "SlowDown" });
    const { base: _, ...bare } = source;
    await expect(walkAll(many(1), [bare])).rejects.toThrow(SourceProblem);
  });
});

describe("a document in a bucket", () => {
  const MAIN = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow 1/list.m3u8?v=1\n";
  const LOW = "#EXTM3U\n#EXTINF:1,\n1.ts\n#EXTINF:1,\n../../x.ts\n#EXT-X-ENDLIST";
  const objects = { "my-bucket/videos/a/main.m3u8": MAIN, "my-bucket/videos/a/low 1/list.m3u8": LOW };

  const hls: Source = { type: "hls", s3: "s3://my-bucket/videos/a/main.m3u8" };
  const list: Source = { type: "list", s3: "s3://my-bucket/lists/1" };

  it.each<[string, Record<string, string>, Source[], string[]]>([
    [
      "names documents beside it, and its URLs are resolved against the base",
      objects,
      [{ ...hls, base: "https://a.test/v/" }],
      ["v/main.m3u8", "v/low%201/list.m3u8?v=1", "v/low%201/1.ts", "x.ts"],
    ],
    [
      "can be a list whose lines are resolved against the base",
      { "my-bucket/lists/1": "img/1.png\n/2.png" },
      [{ ...list, base: "https://a.test" }],
      ["img/1.png", "2.png"],
    ],
  ])("%s", async (_, documents, sources, paths) => {
    expect((await walkAll(inBuckets(documents), sources)).urls).toEqual(paths.map((path) => `https://a.test/${path}`));
  });

  it("is refused if it has relative URLs and the source has no base", async () => {
    await expect(walkAll(inBuckets(objects), [hls])).rejects.toThrow(
      new SourceProblem("s3://my-bucket/videos/a/main.m3u8 has relative URLs, but the source has no `base`"),
    );
  });

  it("is refused if it cannot be read; a temporary error is thrown unchanged and can be retried", async () => {
    const source: Source = { type: "list", s3: "s3://my-bucket/none" };
    const problem = "s3://my-bucket/none cannot be read from its bucket (NoSuchKey)";
    await expect(walkAll(inBuckets({}), [source])).rejects.toThrow(new SourceProblem(problem));
    const read = vi.fn<Buckets["read"]>(bucketsWith({ "my-bucket/none": "https://a.test/1" }).read);
    read.mockRejectedValueOnce(Object.assign(new Error(), { name: "SlowDown" }));
    const found = foundFor([source]);
    const walk = new Walk(depsAt(0, {}, { buckets: { ...noBuckets, read } }), [source], found);
    await expect(walk.read(aStep)).rejects.toMatchObject({ name: "SlowDown" });
    expect(await walk.read(aStep)).toBe("a step");
    expect([...found.urls]).toEqual([["https://a.test/1", 1]]);
  });
});

describe("a document that came over https", () => {
  const secret = ["Authorization: Bearer x"];
  const sitemap = "<urlset><url><loc>http://site.test/1</loc></url><url><loc>https://site.test/1</loc></url></urlset>";
  const mpd = `<MPD><BaseURL>http://site.test/</BaseURL><Period><AdaptationSet><Representation><SegmentList>${"<SegmentURL media='m'/><SegmentURL/>"}</SegmentList></Representation></AdaptationSet></Period></MPD>`;

  it.each<[string, Source["type"], string, string[], string[], object]>([
    [
      "http documents",
      "sitemap",
      "<sitemapindex><sitemap><loc>http://site.test/2</loc></sitemap></sitemapindex>",
      [],
      [],
      { mixed_content: 1 },
    ],
    ["http URLs that would receive secrets", "sitemap", sitemap, secret, ["https://site.test/1"], { mixed_content: 1 }],
    ["http segments that would receive secrets", "dash", mpd, secret, ["https://site.test/doc"], { mixed_content: 2 }],
    [
      "http URLs, unless all headers are harmless",
      "sitemap",
      sitemap,
      ["Accept: */*"],
      ["http://site.test/1", "https://site.test/1"],
      {},
    ],
  ])("cannot name %s", async (_, type, document, header, urls, leftOut) => {
    const { port: httpsPort, ca } = await site({ "/doc": document }, ["site.test"]);
    const plain = await site({ "/2": sitemap });
    const deps = depsAt(plain.port, { httpsPort, ca });
    expect(await walkAll(deps, [{ type, url: "https://site.test/doc" }], { header })).toMatchObject({ urls, leftOut });
    expect(plain.seen).toEqual([]);
  });

  it.each([
    ["https://a.test/", ["https://a.test/2"], { mixed_content: 1 }],
    ["http://a.test/", ["http://a.test/1", "https://a.test/2"], {}],
  ])("can be in a bucket with the base %s", async (base, urls, leftOut) => {
    const deps = inBuckets({ "my-bucket/list": "http://a.test/1\nhttps://a.test/2\n" });
    const source: Source = { type: "list", s3: "s3://my-bucket/list", base };
    expect(await walkAll(deps, [source], { header: secret })).toMatchObject({ urls, leftOut });
  });
});

describe("documents of strangers", () => {
  const index = "<sitemapindex><sitemap><loc>http://other.test/2</loc></sitemap></sitemapindex>";
  const pages = "<urlset><url><loc>http://cdn.test/1</loc></url></urlset>";
  const moved: Answer = (response) => response.writeHead(302, { location: "http://other.test/2" }).end();

  it.each<[string, Answer, string | undefined, string[] | undefined, string[], object]>([
    ["left out", index, undefined, undefined, [], { document_host: 1 }],
    ["left out after a redirect", moved, undefined, undefined, [], { document_host: 1 }],
    ["read at a host of the source's", index, undefined, ["other.test"], ["http://cdn.test/1"], {}],
    ["read at a host of the distribution", index, "other.test", undefined, ["http://cdn.test/1"], {}],
    ["read after a redirect to one", moved, "other.test", undefined, ["http://cdn.test/1"], {}],
  ])("are %s", async (_, answer, alias, hosts, urls, leftOut) => {
    const { port, seen } = await site({ "/1": answer, "/2": pages });
    const source: Source = { type: "sitemap", url: "http://site.test/1", hosts };
    const serves = (host: string) => host === "cdn.test" || host === alias;
    expect(await walkAll(depsAt(port), [source], { serves })).toMatchObject({ urls, leftOut });
    expect(seen).toHaveLength(urls.length + 1);
  });

  it("are left out if the source is in a bucket, unless they are at the host of its base", async () => {
    const two =
      "<sitemapindex><sitemap><loc>http://base.test/2</loc></sitemap><sitemap><loc>http://other.test/2</loc></sitemap></sitemapindex>";
    const { port, seen } = await site({ "/2": pages });
    const deps = depsAt(port, {}, { buckets: bucketsWith({ "my-bucket/d/index": two }) });
    const source: Source = { type: "sitemap", s3: "s3://my-bucket/d/index", base: "http://base.test/d/" };
    const serves = (host: string) => host === "cdn.test";
    const read = await walkAll(deps, [source], { serves });
    expect(read).toMatchObject({ urls: ["http://cdn.test/1"], leftOut: { document_host: 1 } });
    expect(seen).toMatchObject([{ path: "/2", headers: { host: "base.test" } }]);
  });
});

describe("a walk", () => {
  const list = (path: string): Source => ({ type: "list", url: `http://site.test${path}` });

  it("reads one document per step, breadth first, and records the source of each URL", async () => {
    const index = "<sitemapindex><sitemap><loc>/c</loc></sitemap></sitemapindex>";
    const c = "<urlset><url><loc>https://a.test/3</loc></url></urlset>";
    const { port } = await site({ "/a": index, "/b": "https://a.test/2", "/c": c });
    const sources: Source[] = [{ type: "sitemap", url: "http://site.test/a" }, list("/b")];
    const found = foundFor(sources);
    const walk = new Walk(depsAt(port), sources, found);
    const seen = [];
    while ((await walk.read(aStep)) === "a step") seen.push([...found.urls, found.sources.map(({ done }) => done)]);
    const [two, three] = [
      ["https://a.test/2", 2],
      ["https://a.test/3", 1],
    ];
    expect(seen).toEqual([[[false, false]], [two, [false, true]], [two, three, [true, true]]]);
    expect(walk.state()).toMatchObject({ pending: [], documents: 3 });
  });

  it("continues where the previous run stopped and reads no document twice", async () => {
    const main = '#EXTM3U\n#EXT-X-DEFINE:NAME="n",VALUE="7"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n';
    const low = '#EXTM3U\n#EXT-X-DEFINE:IMPORT="n"\n#EXTINF:1,\n{$n}.ts\n#EXT-X-ENDLIST';
    const { port, seen } = await site({ "/main": main, "/low.m3u8": low });
    const sources: Source[] = [{ type: "hls", url: "http://site.test/main" }];
    const first = new Walk(depsAt(port), sources, foundFor(sources));
    await first.read(aStep);
    const state = walkStateSchema.parse(JSON.parse(JSON.stringify(first.state())));
    const { urls } = await walkAll(depsAt(port), sources, { state });
    expect(urls).toEqual(["http://site.test/low.m3u8", "http://site.test/7.ts"]);
    expect(seen).toHaveLength(2);
    const over = { pending: [], visited: [], documents: 2 };
    expect(await new Walk(depsAt(port), sources, foundFor(sources), over).read(aStep)).toBe("all");
  });

  it("reads a document once, unless two sources read it differently", async () => {
    const source: Source = { type: "sitemap", url: "http://site.test/a" };
    const { seen } = await walkSite({ "/a": "<urlset/>" }, [source, source, { ...source, since: "2024-01-01" }]);
    expect(seen).toHaveLength(2);
  });

  it("counts refused URLs separately from the URL limit", async () => {
    const serves = (host: string) => host !== "b.test";
    expect(
      await walkSite({ "/a": "https://b.test/1\nhttps://a.test/1\nhttps://b.test/2\n" }, [list("/a")], {
        serves,
        remaining: 1,
      }),
    ).toMatchObject({
      urls: ["https://a.test/1"],
      leftOut: { other_host: 2 },
    });
  });

  it("names a document without its query and truncates its name", async () => {
    const problem = await walkSite({}, [list(`/${"x".repeat(2_000)}?secret`)]).catch((error) => error.message);
    expect(problem).toMatch(/^http:\/\/site\.test\/x+… was answered with HTTP 404$/);
    expect(problem.length).toBeLessThan(600);
  });
});
