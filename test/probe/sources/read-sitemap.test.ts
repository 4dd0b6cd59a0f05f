import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { isSince } from "../../../probe/sources/read-sitemap.ts";
import { times } from "../../collect.ts";
import { depsAt, readOne, SourceProblem, site, walkAll, walkSite } from "./site.ts";

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

const rss = (items: string) =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title><link>https://a.test/home</link><atom:link rel="self" href="https://a.test/feed"/><image><link>https://a.test/logo</link></image>${items}</channel></rss>`;
const atom = (entries: string, attributes = "") =>
  `<feed xmlns="http://www.w3.org/2005/Atom"${attributes}><link rel="self" href="https://a.test/feed"/><link href="https://a.test/home"/>${entries}</feed>`;
/** Places for a URL and a date. */
const page = "<url><loc>URL</loc><lastmod>DATE</lastmod></url>";
const item = "<item><link>URL</link><pubDate>DATE</pubDate></item>";
const entry = '<entry><link href="URL"/><updated>DATE</updated></entry>';
const dated = (template: string, ...dates: string[]) =>
  dates.map((date, n) => template.replace("URL", `https://a.test/${n}`).replace("DATE", date)).join("");
const link = (n: number, rel = "") => `<link ${rel} href="https://a.test/${n}"/>`;

it.each<[what: string, document: string, paths: (string | number)[], leftOut?: object, since?: string]>([
  [
    "pages, alternates, images and videos of a sitemap, but not player pages",
    EVERYTHING,
    ["p?a=1&b=2", "de/p", "i.png", "t.jpg", "v.mp4"],
    { player_page: 1 },
  ],
  [
    "entries that are not older than `since`, or have no date",
    urlset(
      `${dated(page, "2024-05-01", "2024-04-30", "2024-05-01T10:00:00+02:00", "never")}<url><loc>https://a.test/4</loc></url>`,
    ),
    [0, 3, 4],
    { older: 2 },
    "2024-05-01T09:00:00Z",
  ],
  [
    "links and enclosures of the items of RSS 2.0",
    rss(
      `<item><link> https://a.test/1?a=1&amp;b=2 </link><atom:link href="https://a.test/no"/><guid>https://a.test/no</guid><enclosure url="https://a.test/1.mp3" length="1" type="audio/mpeg"/></item>
       <item><title>without</title></item><item><link>/2</link><source url="https://a.test/no">Other</source></item>`,
    ),
    ["1?a=1&b=2", "1.mp3", "http://site.test/2"],
  ],
  [
    "items of RSS 2.0 whose pubDate is not older than `since`",
    rss(dated(item, "Wed, 01 May 2024 10:00:00 GMT", "Tue, 30 Apr 2024 23:00:00 -0200", "30 Apr 2024 10:00:00 GMT")),
    [0, 1],
    { older: 1 },
    "2024-05-01",
  ],
  [
    "alternate and enclosure links of the entries of Atom",
    atom(
      `<entry>${link(1)}${link(2, 'rel="alternate"')}${link(3, 'rel="enclosure"')}${link(4, 'rel="edit"')}${link(5, 'rel="http://www.iana.org/assignments/relation/alternate"')}<id>https://a.test/no</id><source>${link(6)}</source></entry>`,
    ),
    [1, 2, 3, 5],
  ],
  [
    "entries of Atom whose updated is not older than `since`",
    atom(dated(entry, "2024-05-01T00:00:00Z", "2024-04-30T18:30:02.25+01:00")),
    [0],
    { older: 1 },
    "2024-05-01",
  ],
  [
    "URLs that are resolved against xml:base at every level",
    atom(
      `<entry xml:base="x/"><link href="1"/><link xml:base="/y/" href="2"/></entry><entry><link href="3"/></entry>`,
      ' xml:base="https://a.test/b/"',
    ),
    ["b/x/1", "y/2", "b/3"],
  ],
  ["one URL a line of a text, which has no dates", "https://a.test/1\nhttps://a.test/2\n", [1, 2], {}, "2024-05-01"],
  [
    "lines behind a byte order mark, with CRLF, lone CRs, blank lines and comments",
    "\ufeff\r\n# of today\r\nhttps://a.test/1\r\rhttps://a.test/2\r\n\r\n",
    [1, 2],
  ],
  ["no line that is no whole URL", "https://a.test/1\n/2\nwords of a page\nskd://x", [1], { not_a_url: 3 }],
])("names %s", async (_, document, paths, leftOut = {}, since) => {
  const urls = paths.map((path) => new URL(String(path), "https://a.test/").href);
  expect(await readOne("sitemap", document, since === undefined ? {} : { since })).toEqual({ urls, leftOut });
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
  ["is no sitemap: neither XML, nor a list of URLs, nor a robots.txt", '{"urls":["https://a.test/secret"]}'],
  ["is a robots.txt without a Sitemap line", "User-agent: *\nDisallow: /secret\n# Sitemap: /s.xml\nSitemap:\n"],
  [
    "leads to more than 500 documents, which is the limit of a request",
    times(501, (n) => `Sitemap: https://a.test/${n}.xml`).join("\n"),
  ],
  ["is XML, but no sitemap", '<?xml version="1.0"?><rdf:RDF><item><link>https://a.test/secret</link></item></rdf:RDF>'],
  ["has an element with more than 1000 attributes", `<urlset ${times(1_001, (n) => `a${n}=""`).join(" ")}/>`],
  ["has a text of more than 1000000 characters", urlset(`<url><loc>${"x&amp;".repeat(600_000)}</loc></url>`)],
  ["has elements that are nested deeper than 50", urlset("<url>".repeat(60))],
  ["has an entry with too many URLs", urlset(`<url>${"<loc>/</loc>".repeat(60_001)}</url>`)],
])("a sitemap is refused if it %s", async (problem, document) => {
  await expect(readOne("sitemap", document)).rejects.toThrow(new SourceProblem(`http://site.test/doc ${problem}`));
});

it("reads the sitemaps that robots.txt names", async () => {
  const { urls, steps } = await walkSite(
    {
      "/robots.txt":
        "# all\nUser-agent: *\nDisallow: /x # Sitemap: /no.xml\rSITEMAP : http://site.test/1.xml # the first\r\nsitemap:/2.txt\nSitemap-x: /no.xml\nnot a record\n",
      "/1.xml": urlset("<url><loc>https://a.test/1</loc></url>"),
      "/2.txt": "https://a.test/2",
    },
    [{ type: "sitemap", url: "http://site.test/robots.txt" }],
  );
  expect(urls).toEqual(["https://a.test/1", "https://a.test/2"]);
  expect(steps).toBe(3);
});

it("reads a robots.txt that begins with an unknown line", async () => {
  const { urls, leftOut } = await walkSite(
    {
      "/robots.txt": "User agent: *\nDisallow: /x\nSitemap: /1.txt\nhttps://a.test/no",
      "/1.txt": "https://a.test/1",
    },
    [{ type: "sitemap", url: "http://site.test/robots.txt" }],
  );
  expect([urls, leftOut]).toEqual([["https://a.test/1"], {}]);
});

describe("an index of sitemaps", () => {
  const index = (...names: string[]) =>
    `<sitemapindex>${names.map((it) => `<sitemap><loc>${it}</loc></sitemap>`).join("")}</sitemapindex>`;
  const source = { type: "sitemap", url: "http://site.test/index.xml" } as const;

  it("names sitemaps of all formats", async () => {
    const { urls } = await walkSite(
      {
        "/index.xml": index("/1.txt", "/2.txt.gz", "/rss", "/atom"),
        "/1.txt": "https://a.test/1",
        "/2.txt.gz": gzipSync("https://a.test/2"),
        "/rss": "<rss><channel><item><link>https://a.test/3</link></item></channel></rss>",
        "/atom": '<feed><entry><link href="https://a.test/4"/></entry></feed>',
      },
      [source],
    );
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
    const { leftOut, seen } = await walkSite({ "/index.xml": `<sitemapindex>${old}</sitemapindex>` }, [
      { ...source, since: "2024-01-01" },
    ]);
    expect(leftOut).toEqual({ older: 1 });
    expect(seen).toHaveLength(1);
  });

  it("is refused if indexes are nested more than three levels deep", async () => {
    await expect(
      walkSite(
        {
          "/index.xml": index("http://site.test/1"),
          "/1": index("http://site.test/2"),
          "/2": index("http://site.test/3"),
          "/3": index("http://site.test/4"),
        },
        [source],
      ),
    ).rejects.toThrow(
      new SourceProblem("http://site.test/3 leads on to further documents, deeper than the limit of 3 below a source"),
    );
  });

  it("is refused with more than 500 documents before any of them is read", async () => {
    const names = times(500, (n) => `http://site.test/${n}`);
    const { port, seen } = await site({ "/index.xml": index(...names) });
    const all = "http://site.test/index.xml leads to more than 500 documents, which is the limit of a request";
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow(new SourceProblem(all));
    expect(seen).toHaveLength(1);
  });
});

it.each([
  ["2024-05-01", "2024-05-01T23:00:00Z", true],
  ["2024-05", "2024-05-20", true],
  ["2024", "2024-12-31", true],
  ["2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z", true],
  ["2024-05-01T10:00:00+02:00", "2024-05-01T08:00:01Z", false],
  ["2024-05-01T10:00:00.123456789z", "2024-05-01T11:00:00Z", false],
  ["Wed, 01 May 2024 10:00:00 +0200", "2024-05-01T08:00:01Z", false],
  ["Wed, 01 May 2024 10:00:00 EST", "2024-05-01T15:00:00Z", true],
  ["Wed, 99 Foo 2024 10:00:00 GMT", "2024-05-01", true],
  ["2024-02-30", "2024-03-01", true],
  ["yesterday", "2024-05-01", true],
])("'%s' is %s or later: %s", (lastmod, since, yes) => expect(isSince(lastmod, since)).toBe(yes));

it.each([
  ["a sitemap", (entries: string) => urlset(entries), page],
  ["a feed of RSS", rss, item],
  ["a feed of Atom", atom, entry],
])(
  "of up to five entries of %s, only those that say that they are older than `since` are left out",
  async (_, document, template) => {
    const times = { old: "2024-01-01T00:00:00Z", new: "2024-06-01T00:00:00Z", none: undefined };
    const RFC_822 = { old: "Mon, 01 Jan 2024 00:00:00 GMT", new: "Sat, 01 Jun 2024 00:00:00 GMT", none: undefined };
    const ages = fc.array(fc.constantFrom("old" as const, "new" as const, "none" as const), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(ages, async (some) => {
        const entries = some.map((age, n) => {
          const date = (template === item ? RFC_822 : times)[age];
          const one = template.replace("URL", `https://a.test/${n}`);
          return date === undefined ? one.replace(/<(\w+)>DATE<\/\1>/, "") : one.replace("DATE", date);
        });
        const { urls } = await readOne("sitemap", document(entries.join("")), { since: "2024-05-01" });
        const kept = some.flatMap((age, n) => (age === "old" ? [] : [`https://a.test/${n}`]));
        expect(urls.filter((url) => /\/\d$/.test(url))).toEqual(kept);
      }),
      { numRuns: 30 },
    );
  },
);
