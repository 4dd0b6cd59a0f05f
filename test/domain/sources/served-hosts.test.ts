import { describe, expect, it } from "vitest";
import type { Source } from "../../../domain/request/source.ts";
import { servedHosts } from "../../../domain/sources/found-urls.ts";
import { request } from "../../lambdas/items.ts";

const OWN = [
  { id: "E1", domain: "d1.cloudfront.net", aliases: ["www.example.com", "cdn.example.com"] },
  { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.example.com"] },
];
const ALL = [
  "www.example.com",
  "cdn.example.com",
  "d1.cloudfront.net",
  "img.example.com",
  "other.net",
  "f.foreign.net",
];

function served(cfDomain: string | undefined, ...named: string[]) {
  const urls = named.map((host) => `https://${host}/`);
  return ALL.filter(servedHosts(request({ cf_domain: cfDomain }), urls, OWN));
}

describe("the hosts whose URLs are warmed", () => {
  it("with cf_domain are all names of its distribution, but not what another one is the better match for", () => {
    const names = ["www.example.com", "cdn.example.com", "d1.cloudfront.net"];
    expect(served("d1.cloudfront.net", "other.net")).toEqual(names);
    expect(served("www.example.com", "img.example.com")).toEqual(names);
    expect(served("d2.cloudfront.net")).toEqual(["img.example.com"]);
  });

  it("without are those of every distribution that serves what the caller named", () => {
    expect(served(undefined, "img.example.com")).toEqual(["img.example.com"]);
    expect(served(undefined, "cdn.example.com", "img.example.com")).toEqual(ALL.slice(0, 4));
    expect(served(undefined)).toEqual([]);
  });

  it("of a distribution that is not the account's are cf_domain and what the caller named", () => {
    expect(served("d9.cloudfront.net", "f.foreign.net")).toEqual(["f.foreign.net"]);
    expect(served("f.foreign.net")).toEqual(["f.foreign.net"]);
    expect(served(undefined, "f.foreign.net", "img.example.com")).toEqual(["img.example.com", "f.foreign.net"]);
    // A name of one of the account's own is asked there, whatever the caller named besides.
    expect(served("d9.cloudfront.net", "www.example.com")).toEqual([]);
  });
});

it("a source names the hosts of its address and of its base", () => {
  const sources: Source[] = [
    { type: "list", url: "https://a.foreign.net/a" },
    { type: "list", s3: "s3://media/a", base: "https://b.foreign.net/x/" },
  ];
  const serves = servedHosts(request({ cf_domain: undefined, sources }), [], OWN);
  expect(["a.foreign.net", "b.foreign.net", "c.foreign.net"].map(serves)).toEqual([true, true, false]);
});
