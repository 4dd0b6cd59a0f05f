import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { SourceError } from "../../../probe/sources/walk.ts";
import { depsAt, readOne, site, walkAll } from "./site.ts";

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
  it("names pages, alternates, images and videos, and no pages of players", async () => {
    const urls = ["p?a=1&b=2", "de/p", "i.png", "t.jpg", "v.mp4"].map((it) => `https://a.test/${it}`);
    expect(await readOne("sitemap", EVERYTHING)).toEqual({ urls, leftOut: { player_page: 1 } });
  });

  it("may be packed", async () => {
    expect((await readOne("sitemap", gzipSync(EVERYTHING))).urls).toHaveLength(5);
  });

  it("counts what is older than `since`", async () => {
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
    ["is not well-formed XML", "https://a.test/secret"],
    ["is not well-formed XML (line 1)", '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'],
    ["is not well-formed XML", ""],
    ["is XML, but no sitemap", '<?xml version="1.0"?><rss version="2.0"><channel/></rss>'],
    ["has a DOCTYPE, which is refused", `<!DOCTYPE x [${"<!ENTITY a 'b'>".repeat(1_000)}`],
    [
      "has an element with more than 1000 attributes",
      `<urlset ${Array.from({ length: 1_001 }, (_, n) => `a${n}=""`).join(" ")}/>`,
    ],
    ["has a text of more than 1000000 characters", urlset(`<url><loc>${"x&amp;".repeat(600_000)}</loc></url>`)],
    ["is an HTML page", "<!doctype html><html><body>Please log in</body></html>"],
    ["has elements that are nested deeper than 50", urlset("<url>".repeat(60))],
    ["has an entry with too many URLs", urlset(`<url>${"<loc>/</loc>".repeat(60_001)}</url>`)],
  ])("is refused if it %s", async (problem, document) => {
    await expect(readOne("sitemap", document)).rejects.toThrow(new SourceError(`http://site.test/doc ${problem}`));
  });
});

describe("an index of sitemaps", () => {
  const index = (...names: string[]) =>
    `<sitemapindex>${names.map((it) => `<sitemap><loc>${it}</loc></sitemap>`).join("")}</sitemapindex>`;
  const source = { type: "sitemap", url: "http://site.test/index.xml" } as const;

  it("leads to sitemaps, packed ones too, and is no URL itself", async () => {
    const { port, seen } = await site({
      "/index.xml": index("http://site.test/1.xml.gz", "http://site.test/2.xml", "http://site.test/1.xml.gz"),
      "/1.xml.gz": gzipSync(urlset("<url><loc>https://a.test/1</loc></url>")),
      "/2.xml": urlset("<url><loc>https://a.test/2</loc></url>"),
    });
    const { urls, steps } = await walkAll(depsAt(port), [source]);
    expect(urls).toEqual(["https://a.test/1", "https://a.test/2"]);
    expect(steps).toBe(3);
    expect(seen.map(({ path }) => path)).toEqual(["/index.xml", "/1.xml.gz", "/2.xml"]);
  });

  it("ends where it loops", async () => {
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

  it("is refused below the third step", async () => {
    const { port } = await site({
      "/index.xml": index("http://site.test/1"),
      "/1": index("http://site.test/2"),
      "/2": index("http://site.test/3"),
      "/3": index("http://site.test/4"),
    });
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow(
      new SourceError("http://site.test/3 leads on to further documents, deeper than the limit of 3 below a source"),
    );
  });

  it("is refused with more than 500 documents, before any is read", async () => {
    const names = Array.from({ length: 500 }, (_, n) => `http://site.test/${n}`);
    const { port, seen } = await site({ "/index.xml": index(...names) });
    const all = "http://site.test/index.xml leads to more than 500 documents, which is the limit of a request";
    await expect(walkAll(depsAt(port), [source])).rejects.toThrow(new SourceError(all));
    expect(seen).toHaveLength(1);
  });
});
