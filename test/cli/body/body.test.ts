import { Readable } from "node:stream";
import { bodyOf, settingsOf, withDefaults, withToken } from "../../../cli/body/body.ts";
import { minutesOf } from "../../../cli/body/duration.ts";
import { bytesNumber, positiveNumber, wholeNumber } from "../../../cli/body/number.ts";
import { readBody } from "../../../cli/body/read-body.ts";
import { readText } from "../../../cli/body/read-text.ts";
import { awsRegionOf, regionsOf } from "../../../cli/body/regions.ts";
import { documentsAmong, sourcesOf } from "../../../cli/body/sources.ts";
import { targetsOf } from "../../../cli/body/targets.ts";
import { urlLines } from "../../../cli/body/url-lines.ts";
import { headerLine, variantsOf } from "../../../cli/body/variants.ts";

const URLS = ["https://www.example.com/a"];

describe("a time", () => {
  test.each([
    ["30m", 30],
    ["45", 45],
    ["2h", 120],
    ["1.5h", 90],
    ["1d", 1_440],
    [" 3 H ", 180],
  ])("%s", (text, minutes) => expect(minutesOf(text)).toBe(minutes));
  test.each(["", "0m", "30s", "1.5m", "-3m", "ten"])("'%s' is none", (text) =>
    expect(() => minutesOf(text)).toThrow("is not a valid --timeout"),
  );
});

test("numbers name their option when they are none", () => {
  expect([wholeNumber("--instances", "4"), positiveNumber("--origin-rps", "0.5")]).toEqual([4, 0.5]);
  expect([bytesNumber("--max-bytes", "500GB"), bytesNumber("--max-bytes", "1.5 TB")]).toEqual([5e11, 1.5e12]);
  for (const [text, of] of [
    ["-1", wholeNumber],
    ["0", positiveNumber],
    ["5 apples", bytesNumber],
  ] as const)
    expect(() => of("--option", text)).toThrow("for --option");
});

test("header lines are as a request has them", () => {
  expect(headerLine("--header", " Accept:text/html ")).toBe("Accept: text/html");
  expect(headerLine("--header", "X-Time: 12:30")).toBe("X-Time: 12:30");
  expect(() => headerLine("--header", "Accept")).toThrow("is not a header");
});

describe("a URL of the command line", () => {
  const typeOf = (url: string) => {
    const { told, others, ...found } = documentsAmong([url]);
    const [type] = Object.entries(found).find(([, urls]) => urls.length > 0) ?? ["none"];
    expect([told.length, others]).toEqual(type === "none" ? [0, [url]] : [1, []]);
    return type;
  };

  test.each([
    ["https://a.example/sitemap.xml", "sitemap"],
    ["https://a.example/x/sitemap_index.xml.gz?v=1", "sitemap"],
    ["https://a.example/post-sitemap2.XML", "sitemap"],
    ["https://a.example/vod/main.m3u8?token=a/b.mpd", "hls"],
    ["https://a.example/vod/main.mpd#t=1", "dash"],
    ["https://a.example/feed.xml", "none"],
    ["https://a.example/sitemap/feed.xml", "none"],
    ["https://a.example/sitemap.xml.html", "none"],
    ["https://a.example/?sitemap.xml", "none"],
    ["sitemap", "none"],
  ])("%s: its name says %s", (url, type) => expect(typeOf(url)).toBe(type));

  test("is told once a kind, with how to warm it as it is", () => {
    const { told } = documentsAmong([
      "https://a.example/sitemap.xml",
      "https://a.example/sitemap2.xml",
      "https://a.example/a.mpd",
    ]);
    expect(told).toEqual([
      "https://a.example/sitemap.xml (and 1 more like it) is read as a sitemap: all URLs in it are warmed. To warm only the file itself, put it in a list: --file urls.txt",
      expect.stringContaining("https://a.example/a.mpd is read as a DASH manifest: "),
    ]);
  });
});

test("a variant's name may come again, and may have no header", () => {
  expect(variantsOf(["br=Accept-Encoding: br, gzip", "plain", "br=X-Device: a=b"])).toEqual([
    { name: "br", header: ["Accept-Encoding: br, gzip", "X-Device: a=b"] },
    { name: "plain", header: [] },
  ]);
  expect(() => variantsOf(["Accept-Encoding: br"])).toThrow("has no name");
  expect(() => variantsOf(["br=nonsense"])).toThrow("is not a header");
});

test("--region selects POPs and --aws-region finds a stack; each names the other for what it does not take", () => {
  expect(regionsOf(["eu,US", "au"])).toEqual(["eu", "us", "au"]);
  expect(() => regionsOf(["eu", "us-gov-west-1"])).toThrow(
    expect.objectContaining({ next: expect.stringContaining("--aws-region us-gov-west-1") }),
  );
  expect([undefined, "us-gov-west-1"].map(awsRegionOf)).toEqual([undefined, "us-gov-west-1"]);
  expect(() => awsRegionOf("eu")).toThrow(expect.objectContaining({ next: expect.stringContaining("--region") }));
});

test("one kind of targets counts", () => {
  expect(targetsOf({ pops: ["SIN2-P1, ATL56-C1"], countries: [], regions: [] })).toEqual({
    target_type: "pop",
    pops: ["SIN2-P1", "ATL56-C1"],
  });
  expect(() => targetsOf({ pops: ["SIN2-P1"], countries: ["japan"], regions: [] })).toThrow("--pop and --country");
});

test("a list of URLs has comments and blank lines", () => {
  expect(urlLines("\uFEFFhttps://a/1\r\n\n# no\n  https://a/2#x \n")).toEqual(["https://a/1", "https://a/2#x"]);
});

describe("sources", () => {
  test("are documents at an address or in a bucket, and prefixes", () => {
    expect(
      sourcesOf({
        sitemap: ["https://a/s.xml"],
        since: "2026-01-01",
        list: ["s3://b/l.txt"],
        s3: ["s3://b/p/"],
        base: "https://a/",
        originPath: "/static",
        sourceHost: ["b.example", "c.example"],
      }),
    ).toEqual([
      { type: "list", s3: "s3://b/l.txt", base: "https://a/", hosts: ["b.example", "c.example"] },
      { type: "sitemap", url: "https://a/s.xml", since: "2026-01-01", hosts: ["b.example", "c.example"] },
      { type: "s3-prefix", s3: "s3://b/p/", base: "https://a/", origin_path: "/static" },
    ]);
  });
  test.each([
    ["--s3 needs --base", { s3: ["s3://b/p"] }],
    ["--since has no effect here", { hls: ["https://a/m.m3u8"], since: "2026-01-01" }],
    ["--source-host has no effect here", { s3: ["s3://b/p"], base: "https://a/", sourceHost: ["b"] }],
    ["--base has no effect here", { hls: ["https://a/m.m3u8"], base: "https://a/" }],
  ])("%s", (problem, words) => expect(() => sourcesOf(words)).toThrow(problem));
});

describe("a body", () => {
  test("has nothing that was not said; for a stack, what it wants", () => {
    expect(bodyOf({}, URLS, [], {})).toEqual({ url_list: URLS });
    expect(withDefaults({ timeout: 60 })).toEqual({ timeout: 60, instance_count: 1 });
    expect(withDefaults({})).toEqual({ timeout: 30, instance_count: 1 });
  });

  test("of a file is overruled by the command line, its targets and URLs as a whole", () => {
    const from = {
      url_list: ["https://b/"],
      pops: ["SIN2-P1"],
      timeout: 5,
      instance_count: 2,
      origin: { concurrency: 3 },
    };
    const words = { timeout: "1h", header: ["A:b"], originRps: "50", invalidate: ["", "/a/*"], maxFailures: "0" };
    expect(bodyOf(from, URLS, ["eu"], words)).toEqual({
      url_list: URLS,
      target_type: "region",
      regions: ["eu"],
      timeout: 60,
      instance_count: 2,
      header: ["A: b"],
      origin: { concurrency: 3, requests_per_second: 50 },
      need_invalidate: true,
      invalidate: { paths: ["/a/*"] },
      max_failures: 0,
    });
    expect(bodyOf(from, [], [], {})).toEqual(from);
  });

  test.each([
    [{ downloads: "auto" }, { downloads: "auto" }],
    [{ downloads: "1" }, { downloads: 1 }],
    [
      { downloads: "2", verify: "off" },
      { downloads: 2, verify: "off" },
    ],
    [{ scope: "regional" }, { scope: "regional" }],
  ])("has the numbers and names of %j as the API takes them", (words, expected) => {
    expect(settingsOf(words)).toEqual(expected);
    expect(bodyOf({ url_list: URLS, downloads: 2, scope: "pop" }, [], [], words)).toMatchObject(expected);
  });

  test("needs URLs or sources", () => {
    expect(() => bodyOf({}, [], ["eu"], {})).toThrow("there is no URL to warm");
    expect(bodyOf({}, [], [], { sitemap: ["https://a/s.xml"] })).not.toHaveProperty("url_list");
  });

  test("of a file without them goes to the API, which names a field that is spelt wrong", () => {
    expect(bodyOf({ urls: ["https://a/"] }, [], [], {})).toMatchObject({ urls: ["https://a/"] });
  });

  test("has a token, so that it may be sent twice", () => {
    expect(withToken({})["client_token"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(withToken(settingsOf({ token: "mine" }))["client_token"]).toBe("mine");
  });
});

test("a document that the deployment reads has an address", () => {
  expect(() => sourcesOf({ list: ["urls.txt"] })).toThrow("--list: 'urls.txt' is not a URL");
  expect(sourcesOf({ list: ["HTTPS://a.example/list.txt"] })).toEqual([
    { type: "list", url: "HTTPS://a.example/list.txt" },
  ]);
});

test("a file that cannot be read: which, and why", async () => {
  const read = (file: string) => readText({ cwd: import.meta.dirname, stdin: Readable.from([]) }, "--from", file);
  await expect(read("nofile.json")).rejects.toThrow("--from: there is no file 'nofile.json'");
  await expect(read(".")).rejects.toThrow("--from: '.' is a folder");
});

test.each(["", "\uFEFF\n", "# no URL\n"])(
  "a file of --from without URL and body is rejected, also beside URLs: %j",
  async (text) => {
    const shell = { cwd: "/", stdin: Readable.from([text]) };
    await expect(readBody(shell, ["https://www.example.com/a"], { from: "-" })).rejects.toMatchObject({
      name: "CommandError",
      message: "--from: stdin has no URL and no body",
    });
  },
);
