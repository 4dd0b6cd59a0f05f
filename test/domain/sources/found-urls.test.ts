import { expect, it } from "vitest";
import { notYetRead } from "../../../domain/request/source.ts";
import { FoundUrls } from "../../../domain/sources/found-urls.ts";

const HOST = "www.example.com";
const SOURCES = [
  notYetRead({ type: "list", url: `https://${HOST}/all.txt?sig=secret` }),
  notYetRead({ type: "hls", s3: "s3://media/a.m3u8" }),
];
const own = [`https://${HOST}/own`];
const gathered = () => new FoundUrls(own, (host) => host === HOST, SOURCES);

it("what is shown of a source has no query, and is not too long", () => {
  expect(notYetRead({ type: "list", url: `https://${HOST}/${"x".repeat(8_000)}` }).from).toHaveLength(501);
  expect(SOURCES.map(({ from }) => from)).toEqual([`https://${HOST}/all.txt`, "s3://media/a.m3u8"]);
});

it("each URL is there once, in its one spelling, with the source that named it first; the caller's own are before them", () => {
  const all = gathered();
  all.add({ source: 1, urls: [`https://${HOST}/a b`, `HTTPS://${HOST.toUpperCase()}/own#x`], leftOut: {} });
  all.add({ source: 2, urls: [`https://${HOST}/a%20b`, `https://${HOST}/c`], leftOut: {} });
  expect(all.urls).toEqual([
    { url: `https://${HOST}/own` },
    { url: `https://${HOST}/a%20b`, source: 1 },
    { url: `https://${HOST}/c`, source: 2 },
  ]);
  expect(all.characters).toBe(all.urls.reduce((sum, { url }) => sum + url.length, 0));
});

it("what is left out is counted by source and reason, with what the reader left out itself", () => {
  const all = gathered();
  const named = ["https://licences.example.net/key", "skd://key", `https://${HOST}/own`, `https://${HOST}:8443/x`];
  all.add({ source: 2, urls: named, leftOut: { older: 3, duplicate: 1 } });
  all.add({ source: 2, urls: [`https://${HOST}/new`], leftOut: { older: 1 } });
  expect(all.sources[1]).toMatchObject({
    documents: 2,
    urls: 1,
    left_out: { other_host: 1, not_a_url: 2, duplicate: 2, older: 4 },
  });
  expect(all.sources[0]).toEqual(SOURCES[0]);
});

it("a URL that would be left out is told before", () => {
  const all = gathered();
  const refusals = [`https://${HOST}/own`, "https://x.example.net/", `https://${HOST}/new`].map((it) =>
    all.refusal(it),
  );
  expect(refusals).toEqual(["duplicate", "other_host", undefined]);
});

it("it goes on from what a run before has found", () => {
  const first = gathered();
  first.add({ source: 1, urls: [`https://${HOST}/a`], leftOut: {} });
  const found = first.urls.filter(({ source }) => source !== undefined);
  const second = new FoundUrls(own, (host) => host === HOST, first.sources, found);
  second.add({ source: 2, urls: [`https://${HOST}/a`, `https://${HOST}/b`], leftOut: {} });
  expect(second.urls.map(({ url }) => url)).toEqual([...own, `https://${HOST}/a`, `https://${HOST}/b`]);
  expect(second.sources).toMatchObject([{ urls: 1 }, { urls: 1, left_out: { duplicate: 1 } }]);
});

it("a source is done when nothing of it is pending", () => {
  const all = gathered();
  all.markDone(new Set([2]));
  expect(all.sources.map(({ done }) => done)).toEqual([true, false]);
});
