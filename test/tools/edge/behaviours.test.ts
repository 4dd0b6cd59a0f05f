import { Behaviours } from "../../../tools/edge/behaviour.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";

const ONE = "d1.cloudfront.net";

function share(behaviours: Behaviours, path: string, pop = "SIN2-P1", domain: string | undefined = ONE) {
  return behaviours.policyFor(domain, pop, path).serverTiming;
}

test("the first behaviour that fits counts, and a distribution's own come before", () => {
  const own = [{ path: "/own/*", serverTiming: 1 }];
  const all = [
    { path: "/img/?.png", serverTiming: 2 },
    { path: "*.css", serverTiming: 3, pops: ["FRA56-P4"] },
    { path: "/img/*", serverTiming: 4 },
  ];
  const behaviours = new Behaviours([{ domain: "D1.cloudfront.net", behaviours: own }, { domain: "d2" }], all, {
    errorTtlMs: 5_000,
  });
  expect(
    ["/own/a.css", "/img/a.png?v=1", "/img/aa.png", "/img/(a).png"].map((path) => share(behaviours, path)),
  ).toEqual([...[1, 2, 4, 4]]);
  expect([share(behaviours, "/b.css"), share(behaviours, "/b.css", "FRA56-P4")]).toEqual([100, 3]);
  expect(share(behaviours, "/own/x", "SIN2-P1", "d2")).toBe(100);
  expect(share(behaviours, "*", "SIN2-P1", undefined)).toBe(100);
  behaviours.set([{ serverTiming: "off" }]);
  expect([share(behaviours, "/img/a.png"), share(behaviours, "/own/x")]).toEqual(["off", 1]);
  expect(behaviours.policyFor(ONE, "SIN2-P1", "/x")).toMatchObject({ errorTtlMs: 5_000, admission: "second" });
});

const distributions = new Distributions([
  { domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
  { domain: "d2.cloudfront.net", aliases: ["*.media.example.com", "www.example.com"] },
]);

test.each([
  ["d1.cloudfront.net", "d1.cloudfront.net"],
  ["a.example.com:8443", "d1.cloudfront.net"],
  ["a.b.Example.com", "d1.cloudfront.net"],
  ["www.example.com", "d2.cloudfront.net"],
  ["a.b.media.example.com", "d2.cloudfront.net"],
  ["media.example.com", "d1.cloudfront.net"],
  ["example.com", undefined],
  ["com", undefined],
])("%s is a name of %s: of several names the longest", (host, domain) => {
  expect(distributions.domainOf(host)).toBe(domain);
});
