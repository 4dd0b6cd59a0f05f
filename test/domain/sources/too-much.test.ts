import { describe, expect, it } from "vitest";
import { notYetRead } from "../../../domain/request/source.ts";
import { cannotGoOn, FoundUrls, MAX_CHARACTERS, mostUrls, tooMuch } from "../../../domain/sources/found-urls.ts";

const CAPS = { maxTasks: 1_000_000 };
const SOURCE = notYetRead({ type: "list", url: "https://a.example/list" });

function gathered(urls: readonly string[], leftOut = {}) {
  const all = new FoundUrls([], () => true, [SOURCE]);
  all.add({ source: 1, urls, leftOut });
  return all;
}
const urls = (count: number) => Array.from({ length: count }, (_, i) => `https://a.example/${i}`);
const variants = ["a", "b"].map((name) => ({ name, header: [] }));
const item = { variants: [], pops: ["SIN2-P1"], need_invalidate: false };

describe("a request is too large", () => {
  it.each([
    ["with more URLs than there may be", item, gathered(urls(60_001)), /^sources: there are more than 60000 URLs/],
    [
      "with too many forms",
      { ...item, variants },
      gathered(urls(30_001)),
      /more than 30000 URLs with them in 2 variants/,
    ],
    [
      "with more tasks than the deployment allows",
      { ...item, variants, pops: Array.from({ length: 60 }, (_, i) => `SIN${i}-P1`) },
      gathered(urls(10_000)),
      /^sources: URLs times variants times POPs: 1200000 tasks, but maxTasks of this deployment is 1000000/,
    ],
  ])("%s", (_, of, all, reason) => expect(tooMuch(of, all, CAPS)).toMatch(reason));

  it("with more characters than memory has room for", () => {
    const all = gathered([]);
    all.characters = MAX_CHARACTERS + 1;
    expect(tooMuch(item, all, CAPS)).toMatch(/have more than 60000000 characters/);
  });

  it("and else it is not", () => {
    expect(tooMuch(item, gathered(urls(60_000)), CAPS)).toBeUndefined();
    expect(tooMuch({ ...item, variants }, gathered(urls(30_000)), CAPS)).toBeUndefined();
    expect([mostUrls(item), mostUrls({ variants })]).toEqual([60_000, 30_000]);
  });
});

describe("a request whose sources are read cannot go on", () => {
  it("with nothing to warm, and says why", () => {
    expect(cannotGoOn({ ...item, need_invalidate: false }, gathered([]))).toBe(
      "sources: no URL is left to warm; the documents name none",
    );
    expect(cannotGoOn({ ...item, need_invalidate: false }, gathered(["skd://x"], { other_host: 12 }))).toBe(
      "sources: no URL is left to warm; left out: 12 other_host, 1 not_a_url",
    );
  });

  it("with more hosts than can be looked up, without cf_domain", () => {
    const all = gathered(Array.from({ length: 21 }, (_, i) => `https://h${i}.example.com/`));
    expect(cannotGoOn({ ...item, need_invalidate: false }, all)).toMatch(
      /^cf_domain: is needed, .* 21 different hosts/,
    );
    expect(cannotGoOn({ ...item, need_invalidate: false, cf_domain: "d1.cloudfront.net" }, all)).toBeUndefined();
  });

  it("with what cannot be invalidated, if that is asked for; the reason names no URL of a document", () => {
    const all = gathered(["https://a.example/x?key=secret*", "https://a.example/y*", "https://a.example/z"]);
    expect(cannotGoOn({ ...item, need_invalidate: true }, all)).toMatch(
      /^need_invalidate: 2 URLs cannot be invalidated; the first, of .*, ends in \*.*; nothing was invalidated/,
    );
    expect(cannotGoOn({ ...item, need_invalidate: false }, all)).toBeUndefined();
  });
});
