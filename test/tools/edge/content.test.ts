import fc from "fast-check";
import { freshFor } from "../../../tools/edge/freshness.ts";
import { requestedRange } from "../../../tools/edge/reply.ts";
import { Content } from "../../../tools/edge/site.ts";

const SIZE = 200_000;

function bytes(content: Content, start?: number, end?: number) {
  return Buffer.concat([...content.read(start, end)]);
}

test("any part of an object is that part of the whole", () => {
  const content = new Content("/a.bin", SIZE);
  const whole = bytes(content);
  expect(whole).toHaveLength(SIZE);
  const offset = fc.integer({ min: 0, max: SIZE });
  fc.assert(
    fc.property(offset, offset, (start, end) => bytes(content, start, end).equals(whole.subarray(start, end))),
    { numRuns: 50 },
  );
});

test("the bytes follow from the name, and no block repeats", () => {
  const whole = bytes(new Content("/a.bin", SIZE));
  expect(bytes(new Content("/a.bin", SIZE)).equals(whole)).toBe(true);
  expect(bytes(new Content("/b.bin", SIZE)).equals(whole)).toBe(false);
  expect(whole.subarray(0, 65_536).equals(whole.subarray(65_536, 131_072))).toBe(false);
  expect(new Content("/b.bin", SIZE).etag).not.toBe(new Content("/a.bin", SIZE).etag);
});

test.each([
  [undefined, undefined],
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=5-", { start: 5, end: 10 }],
  ["bytes=5-99", { start: 5, end: 10 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=-99", { start: 0, end: 10 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-4", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,3-4", undefined],
  ["lines=0-1", undefined],
])("range %s of 10 bytes", (header, expected) => {
  expect(requestedRange(header, 10)).toEqual(expected);
});

test.each([
  [200, undefined, 86_400_000],
  [200, "max-age=60", 60_000],
  [200, "max-age=60, s-maxage=120", 120_000],
  [200, "private, max-age=60", 0],
  [404, undefined, 10_000],
  [503, "max-age=5", 10_000],
  [503, "max-age=50", 50_000],
])("%i with %s is fresh for %i ms", (status, cacheControl, expected) => {
  expect(freshFor(status, cacheControl, 10_000)).toBe(expected);
});
