import { Resolver } from "node:dns/promises";
import type { SiteMap } from "../../../tools/edge/site.ts";
import { behaviour } from "../../../tools/memory-aws/cloudfront-account.ts";
import {
  accountOf,
  type DistributionKind,
  STAGING_HEADER,
  TAG_HEADER,
} from "../../../tools/memory-aws/distribution-kinds.ts";
import { edgeDistributions } from "../../../tools/memory-aws/edge-of-account.ts";
import { BASIS } from "../../aws/memory-cloudfront.ts";
import { type Asked, ask, inTurn, newEdge, open } from "../edge/client.ts";

const HOST = "www.example.com";
const SECOND = "second.www.example.com";
const ROUTING = "drouting111111abcdef8.cloudfront.net";
const STAGED = { [STAGING_HEADER.Header]: STAGING_HEADER.Value };
const site: SiteMap = {
  "/a.bin": { size: 10, headers: { [TAG_HEADER]: "Release-42, other" } },
  "/b.bin": { size: 10 },
  "/patch/1.bin": { size: 10 },
  "/video/1.ts": { size: 10 },
};

/** Keys and routing are the matter here, so a POP keeps an object at once. */
const edgeOf = (kind: DistributionKind, now = Date.now) =>
  newEdge({ distributions: edgeDistributions(accountOf(kind, BASIS)), site, now, admission: "first" });

const FRA = { pop: "FRA56-P4" };
const VIDEO = "/video/1.ts";

it.each<[DistributionKind, readonly Asked[], readonly string[]]>([
  ["standard", [{}, {}, FRA, FRA], ["Miss origin", "Hit EDGE", "Miss origin", "Hit EDGE"]],
  // Primary and staging do not share a cache, and nobody is served by the staging distribution's own name.
  [
    "staging",
    [{}, { headers: STAGED }, { headers: STAGED }, {}],
    ["Miss origin", "Miss origin", "Hit EDGE", "Hit EDGE"],
  ],
  ["staging", [{ host: "dstaging111111abcdef8.cloudfront.net", servername: HOST }], ["Error untold"]],
  ["staging-weight", Array(10).fill({}), ["Miss origin", ...Array(8).fill("Hit EDGE"), "Miss origin"]],
  ["mtls", [{ plain: true }], ["Error untold"]],
  ["disabled", [{ servername: BASIS.domain }, { plain: true }], ["Error untold", "Error untold"]],
  ["origin-shield", [{}, FRA, FRA], ["Miss origin", "Hit Origin Shield", "Hit EDGE"]],
  ["no-server-timing", [{}, {}], ["Miss -", "Hit -"]],
  [
    "uncached",
    [{}, {}, { path: "/patch/1.bin" }, { path: "/patch/1.bin" }],
    ["Miss origin", "Hit EDGE", "Miss origin", "Miss origin"],
  ],
  [
    "query-strings",
    [{ path: "/a.bin?v=1" }, { path: "/a.bin?v=2" }, { path: "/a.bin?v=1", headers: { cookie: "plan=a" } }],
    ["Miss origin", "Miss origin", "Hit EDGE"],
  ],
  [
    "cookies",
    ["plan=a", "plan=b", "id=1; plan=a", "id=1"]
      .map((cookie) => ({ headers: { cookie } }))
      .concat({ headers: { cookie: "" } }),
    ["Miss origin", "Miss origin", "Hit EDGE", "Miss origin", "Hit EDGE"],
  ],
  ["cookies", [{}, { path: "/a.bin?v=2" }], ["Miss origin", "Hit EDGE"]],
  ["signed", [{ path: VIDEO }, { path: `${VIDEO}?Key-Pair-Id=K` }, {}], ["Error untold", "Miss origin", "Miss origin"]],
  ["tenants", [{}, { host: SECOND }, {}, { host: SECOND }], ["Miss origin", "Miss origin", "Hit EDGE", "Hit EDGE"]],
  [
    "tenants",
    [
      { host: BASIS.domain, servername: HOST },
      { host: ROUTING, servername: HOST },
    ],
    ["Error untold", "Error untold"],
  ],
])("%s: %j", async (kind, asked, expected) => {
  const edge = await edgeOf(kind);
  expect(await inTurn(edge, ...asked.map((it) => ({ host: HOST, ...it })))).toEqual(expected);
});

it.each([
  [true, "br"],
  [false, undefined],
])("compresses a text if the behavior's Compress is %s", async (Compress, encoding) => {
  const [distribution] = accountOf("standard", BASIS).distributions;
  if (distribution === undefined) throw new Error("no distribution");
  const config = { ...distribution.config, DefaultCacheBehavior: behaviour({ Compress }) };
  const edge = await newEdge({
    distributions: edgeDistributions({ distributions: [{ ...distribution, config }] }),
    site: { "/a.css": { size: 5_000, letters: true, headers: { "content-type": "text/css" } } },
  });
  const got = await ask(edge, { host: HOST, path: "/a.css", headers: { "accept-encoding": "gzip, deflate, br" } });
  expect(got.headers["content-encoding"]).toBe(encoding);
});

it("refuses connections without a certificate of the client, if one is required", async () => {
  const edge = await edgeOf("mtls");
  await expect(open(edge, { host: HOST })).rejects.toThrow();
});

it("leads to POPs by the label of the tenants' connection group", async () => {
  const edge = await edgeOf("tenants");
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([edge.dnsServer]);
  expect(await resolver.resolve4("drouting111111abcdef8.FRA56-P4.cloudfront.net")).toEqual([
    edge.addressOf("FRA56-P4"),
  ]);
  expect(await resolver.resolveCname(SECOND)).toEqual([ROUTING]);
  expect(await resolver.resolve4(HOST)).toEqual(await resolver.resolve4(ROUTING));
  await expect(resolver.resolve4("d111111abcdef8.FRA56-P4.cloudfront.net")).rejects.toThrow("ENOTFOUND");
  await expect(resolver.resolve4(BASIS.domain)).rejects.toThrow("ENOTFOUND");
});

it("keeps an error for the time of its status", async () => {
  let now = Date.now();
  const edge = await edgeOf("error-ttl", () => now);
  const missing = { host: HOST, path: "/missing.bin" };
  const asked = async (afterMs: number) => {
    now += afterMs;
    await ask(edge, missing);
    return edge.originRequests().length;
  };
  expect([await asked(0), await asked(59_000), await asked(2_000)]).toEqual([1, 1, 2]);
});

it("invalidates what has a tag, in any case, and what is under way", async () => {
  const edge = await edgeOf("tags");
  const both = [{ host: HOST }, { host: HOST, path: "/b.bin" }];
  await inTurn(edge, ...both);
  edge.invalidate(["#release"], BASIS.domain);
  expect(await inTurn(edge, ...both)).toEqual(["Hit EDGE", "Hit EDGE"]);
  edge.invalidate(["#release-42"], BASIS.domain);
  expect(await inTurn(edge, ...both)).toEqual(["Miss origin", "Hit EDGE"]);
  edge.invalidate(["/a.bin"], BASIS.domain);
  edge.setOrigin({ delayMs: 50 });
  const first = ask(edge, { host: HOST });
  while (edge.originRequests().length < 4) await new Promise(setImmediate);
  edge.invalidate(["#release-42"], BASIS.domain);
  await first;
  expect(await inTurn(edge, ...both)).toEqual(["Miss origin", "Hit EDGE"]);
});
