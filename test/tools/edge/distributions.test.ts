import { expect, test } from "vitest";
import { Distributions } from "../../../tools/edge/distributions.ts";

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
