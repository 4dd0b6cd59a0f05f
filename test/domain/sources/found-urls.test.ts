import { expect, it } from "vitest";
import { notYetRead } from "../../../domain/request/source.ts";
import { FoundUrls } from "../../../domain/sources/found-urls.ts";
import { request } from "../../lambdas/items.ts";

const HOST = "www.example.com";
const SOURCES = [
  notYetRead({ type: "list", url: `https://${HOST}/all.txt?sig=secret` }),
  notYetRead({ type: "hls", s3: "s3://media/a.m3u8" }),
];
const own = [`https://${HOST}/own`];
const OPTIONS = {
  request: request({ pops: ["SIN2-P1"] }),
  caps: {},
  callerUrls: own,
  serves: (host: string) => host === HOST,
  sources: SOURCES,
};
const gathered = () => new FoundUrls(OPTIONS);

it("what is shown of a source has no query, and is not too long", () => {
  expect(notYetRead({ type: "list", url: `https://${HOST}/${"x".repeat(8_000)}` }).from).toHaveLength(501);
  expect(SOURCES.map(({ from }) => from)).toEqual([`https://${HOST}/all.txt`, "s3://media/a.m3u8"]);
});

it("each URL is there with the source that named it; the caller's own are before them", () => {
  const all = gathered();
  all.add(1, new Set([`https://${HOST}/a%20b`]), {});
  all.add(2, new Set([`https://${HOST}/c`]), {});
  expect([...all.urls]).toEqual([
    [`https://${HOST}/own`, undefined],
    [`https://${HOST}/a%20b`, 1],
    [`https://${HOST}/c`, 2],
  ]);
  expect(all.remaining).toBe(59_997);
});

it("what is left out is counted by source and reason", () => {
  const all = gathered();
  all.add(2, new Set(), { older: 3, duplicate: 1, other_host: 0 });
  all.add(2, new Set([`https://${HOST}/new`]), { older: 1 });
  expect(all.sources[1]).toMatchObject({ documents: 2, urls: 1 });
  expect(all.sources[1]?.left_out).toEqual({ duplicate: 1, older: 4 });
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
  first.add(1, new Set([`https://${HOST}/a`]), {});
  const second = new FoundUrls({ ...OPTIONS, sources: first.sources, before: [[`https://${HOST}/a`, 1]] });
  expect(second.refusal(`https://${HOST}/a`)).toBe("duplicate");
  second.add(2, new Set([`https://${HOST}/b`]), {});
  expect([...second.urls.keys()]).toEqual([...own, `https://${HOST}/a`, `https://${HOST}/b`]);
  expect(second.sources).toMatchObject([{ urls: 1 }, { urls: 1 }]);
});

it("a source is done when nothing of it is pending", () => {
  const all = gathered();
  all.markDone(new Set([2]));
  expect(all.sources.map(({ done }) => done)).toEqual([true, false]);
});
