import fc from "fast-check";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { atWork, percentage, retryingOf } from "../../../domain/request/progress.ts";
import { heartbeat } from "../../lambdas/items.ts";

describe("who is at work", () => {
  const now = 1_713_237_141_000;
  it.each([
    ["a heartbeat of now", {}, true],
    ["one that is nearly stale", { at: now - 60_000 }, true],
    ["a stale one", { at: now - 60_001 }, false],
    ["one without tasks", { tasks: 0 }, false],
    ["one of a clock that is a little ahead", { at: now + 5_000 }, true],
    ["one of the far future, which would never be stale", { at: now + 60_001 }, false],
  ])("%s", (_, change, works) =>
    expect(atWork([heartbeat({ at: now, ...change })], now, timingsOf())).toHaveLength(works ? 1 : 0),
  );
});

test("tasks that wait for their next attempt are added up by reason, those whose time is still to come", () => {
  const now = 1_713_237_141_000;
  const row = (code: "http_5xx" | "timeout", until: number, url = "u") => ({ code, tasks: 2, until, example: { url } });
  const heartbeats = [
    // Of a process that holds no task, and has written nothing since.
    heartbeat({ at: now - 600_000, tasks: 0, retrying: [row("timeout", now + 1), row("http_5xx", now)] }),
    heartbeat({ retrying: [row("timeout", now + 9, "v"), row("http_5xx", now + 5)] }),
    heartbeat({ retrying: [row("http_5xx", now + 86_400_000)] }),
  ];
  expect(retryingOf(heartbeats, now)).toEqual([
    { code: "timeout", tasks: 4, until: now + 9, examples: [{ url: "u" }, { url: "v" }] },
    { code: "http_5xx", tasks: 2, until: now + 5, examples: [{ url: "u" }] },
  ]);
});

describe("percentage", () => {
  const work = { total_count: 6, total_size: 600, sizes_known: true, download_count: 0, download_size: 0 };
  it.each([
    ["the contract's example", { total_size: 206_052, download_size: 137_368, download_count: 6 }, 66],
    ["nothing known yet", { total_count: 0, total_size: 0 }, 0],
    ["all", { download_count: 6, download_size: 600 }, 100],
    ["all bytes, but not all tasks", { download_count: 5, download_size: 700 }, 99],
    ["sizes unknown: the tasks", { sizes_known: false, download_count: 3, download_size: 1 }, 50],
    ["sizes unknown: all tasks", { sizes_known: false, download_count: 6, download_size: 1 }, 100],
    ["empty files: the tasks", { total_size: 0, download_count: 3 }, 50],
    ["all tasks succeeded, compressed", { download_count: 6, download_size: 100, failed_count: 0 }, 100],
    ["a task of compressed ones failed", { download_count: 6, download_size: 100, failed_count: 1 }, 16],
    ["everything failed", { download_count: 6, download_size: 0 }, 0],
    ["corrected below nothing", { download_size: -5 }, 0],
  ])("%s", (_, change, percent) => expect(percentage({ ...work, ...change })).toBe(percent));

  it("is the exact quotient, and never leaves 0 to 100", () => {
    const size = fc.integer({ min: 0, max: 10 ** 13 });
    fc.assert(
      fc.property(size, size, fc.boolean(), fc.nat(1_000), fc.nat(1_000), (done, total, known, count, of) => {
        const item = { total_count: of, total_size: total, sizes_known: known };
        const percent = percentage({ ...item, download_count: Math.min(count, of), download_size: done });
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        if (known && total > 0 && done < total) expect(percent).toBe(Number((BigInt(done) * 100n) / BigInt(total)));
      }),
    );
  });
});
