import { headerOf, isLimited, variantNames } from "../../../domain/request/options.ts";

const variants = [
  { name: "br", header: ["Accept-Encoding: br"] },
  { name: "gzip", header: ["Accept-Encoding: gzip", "X-Form: 2"] },
];
const header = ["X-Own: 1"];

it("the variants of a request have their names in order; a request without variants has one without a name", () => {
  expect(variantNames(variants)).toEqual(["br", "gzip"]);
  expect(variantNames([])).toEqual([undefined]);
  expect(variantNames()).toEqual([undefined]);
});

it("the variants of a request send the request's headers and their own, and no other variant's", () => {
  expect(headerOf({ header, variants }, "gzip")).toEqual(["X-Own: 1", "Accept-Encoding: gzip", "X-Form: 2"]);
  expect(headerOf({ header, variants }, "br")).toEqual(["X-Own: 1", "Accept-Encoding: br"]);
});

it("the variants of a request: that are unknown or not named send the request's headers alone", () => {
  expect(headerOf({ header, variants }, "zstd")).toEqual(header);
  expect(headerOf({ header, variants }, undefined)).toEqual(header);
  expect(headerOf({ header }, "br")).toEqual(header);
});

it.each([
  [undefined, false],
  [{}, false],
  [{ requests_per_second: 0.5 }, true],
  [{ concurrency: 3 }, true],
  [{ requests_per_second: 7, concurrency: 3 }, true],
])("origin limits %j limit something: %s", (limits, limited) => expect(isLimited(limits)).toBe(limited));
