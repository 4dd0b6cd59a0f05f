import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  cutText,
  errorText,
  type Failure,
  type FailureReason,
  failureReasonSchema,
  failureReasons,
  isOriginFailure,
  lostFailure,
  metricReasonOf,
  metricReasons,
  notKept,
  readReason,
  uncacheableHeader,
} from "../../../domain/result/failure.ts";
import { times } from "../../collect.ts";

test.each([
  ...failureReasons.map((reason) => [reason, reason] as const),
  ...["too_warm", "", "toString", undefined].map((stored) => [stored, "other"] as const),
])("a failure's reason: that was stored as %j is read as %s", (stored, reason) => {
  expect(readReason(stored)).toBe(reason);
  expect(failureReasonSchema.parse(stored)).toBe(stored === undefined ? undefined : reason);
});

describe("what people read of a failure", () => {
  const cases: readonly [text: string, failure: Omit<Failure, "reason">][] = [
    ["HTTP 404", { code: "HTTP 404" }],
    ["CONNECT_TIMEOUT: no connection within 5 s", { code: "CONNECT_TIMEOUT", detail: "no connection within 5 s" }],
    ["1 of 2 bytes arrived", { detail: "1 of 2 bytes arrived" }],
  ];
  test.each(cases)("%s", (text, failure) => expect(errorText({ reason: "other", ...failure })).toBe(text));

  test("of a task that nobody finished", () => {
    expect(lostFailure(3).reason).toBe("lost");
    expect(errorText(lostFailure(3))).toBe("lost: no agent finished it, though it was queued 3 times");
  });
});

const NEVER_AT_ORIGIN: readonly FailureReason[] = [
  ...(["waf", "tls", "other_pop", "refused_address"] as const),
  // No task fails for these.
  ...(["no_distribution", "name_not_found", "dns_unavailable"] as const),
];
const AT_ORIGIN_IF_BEGUN: readonly FailureReason[] = ["connection", "other"];

test.each(failureReasons)(
  "%s lies at the origin or not, so that the next POP of the REC would fail alike",
  (reason) => {
    const isBegunOnly = AT_ORIGIN_IF_BEGUN.includes(reason);
    const lies = NEVER_AT_ORIGIN.includes(reason) ? [false, false] : [true, !isBegunOnly];
    expect([true, false].map((hasBegun) => isOriginFailure(reason, hasBegun))).toEqual(lies);
  },
);

function heapUsed(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test("a text: that is as long as allowed stays whole", () => expect(cutText("abcde", 5)).toBe("abcde"));

test("a text: that is longer is cut, and its end counts", () => expect(cutText("abcdef", 5)).toBe("abcd…"));

test("a text: that was cut does not keep the whole of it in memory", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const before = heapUsed(collect);
  // What is cut is of one server each: as many of them as a request has URLs must fit into a function.
  const cut = times(500, (i) => cutText(`${i} ${"x".repeat(100_000)}`, 100));
  expect(heapUsed(collect) - before).toBeLessThan(10_000_000);
  expect(cut).toHaveLength(500);
});

test("a text: of an error has 1,000 characters at most, with or without a code", () => {
  const detail = `begin ${"x".repeat(2_000)}`;
  for (const code of [{}, { code: "C" }]) expect(errorText({ reason: "other", detail, ...code })).toHaveLength(1_000);
  expect(errorText({ reason: "other" })).toBe("");
});

test("no more than 15 reasons have a metric of their own: with one more, the dashboard is not free", () =>
  expect(metricReasons.length).toBeLessThanOrEqual(15));

test("what AWS WAF answered has a metric of its own, and a 202 of the origin is counted as other", () =>
  expect([metricReasonOf("waf"), metricReasonOf("not_cacheable")]).toEqual(["waf", "other"]));

test.each([
  ["public, max-age=60", undefined],
  ["no-store", "Cache-Control: no-store"],
  ["public, private=x", "Cache-Control: private=x"],
  ["max-age=0, public", "Cache-Control: max-age=0"],
  ["max-age=0600", undefined],
  ["s-maxage=0", "Cache-Control: s-maxage=0"],
  ["max-age=0, s-maxage=3600", undefined],
  ["S-MaxAge=60,Max-Age=0", undefined],
  ["max-age=0, s-maxage=00", "Cache-Control: max-age=0"],
  ["no-store, s-maxage=60", "Cache-Control: no-store"],
  [`private="${"x".repeat(200)}"`, `Cache-Control: private="${"x".repeat(71)}`],
  ["x-s-maxage=60, max-age=0", "Cache-Control: max-age=0"],
  [undefined, undefined],
])("Cache-Control: %s", (cacheControl, says) => expect(uncacheableHeader({ cacheControl })).toBe(says));

test.each([
  ["*", "Vary: *"],
  [" * ", "Vary: *"],
  ["accept-encoding", undefined],
])("Vary: %s", (vary, says) => expect(uncacheableHeader({ vary })).toBe(says));

test("the likely reason is said, and that it is one", () => {
  const noCache = { cacheControl: "no-cache" };
  expect(notKept("NO_HIT", { cacheControl: "no-store" }).detail).toMatch(
    /no-store, so caches may not store the object/,
  );
  expect(notKept("NO_HIT", {}).detail).toMatch(/cache policy; the object may also have been evicted/);
  expect(notKept("EXPIRES_AT_ONCE", {}).detail).toMatch(/expires immediately, so each request reaches the origin/);
  expect(notKept("EXPIRES_AT_ONCE", noCache).detail).toMatch(/expires immediately \(Cache-Control: no-cache\)/);
  expect(notKept("NO_HIT", {}).reason).toBe("not_kept");
});
