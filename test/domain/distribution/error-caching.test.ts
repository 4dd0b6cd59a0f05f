import { errorCachedMs, longestErrorTtls } from "../../../domain/distribution/error-caching.ts";

it("of several distributions the longest TTL counts, of statuses after which a task is tried again", () => {
  expect(longestErrorTtls([{ error_ttls: { 404: 300, 503: 5, 504: 0 } }, { error_ttls: { 503: 60 } }])).toEqual({
    503: 60,
    504: 0,
  });
  expect([longestErrorTtls(), longestErrorTtls([{ error_ttls: { 404: 300 } }])]).toEqual([undefined, undefined]);
});

it.each([
  ["a second more than its TTL", 503, 61_000],
  ["a second if it is not cached", 504, 1_000],
  ["as long as any other where nothing is set", 500, 11_000],
  ["as long as any other without a status", undefined, 11_000],
])("an error is waited for: %s", (_, status, ms) =>
  expect(errorCachedMs({ 503: 60, 504: 0 }, status, 11_000)).toBe(ms),
);
