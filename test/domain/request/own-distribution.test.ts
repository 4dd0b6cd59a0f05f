import { expect, it } from "vitest";
import { answersTo, ownerOf } from "../../../domain/request/own-distribution.ts";

const OWN = [
  { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
  { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.media.example.com", "www.example.com"] },
  { id: "E3", domain: "d3.cloudfront.net", aliases: ["exact.media.example.com"] },
];

it.each([
  ["d2.cloudfront.net", "E2"],
  ["a.example.com", "E1"],
  ["a.b.example.com", "E1"],
  ["www.example.com", "E2"],
  ["a.media.example.com", "E2"],
  ["a.b.media.example.com", "E2"],
  ["exact.media.example.com", "E3"],
  ["media.example.com", "E1"],
  ["example.com", undefined],
  ["d9.cloudfront.net", undefined],
])("%s belongs to %s: the longest name that covers it decides", (host, id) => {
  expect(ownerOf(OWN, host)?.id).toBe(id);
  expect(ownerOf(OWN.toReversed(), host)?.id).toBe(id);
});

it("a distribution answers to its domain and to whatever its aliases cover", () => {
  const [first] = OWN;
  if (first === undefined) throw new Error("none");
  for (const host of ["d1.cloudfront.net", "a.example.com", "a.media.example.com"]) {
    expect(answersTo(first, host)).toBe(true);
  }
  expect(answersTo(first, "www.example.org")).toBe(false);
});
