import { errorCachedMs, errorTtlsOf } from "../../../domain/distribution/error-caching.ts";

const BOTH = [
  { id: "E1", error_ttls: { 404: 300, 503: 5, 504: 0 } },
  { id: "E2", error_ttls: { 503: 60 } },
];
it.each([
  ["of a distribution, of statuses after which a task is tried again", BOTH, "E1", { 503: 5, 504: 0 }],
  ["the longest of all where the distribution is not known", BOTH, undefined, { 503: 60, 504: 0 }],
  ["none where it could not be read", BOTH, "E3", undefined],
  ["none of other statuses", [{ id: "E1", error_ttls: { 404: 300 } }], "E1", undefined],
  ["none where none is known", undefined, "E1", undefined],
])("TTLs: %s", (_, all, id, expected) => expect(errorTtlsOf(all, id)).toEqual(expected));

it.each([
  ["a second more than its TTL", 503, 61_000],
  ["a second if it is not cached", 504, 1_000],
  ["as long as any other where nothing is set", 500, 11_000],
  ["as long as any other without a status", undefined, 11_000],
])("an error is waited for: %s", (_, status, ms) =>
  expect(errorCachedMs({ 503: 60, 504: 0 }, status, 11_000)).toBe(ms),
);
