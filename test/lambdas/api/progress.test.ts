import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { describeProgress, percentage } from "../../../lambdas/api/progress.ts";
import { request } from "../items.ts";

const NOW = "2024-04-16 03:15:09.499000";

describe("percentage", () => {
  const work = { total_count: 6, total_size: 600, sizes_known: true, download_count: 0, download_size: 0 };
  it.each([
    ["the contract's example", { total_size: 206_052, download_size: 137_368, download_count: 6 }, 66],
    ["nothing known yet", { total_count: 0, total_size: 0 }, 0],
    ["nothing done", {}, 0],
    ["a part of the bytes", { download_count: 1, download_size: 300 }, 50],
    ["rounded down", { download_count: 5, download_size: 599 }, 99],
    ["exact where a fraction is not", { total_size: 100, download_count: 1, download_size: 29 }, 29],
    ["all", { download_count: 6, download_size: 600 }, 100],
    ["more bytes than were announced", { download_count: 6, download_size: 700 }, 100],
    ["all bytes, but not all tasks", { download_count: 5, download_size: 700 }, 99],
    ["sizes unknown: the tasks", { sizes_known: false, download_count: 3, download_size: 1 }, 50],
    ["sizes unknown: all tasks", { sizes_known: false, download_count: 6, download_size: 1 }, 100],
    ["empty files: the tasks", { total_size: 0, download_count: 3 }, 50],
    ["everything failed", { download_count: 6, download_size: 0 }, 0],
    ["corrected below nothing", { download_size: -5 }, 0],
  ])("%s", (_, change, percent) => {
    expect(percentage({ ...work, ...change })).toBe(percent);
  });

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

describe("GET /prewarm", () => {
  const item = request({
    status: "IN_PROGRESS",
    total_count: 10,
    total_size: 100,
    download_count: 4,
    download_size: 40,
  });
  const counts = (change: Partial<RequestItem>, available: number, inFlight: number) => {
    const answer = describeProgress(request({ ...item, ...change }), { available, inFlight }, NOW);
    return [answer.available_task_count, answer.in_progress_task_count, answer.download_count, answer.total_count];
  };

  it.each([
    ["the queue's share in flight is taken as the request's", {}, 1, 1, [3, 3, 4, 10]],
    ["an empty queue: nobody holds anything", {}, 0, 0, [6, 0, 4, 10]],
    ["all messages in flight", {}, 0, 7, [0, 6, 4, 10]],
    ["the others' messages", {}, 100_000, 0, [6, 0, 4, 10]],
    ["all done", { download_count: 10 }, 5, 5, [0, 0, 10, 10]],
    ["counted once too often for a moment", { download_count: 12 }, 5, 5, [0, 0, 10, 10]],
    ["ended: agents drop what is left", { status: "STOPPED", active: undefined }, 0, 7, [6, 0, 4, 10]],
    ["nothing known yet", { total_count: 0, download_count: 0 }, 5, 5, [0, 0, 0, 0]],
  ] as const)("%s", (_, change, available, inFlight, expected) => {
    expect(counts(change, available, inFlight)).toEqual(expected);
  });

  it("available + in progress = total - download, for whatever the table and the queue say", () => {
    const n = fc.nat(40_000_000);
    fc.assert(
      fc.property(n, n, n, n, fc.boolean(), (total, done, available, inFlight, active) => {
        const now = request({
          ...item,
          total_count: total,
          download_count: done,
          active: active ? "y" : undefined,
        });
        const answer = describeProgress(now, { available, inFlight }, NOW);
        const { available_task_count, in_progress_task_count, total_count, download_count } = answer;
        expect(available_task_count + in_progress_task_count).toBe(total_count - download_count);
        expect(Math.min(available_task_count, in_progress_task_count)).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(available_task_count)).toBe(true);
      }),
    );
  });
});
