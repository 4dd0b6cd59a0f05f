import { describe, expect, it } from "vitest";
import type { Source } from "../../../domain/request/source.ts";
import { ExtractedUrls } from "../../../probe/sources/document.ts";
import { foundFor, readOne } from "./site.ts";

describe("a refused URL of a document", () => {
  const elsewhere = (length: number, count: number) =>
    Array.from({ length: count }, (_, i) => `https://other.test/${i}-`.padEnd(length, "x"));

  it("is counted once if it is repeated", () => {
    const extracted = new ExtractedUrls(foundFor([], { serves: () => false }));
    const urls = elsewhere(100, 500);
    for (const url of [...urls, ...urls]) extracted.add(url, undefined, true);
    expect(extracted.leftOut).toEqual({ other_host: 500 });
  });

  it("is counted again if it is repeated beyond 10,000,000 characters of refused URLs", () => {
    const extracted = new ExtractedUrls(foundFor([], { serves: () => false }));
    const urls = elsewhere(8_000, 2_000);
    for (const url of [...urls, ...urls]) extracted.add(url, undefined, true);
    expect(extracted.leftOut.other_host).toBeGreaterThan(2_500);
    expect(extracted.leftOut.other_host).toBeLessThan(3_000);
  });
});

it.each<[Source["type"], string]>([
  ["list", "https://bücher.example/ü"],
  ["sitemap", "<urlset><url><loc>https://bücher.example/ü</loc></url></urlset>"],
  ["sitemap", "https://bücher.example/ü"],
  ["sitemap", '<feed><entry xml:base="https://bücher.example/"><link href="ü"/></entry></feed>'],
  ["hls", "#EXTM3U\n#EXTINF:1,\n//bücher.example/ü\n#EXT-X-ENDLIST"],
  [
    "dash",
    '<MPD><BaseURL>http://bücher.example</BaseURL><Period><AdaptationSet><Representation id="ü"><SegmentTemplate media="$RepresentationID$"/></Representation></AdaptationSet></Period></MPD>',
  ],
])("converts a Unicode host in a %s to ASCII", async (type, document) => {
  const { urls } = await readOne(type, document);
  expect(urls.at(-1)?.replace(/^https?:/, "")).toBe("//xn--bcher-kva.example/%C3%BC");
});
