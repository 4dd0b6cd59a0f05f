import { describe, expect, it } from "vitest";
import { allowsEvery, tooManyHosts } from "../../domain/request/distributions.ts";
import { isOverdue } from "../../domain/request/lifecycle.ts";
import { isLimited } from "../../domain/request/options.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";

const hosts = (count: number) => Array.from({ length: count }, (_, n) => `https://h${n}.example/a`);

describe("URLs without cf_domain", () => {
  it("may have 20 different hosts", () => {
    expect(tooManyHosts([...hosts(20), "https://h3.example/b", "https://h3.example/c?d=/e"])).toBeUndefined();
  });

  it("may not have 21; the problem names the field and both numbers", () => {
    expect(tooManyHosts(hosts(21))).toMatch(/^cf_domain: .*\b21\b.*\b20\b/);
  });
});

it.each([
  [undefined, false],
  [{}, false],
  [{ requests_per_second: 0.5 }, true],
  [{ concurrency: 3 }, true],
  [{ requests_per_second: 7, concurrency: 3 }, true],
])("origin limits %j limit something: %s", (limits, limited) => {
  expect(isLimited(limits)).toBe(limited);
});

it.each([
  [119_999, false],
  [120_000, true],
  [120_001, true],
])("a request whose time was up %i ms ago is overdue: %s", (ms, overdue) => {
  const timeoutAt = Date.UTC(2024, 3, 16, 4);
  expect(isOverdue({ timeout_at: formatTimestamp(timeoutAt) }, timeoutAt + ms)).toBe(overdue);
});

it("the list of distributions leaves nothing out only if it has an asterisk", () => {
  expect(allowsEvery(["E1", "*"])).toBe(true);
  expect(allowsEvery(["E1", "E2"])).toBe(false);
});
