import { expect, test } from "vitest";
import { notKept, uncacheableHeader } from "../../../domain/result/failure.ts";

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
