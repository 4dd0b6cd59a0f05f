import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
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

describe("a failure's reason", () => {
  test.each(failureReasons)("%s is read as it was stored", (reason) => {
    expect(readReason(reason)).toBe(reason);
    expect(failureReasonSchema.parse(reason)).toBe(reason);
  });

  test.each(["too_warm", "", "toString"])("that only a newer version knows, %j, is other", (stored) => {
    expect(readReason(stored)).toBe("other");
    expect(failureReasonSchema.parse(stored)).toBe("other");
  });

  test("that an older version did not store is counted as other", () => {
    expect(readReason(undefined)).toBe("other");
    expect(failureReasonSchema.parse(undefined)).toBeUndefined();
  });
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

describe("a failure lies at the origin, so that the next POP of the REC would fail alike", () => {
  const origin: readonly FailureReason[] = [
    ...(["timeout", "redirect", "http_4xx", "http_5xx", "incomplete", "too_large", "too_slow"] as const),
    ...(["not_kept", "not_cacheable", "not_asked", "lost"] as const),
  ];
  const pop: readonly FailureReason[] = [
    ...(["waf", "tls", "other_pop", "refused_address"] as const),
    // No task fails for these.
    ...(["no_distribution", "name_not_found", "dns_unavailable"] as const),
  ];
  const begun: readonly FailureReason[] = ["connection", "other"];

  test.each(origin)("%s", (reason) =>
    expect([isOriginFailure(reason, true), isOriginFailure(reason, false)]).toEqual([true, true]),
  );

  test.each(pop)("%s does not: it is the POP's", (reason) =>
    expect([isOriginFailure(reason, true), isOriginFailure(reason, false)]).toEqual([false, false]),
  );

  test.each(begun)("%s does if an answer had begun", (reason) =>
    expect([isOriginFailure(reason, true), isOriginFailure(reason, false)]).toEqual([true, false]),
  );

  test("no reason is forgotten", () =>
    expect([...origin, ...pop, ...begun].toSorted()).toEqual(failureReasons.toSorted()));
});

function heapUsed(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe("a text", () => {
  test("that is as long as allowed stays whole", () => expect(cutText("abcde", 5)).toBe("abcde"));

  test("that is longer is cut, and its end counts", () => expect(cutText("abcdef", 5)).toBe("abcd…"));

  test("that was cut does not keep the whole of it in memory", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    const before = heapUsed(collect);
    // What is cut is of one server each: as many of them as a request has URLs must fit into a function.
    const cut = times(500, (i) => cutText(`${i} ${"x".repeat(100_000)}`, 100));
    expect(heapUsed(collect) - before).toBeLessThan(10_000_000);
    expect(cut).toHaveLength(500);
  });

  test("of an error has 1,000 characters at most, with or without a code", () => {
    const detail = `begin ${"x".repeat(2_000)}`;
    expect(errorText({ reason: "other", detail })).toHaveLength(1_000);
    expect(errorText({ reason: "other", code: "C", detail })).toHaveLength(1_000);
    expect(errorText({ reason: "other" })).toBe("");
  });
});

test("no more than 15 reasons have a metric of their own: with one more, the dashboard is not free", () =>
  expect(metricReasons.length).toBeLessThanOrEqual(15));

test("what AWS WAF answered has a metric of its own, and a 202 of the origin is counted as other", () =>
  expect([metricReasonOf("waf"), metricReasonOf("not_cacheable")]).toEqual(["waf", "other"]));

test.each([
  [{ cacheControl: "public, max-age=60" }, undefined],
  [{ cacheControl: "no-store" }, "Cache-Control: no-store"],
  [{ cacheControl: "public, private=x" }, "Cache-Control: private=x"],
  [{ cacheControl: "max-age=0, public" }, "Cache-Control: max-age=0"],
  [{ cacheControl: "max-age=0600" }, undefined],
  [{ cacheControl: "s-maxage=0" }, "Cache-Control: s-maxage=0"],
  [{ cacheControl: "max-age=0, s-maxage=3600" }, undefined],
  [{ cacheControl: "S-MaxAge=60,Max-Age=0" }, undefined],
  [{ cacheControl: "max-age=0, s-maxage=00" }, "Cache-Control: max-age=0"],
  [{ cacheControl: "no-store, s-maxage=60" }, "Cache-Control: no-store"],
  [{ cacheControl: `private="${"x".repeat(200)}"` }, `Cache-Control: private="${"x".repeat(71)}`],
  [{ cacheControl: "x-s-maxage=60, max-age=0" }, "Cache-Control: max-age=0"],
  [{ vary: "*" }, "Vary: *"],
  [{ vary: " * " }, "Vary: *"],
  [{ vary: "accept-encoding" }, undefined],
  [{}, undefined],
])("%o", (headers, says) => expect(uncacheableHeader(headers)).toBe(says));

test("the likely reason is said, and that it is one", () => {
  const noCache = { cacheControl: "no-cache" };
  expect(notKept("NO_HIT", { cacheControl: "no-store" }).detail).toMatch(/no-store, so it may never be kept/);
  expect(notKept("NO_HIT", {}).detail).toMatch(/cache policy, or it was evicted/);
  expect(notKept("EXPIRES_AT_ONCE", {}).detail).toMatch(/expires at once, and the origin is asked/);
  expect(notKept("EXPIRES_AT_ONCE", noCache).detail).toMatch(/expires at once \(Cache-Control: no-cache\)/);
  expect(notKept("REC_ONLY", noCache).detail).toMatch(/regional edge cache: the POP does not keep it/);
  expect(notKept("NO_HIT", {}).reason).toBe("not_kept");
});
