import fc from "fast-check";
import type { Source } from "../../../domain/request/source.ts";
import { fuzz } from "../../fuzz.ts";
import { bucketsWith, depsAt, SourceProblem, walkAll } from "./site.ts";

// Random combinations of pieces of all document types: many are valid for a long part before the first error.

const value = fc.oneof(
  fc.constantFrom("2.0", "-1.0", "1.5", "2E3", "alternate", "enclosure", "&", "bücher.test"),
  fc.constantFrom("0", "1", "-1", "3000000", "99999999999999999999", "PT10S", "$Number%05d$", "$Time$", "$", "{$a}"),
  fc.constantFrom("a.ts", "b.m3u8", "/c", "//d/e", "https://a.test/f", "skd://g", "data:,h", "../../..", "?", "#", ""),
  fc.string(),
);
const HLS_TAGS = [
  "#EXT-X-KEY:URI",
  "#EXT-X-MAP:URI",
  "#EXT-X-MEDIA:URI",
  "#EXT-X-DEFINE:VALUE",
  "#EXT-X-DEFINE:IMPORT",
];
const line = fc.oneof(
  fc.constantFrom("#EXT-X-GAP", "#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-SKIP:SKIPPED-SEGMENTS=1"),
  fc.constantFrom("User-agent: *", "Sitemap: https://a.test/s.xml", "sitemap:", "https://bücher.test/ü", "\r"),
  fc.constantFrom("#EXTINF:1,", "#EXT-X-STREAM-INF:BANDWIDTH=1", "#EXT-X-ENDLIST", '#EXT-X-DEFINE:NAME="a",VALUE="b"'),
  fc.tuple(fc.constantFrom(...HLS_TAGS), value).map(([tag, text]) => `${tag}="${text}"`),
  value,
);
const lines = fc.array(line, { maxLength: 12 }).map((it) => it.join("\n"));

const ELEMENTS = `Period AdaptationSet Representation BaseURL SegmentTemplate SegmentTimeline S SegmentList SegmentURL
Initialization SegmentBase url loc image:image sitemap lastmod x channel item link enclosure pubDate
entry updated atom:link Pattern`.split(/\s/);
const ATTRIBUTES = `media initialization timescale duration startNumber endNumber t d r n k id bandwidth href rel url
xml:base`.split(/\s/);
const escaped = value.map((it) => it.replaceAll(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`));
const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...ATTRIBUTES), escaped), { selector: ([name]) => name, maxLength: 5 })
  .map((it) => it.map(([name, text]) => ` ${name}="${text}"`).join(""));
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    escaped,
    fc
      .tuple(fc.constantFrom(...ELEMENTS), attributes, fc.array(tie("element"), { maxLength: 4 }))
      .map(([name, given, inside]) => `<${name}${given}>${inside.join("")}</${name}>`),
  ),
}));
const elements = fc.array(element, { maxLength: 5 }).map((it) => it.join(""));

const documents: Record<Exclude<Source["type"], "s3-prefix">, fc.Arbitrary<string>> = {
  list: lines,
  hls: lines.map((it) => `#EXTM3U\n${it}`),
  sitemap: fc.oneof(
    elements.map((it) => `<urlset>${it}</urlset>`),
    elements.map((it) => `<sitemapindex>${it}</sitemapindex>`),
    elements.map((it) => `<rss><channel>${it}<item><link>/x</link>${it}</item></channel></rss>`),
    elements.map((it) => `<feed>${it}<entry><link href="x"/>${it}</entry></feed>`),
    lines.map((it) => `https://a.test/\n${it}`),
    lines.map((it) => `User-agent: *\n${it}`),
  ),
  dash: elements.map(
    (it) => `<MPD mediaPresentationDuration="PT10S"><Period><AdaptationSet>${it}</AdaptationSet></Period></MPD>`,
  ),
};

it.each(["list", "hls", "sitemap", "dash"] as const)("reads or refuses any generated %s", async (type) => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(documents[type], fc.string()), async (text) => {
      const deps = depsAt(0, { addressesOf: async () => [] }, { buckets: bucketsWith({ "my-bucket/doc": text }) });
      const source: Source = { type, s3: "s3://my-bucket/doc", base: "https://a.test/" };
      try {
        const { urls } = await walkAll(deps, [source]);
        for (const url of urls) expect(new URL(url).href).toBe(url);
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(SourceProblem);
      }
    }),
    fuzz(500),
  );
  expect(read).toBeGreaterThan(10);
});
