import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { depsAt, readOne, SourceProblem, site, walkAll } from "./site.ts";

const urlset = (entries: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</urlset>`;

const EVERYTHING = urlset(`
  <url>
    <loc> https://a.test/p?a=1&amp;b=2 </loc>
    <xhtml:link rel="alternate" hreflang="de" href="https://a.test/de/p"/>
    <xhtml:link rel="canonical" href="https://a.test/canonical"/>
    <image:image><image:loc>https://a.test/i.png</image:loc><image:license>https://a.test/licence</image:license></image:image>
    <video:video>
      <video:thumbnail_loc>https://a.test/t.jpg</video:thumbnail_loc>
      <video:content_loc><![CDATA[https://a.test/v.mp4]]></video:content_loc>
      <video:player_loc>https://a.test/player</video:player_loc>
    </video:video>
    <lastmod>2024-05-01</lastmod>
  </url>`);

describe("a sitemap", () => {
  it("names pages, alternates, images and videos, but not player pages", async () => {
    const urls = ["p?a=1&b=2", "de/p", "i.png", "t.jpg", "v.mp4"].map((it) => `https://a.test/${it}`);
    expect(await readOne("sitemap", EVERYTHING)).toEqual({ urls, leftOut: { player_page: 1 } });
  });

  it("counts entries older than `since`", async () => {
    const entries = ["2024-05-01", "2024-04-30", "2024-05-01T10:00:00+02:00", "never"].map(
      (lastmod, n) => `<url><loc>https://a.test/${n}</loc><lastmod>${lastmod}</lastmod></url>`,
    );
    const document = urlset(`${entries.join("")}<url><loc>https://a.test/untold</loc></url>`);
    const { urls, leftOut } = await readOne("sitemap", document, { since: "2024-05-01T09:00:00Z" });
    expect(urls).toEqual(["https://a.test/0", "https://a.test/3", "https://a.test/untold"]);
    expect(leftOut).toEqual({ older: 2 });
  });

  it.each([
    [
      "has a DOCTYPE, which is refused",
      `<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${urlset("<url><loc>&b;</loc></url>")}`,
    ],
    [
      "has an entity that XML does not know (line 2), which is refused",
      urlset("<url><loc>https://a.test/&secret;</loc></url>"),
    ],
    ["is not well-formed XML (line 2)", urlset("<url><secret></url>")],
    ["is no sitemap: neither XML, nor a list of URLs, nor a robots.txt", '{"urls":["https://a.test/secret"]}'],
    ["is a robots.txt without a Sitemap line", "User-agent: *\nDisallow: /secret\n# Sitemap: /s.xml\nSitemap:\n"],
    ["has nothing but comments", "# secret\n\n"],
    ["has a line of more than 1000000 characters", `https://a.test/${"x".repeat(1_100_000)}`],
    [
      "names more than 60000 URLs; a request has at most 60000 in all",
      Array.from({ length: 60_001 }, (_, n) => `https://a.test/${n}`).join("\n"),
    ],
    [
      "leads to more than 500 documents, which is the limit of a request",
      Array.from({ length: 501 }, (_, n) => `Sitemap: https://a.test/${n}.xml`).join("\n"),
    ],
    ["has an unescaped & in line 3; write &amp;", urlset("<url>\n<loc>https://a.test/?a=1&b=2</loc></url>")],
    ["is empty", ""],
    [
      "is XML, but no sitemap",
      '<?xml version="1.0"?><rdf:RDF><item><link>https://a.test/secret</link></item></rdf:RDF>',
    ],
    [
      "has an element with more than 1000 attributes",
      `<urlset ${Array.from({ length: 1_001 }, (_, n) => `a${n}=""`).join(" ")}/>`,
    ],
    ["has a text of more than 1000000 characters", urlset(`<url><loc>${"x&amp;".repeat(600_000)}</loc></url>`)],
    ["is an HTML page", "<!doctype html><html><body>Please log in</body></html>"],
    ["has elements that are nested deeper than 50", urlset("<url>".repeat(60))],
    ["has an entry with too many URLs", urlset(`<url>${"<loc>/</loc>".repeat(60_001)}</url>`)],
  ])("is refused if it %s", async (problem, document) => {
    await expect(readOne("sitemap", document)).rejects.toThrow(new SourceProblem(`http://site.test/doc ${problem}`));
  });
});

describe("a feed", () => {
  const rss = (items: string) =>
    `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title><link>https://a.test/home</link><atom:link rel="self" href="https://a.test/feed"/><image><link>https://a.test/logo</link></image>${items}</channel></rss>`;
  const atom = (entries: string, attributes = "") =>
    `<feed xmlns="http://www.w3.org/2005/Atom"${attributes}><link rel="self" href="https://a.test/feed"/><link href="https://a.test/home"/>${entries}</feed>`;

  it("of RSS 2.0 names the links and enclosures of its items", async () => {
    const document = rss(
      `<item><link> https://a.test/1?a=1&amp;b=2 </link><atom:link href="https://a.test/no"/><guid>https://a.test/no</guid><enclosure url="https://a.test/1.mp3" length="1" type="audio/mpeg"/></item>
       <item><title>without</title></item><item><link>/2</link><source url="https://a.test/no">Other</source></item>`,
    );
    const urls = ["https://a.test/1?a=1&b=2", "https://a.test/1.mp3", "http://site.test/2"];
    expect(await readOne("sitemap", document)).toEqual({ urls, leftOut: {} });
  });

  it("of RSS 2.0 counts items whose pubDate is older than `since`", async () => {
    const item = (n: number, date: string) => `<item><link>https://a.test/${n}</link><pubDate>${date}</pubDate></item>`;
    const document = rss(
      `${item(0, "Wed, 01 May 2024 10:00:00 GMT")}${item(1, "Tue, 30 Apr 2024 23:00:00 -0200")}${item(2, "30 Apr 2024 10:00:00 GMT")}<item><link>https://a.test/3</link></item>`,
    );
    const { urls, leftOut } = await readOne("sitemap", document, { since: "2024-05-01" });
    expect(urls).toEqual([0, 1, 3].map((n) => `https://a.test/${n}`));
    expect(leftOut).toEqual({ older: 1 });
  });

  it("of Atom names the alternate and enclosure links of its entries", async () => {
    const link = (n: number, rel = "") => `<link ${rel} href="https://a.test/${n}"/>`;
    const document = atom(
      `<entry>${link(1)}${link(2, 'rel="alternate"')}${link(3, 'rel="enclosure"')}${link(4, 'rel="edit"')}${link(5, 'rel="http://www.iana.org/assignments/relation/alternate"')}<id>https://a.test/no</id><source>${link(6)}</source></entry>`,
    );
    const { urls } = await readOne("sitemap", document);
    expect(urls).toEqual([1, 2, 3, 5].map((n) => `https://a.test/${n}`));
  });

  it("of Atom counts entries whose updated is older than `since`", async () => {
    const entry = (n: number, date: string) =>
      `<entry><link href="https://a.test/${n}"/><updated>${date}</updated></entry>`;
    const document = atom(`${entry(0, "2024-05-01T00:00:00Z")}${entry(1, "2024-04-30T18:30:02.25+01:00")}`);
    const { urls, leftOut } = await readOne("sitemap", document, { since: "2024-05-01" });
    expect(urls).toEqual(["https://a.test/0"]);
    expect(leftOut).toEqual({ older: 1 });
  });

  it.each([
    rss(
      "<item><link>https://a.test/p</link><image:image><image:loc>https://a.test/no</image:loc></image:image></item>",
    ),
    atom(
      '<entry><link href="https://a.test/p"/><url><loc>https://a.test/no</loc><link rel="alternate" href="https://a.test/no"/></url></entry>',
    ),
  ])("ignores elements of other sitemap formats: %s", async (document) => {
    expect((await readOne("sitemap", document)).urls).toEqual(["https://a.test/p"]);
  });

  it("resolves URLs against xml:base at every level", async () => {
    const document = atom(
      `<entry xml:base="x/"><link href="1"/><link xml:base="/y/" href="2"/></entry><entry><link href="3"/></entry>`,
      ' xml:base="https://a.test/b/"',
    );
    const { urls } = await readOne("sitemap", document);
    expect(urls).toEqual(["https://a.test/b/x/1", "https://a.test/y/2", "https://a.test/b/3"]);
  });
});

describe("a sitemap of text", () => {
  it.each<[string, string | Buffer, string[], object]>([
    ["one URL a line", "https://a.test/1\nhttps://a.test/2\n", ["https://a.test/1", "https://a.test/2"], {}],
    [
      "a byte order mark, CRLF, lone CRs, blank lines and comments",
      "\ufeff\r\n# of today\r\nhttps://a.test/1\r\rhttps://a.test/2\r\n\r\n",
      ["https://a.test/1", "https://a.test/2"],
      {},
    ],
    ["what is no whole URL", "https://a.test/1\n/2\nwords of a page\nskd://x", ["https://a.test/1"], { not_a_url: 3 }],
    [
      "lines before the first URL that are none",
      "ftp://a.test/1\nMy pages: all\nsecret/page.html\nhttps://a.test/1",
      ["https://a.test/1"],
      { not_a_url: 3 },
    ],
    ["a URL twice", "https://a.test/1\nHTTPS://A.TEST/1", ["https://a.test/1"], { duplicate: 1 }],
  ])("has %s", async (_, document, urls, leftOut) => {
    expect(await readOne("sitemap", document)).toEqual({ urls, leftOut });
  });

  it("has no dates, so that `since` leaves nothing out", async () => {
    expect((await readOne("sitemap", "https://a.test/1", { since: "2024-05-01" })).urls).toEqual(["https://a.test/1"]);
  });
});

it.each(["\n", "\ufeff\r\n  ", " ".repeat(20_000)])(
  "blanks may stand before a sitemap's declaration",
  async (blanks) => {
    expect((await readOne("sitemap", blanks + urlset("<url><loc>https://a.test/1</loc></url>"))).urls).toHaveLength(1);
  },
);

it("reads the sitemaps that robots.txt names", async () => {
  const { port } = await site({
    "/robots.txt":
      "# all\nUser-agent: *\nDisallow: /x # Sitemap: /no.xml\rSITEMAP : http://site.test/1.xml # the first\r\nsitemap:/2.txt\nSitemap-x: /no.xml\nnot a record\n",
    "/1.xml": urlset("<url><loc>https://a.test/1</loc></url>"),
    "/2.txt": "https://a.test/2",
  });
  const { urls, steps } = await walkAll(depsAt(port), [{ type: "sitemap", url: "http://site.test/robots.txt" }]);
  expect(urls).toEqual(["https://a.test/1", "https://a.test/2"]);
  expect(steps).toBe(3);
});

it.each([
  ["a typo", "User agent: *\nDisallow: /x\n"],
  ["a record that no RFC has", "Crawl-delay: 5\n"],
  ["words", "Welcome, robots!\n"],
])("reads a robots.txt that begins with an unknown line: %s", async (_, beginning) => {
  const { port } = await site({
    "/robots.txt": `${beginning}Sitemap: /1.txt\nhttps://a.test/no`,
    "/1.txt": "https://a.test/1",
  });
  const { urls, leftOut } = await walkAll(depsAt(port), [{ type: "sitemap", url: "http://site.test/robots.txt" }]);
  expect([urls, leftOut]).toEqual([["https://a.test/1"], {}]);
});

describe("an index of sitemaps", () => {
  const index = (...names: string[]) =>
    `<sitemapindex>${names.map((it) => `<sitemap><loc>${it}</loc></sitemap>`).join("")}</sitemapindex>`;
  const source = { type: "sitemap", url: "http://site.test/index.xml" } as const;

  it("names sitemaps of all formats", async () => {
    const { port } = await site({
      "/index.xml": index("/1.txt", "/2.txt.gz", "/rss", "/atom"),
      "/1.txt": "https://a.test/1",
      "/2.txt.gz": gzipSync("https://a.test/2"),
      "/rss": "<rss><channel><item><link>https://a.test/3</link></item></channel></rss>",
      "/atom": '<feed><entry><link href="https://a.test/4"/></entry></feed>',
    });
    const { urls } = await walkAll(depsAt(port), [source]);
    expect(urls).toEqual([1, 2, 3, 4].map((n) => `https://a.test/${n}`));
  });

  it("is read once if it names itself", async () => {
    const { port, seen } = await site({
      "/index.xml": index("http://site.test/b.xml", "http://site.test/index.xml"),
      "/b.xml": index("http://site.test/index.xml", "http://site.test/b.xml"),
    });
    expect(await walkAll(depsAt(port), [source])).toMatchObject({ urls: [], leftOut: {}, steps: 2 });
    expect(seen).toHaveLength(2);
  });

  it("skips sitemaps that are older than `since`", async () => {
    const old = "<sitemap><loc>http://site.test/old.xml</loc><lastmod>2020</lastmod></sitemap>";
    const { port, seen } = await site({ "/index.xml": `<sitemapindex>${old}</sitemapindex>` });
    const { leftOut } = await walkAll(depsAt(port), [{ ...source, since: "2024-01-01" }]);
    expect(leftOut).toEqual({ older: 1 });
    expect(seen).toHaveLength(1);
  });

  it("is refused if indexes are nested more than three levels deep", async () => {
    const { port } = await site({
      "/index.xml": index("http://site.test/1"),
      "/1": index("http://site.test/2"),
      "/2": index("http://site.test/3"),
      "/3": index("http://site.test/4"),
    });
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow(
      new SourceProblem("http://site.test/3 leads on to further documents, deeper than the limit of 3 below a source"),
    );
  });

  it("is refused with more than 500 documents before any of them is read", async () => {
    const names = Array.from({ length: 500 }, (_, n) => `http://site.test/${n}`);
    const { port, seen } = await site({ "/index.xml": index(...names) });
    const all = "http://site.test/index.xml leads to more than 500 documents, which is the limit of a request";
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow(new SourceProblem(all));
    expect(seen).toHaveLength(1);
  });
});
