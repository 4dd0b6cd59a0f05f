import type { Source } from "../../../domain/request/source.ts";
import { ExtractedUrls } from "../../../probe/sources/document.ts";
import { times } from "../../collect.ts";
import { foundFor, readOne, SourceProblem } from "./site.ts";

describe("a refused URL of a document", () => {
  const elsewhere = (length: number, count: number) =>
    times(count, (i) => `https://other.test/${i}-`.padEnd(length, "x"));

  it("is counted once if it is repeated", () => {
    const extracted = new ExtractedUrls(foundFor([], { serves: () => false }), true);
    const urls = elsewhere(100, 500);
    for (const url of [...urls, ...urls]) extracted.add(url, undefined, true);
    expect(extracted.leftOut).toEqual({ other_host: 500 });
  });

  it("is counted again if it is repeated beyond 10,000,000 characters of refused URLs", () => {
    const extracted = new ExtractedUrls(foundFor([], { serves: () => false }), true);
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

it.each<[string, string | Buffer, string[], object]>([
  ["one URL a line", "https://a.test/1\nhttps://a.test/2", ["https://a.test/1", "https://a.test/2"], {}],
  [
    "a byte order mark, CRLF, blank lines and comments",
    "\ufeff# of today\r\n\r\nhttps://a.test/1\r\n  \r\n",
    ["https://a.test/1"],
    {},
  ],
  ["spaces around and in a URL", " https://a.test/a b \n", ["https://a.test/a%20b"], {}],
  ["without a host", "/x\ny/z?q\n//b.test/1", ["http://site.test/x", "http://site.test/y/z?q", "http://b.test/1"], {}],
  ["twice", "https://a.test/1\nHTTPS://A.test:443/1#x\n", ["https://a.test/1"], { duplicate: 1 }],
  ["no URLs", "skd://a.test/1\ndata:,x\nhttps://a.test:8080/\nhttps://u@a.test/\na\tb\n", [], { not_a_url: 5 }],
  ["a very long line", `${"x".repeat(9_000)}\nhttps://a.test/1`, ["https://a.test/1"], { not_a_url: 1 }],
  ["empty", "", [], {}],
])("a list: %s", async (_, document, urls, leftOut) => {
  expect(await readOne("list", document)).toEqual({ urls, leftOut });
});

it.each([
  ["is not UTF-8", Buffer.from("https://a.test/caf\xe9\n", "latin1")],
  ["is an HTML page", "\n<!DOCTYPE html><title>secret words</title>"],
  ["is not a list of URLs, one per line", '{"urls":["https://a.test/secret"]}'],
  ["is not a list of URLs, one per line", "<Error><Code>AccessDenied</Code></Error>"],
  ["has a line of more than 1000000 characters", "x".repeat(1_100_000)],
  ["names more than 60000 URLs; a request has at most 60000 in all", times(60_001, (n) => `/${n}`).join("\n")],
])("a list that is refused: %s", async (problem, document) => {
  await expect(readOne("list", document)).rejects.toThrow(new SourceProblem(`http://site.test/doc ${problem}`));
});
