import { describe, expect, it } from "vitest";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead } from "../../../domain/request/source.ts";
import { FoundUrls } from "../../../domain/sources/found-urls.ts";
import { request as item } from "../../lambdas/items.ts";

const CAPS = { maxTasks: 1_000_000 };
const SOURCE = notYetRead({ type: "list", url: "https://a.example/list" });

function gathered(request: RequestItem, urls: readonly string[], leftOut = {}) {
  const all = new FoundUrls({ request, caps: CAPS, callerUrls: [], serves: () => true, sources: [SOURCE] });
  all.add(1, new Set(urls), leftOut);
  return all;
}
const urls = (count: number) => Array.from({ length: count }, (_, i) => `https://a.example/${i}`);
const variants = ["a", "b"].map((name) => ({ name, header: [] }));
const REQUEST = item({ variants: [], pops: ["SIN2-P1"], need_invalidate: false });

describe("a request is too large", () => {
  it.each([
    ["with more URLs than there may be", REQUEST, urls(60_001), /^sources: there are more than 60000 URLs/],
    ["with too many forms", { ...REQUEST, variants }, urls(30_001), /more than 30000 URLs with them in 2 variants/],
    [
      "with more tasks than the deployment allows",
      { ...REQUEST, variants, pops: Array.from({ length: 60 }, (_, i) => `SIN${i}-P1`) },
      urls(10_000),
      /^sources: URLs times variants times POPs: 1200000 tasks, but maxTasks of this deployment is 1000000/,
    ],
    [
      "with more characters than memory has room for",
      REQUEST,
      urls(7_501).map((url) => url.padEnd(8_000, "x")),
      /have more than 60000000 characters/,
    ],
  ])("%s", (_, of, all, reason) => expect(gathered(of, all).limitProblem()).toMatch(reason));

  it("a request at the limits is accepted", () => {
    expect(gathered(REQUEST, urls(60_000)).limitProblem()).toBeUndefined();
    expect(gathered({ ...REQUEST, variants }, urls(30_000)).limitProblem()).toBeUndefined();
    expect([gathered(REQUEST, []).remaining, gathered({ ...REQUEST, variants }, urls(1)).remaining]).toEqual([
      60_000, 29_999,
    ]);
  });
});

describe("a request whose sources are read cannot go on", () => {
  it("with nothing to warm, and says why", () => {
    expect(gathered(REQUEST, []).finalProblem()).toBe("sources: no URL is left to warm; the documents name none");
    expect(gathered(REQUEST, [], { other_host: 12, not_a_url: 1 }).finalProblem()).toBe(
      "sources: no URL is left to warm; left out: 12 other_host, 1 not_a_url",
    );
  });

  it("with more hosts than can be looked up, without cf_domain", () => {
    const all = Array.from({ length: 21 }, (_, i) => `https://h${i}.example.com/`);
    expect(gathered(REQUEST, all).finalProblem()).toMatch(/^cf_domain: is needed, .* 21 different hosts/);
    expect(gathered({ ...REQUEST, cf_domain: "d1.cloudfront.net" }, all).finalProblem()).toBeUndefined();
  });

  it("with what cannot be invalidated, if that is asked for; the reason names no URL of a document", () => {
    const all = ["https://a.example/x?key=secret*", "https://a.example/y*", "https://a.example/z"];
    expect(gathered({ ...REQUEST, need_invalidate: true }, all).finalProblem()).toMatch(
      /^need_invalidate: 2 URLs cannot be invalidated; the first, of .*, ends in \*.*; nothing was invalidated/,
    );
    expect(gathered(REQUEST, all).finalProblem()).toBeUndefined();
  });
});
