// What the sentence of the event rests on: of an item in which no two fields are equal, so a fact from the wrong field is seen.
import { expect, test, vi } from "vitest";
import { endedEvent } from "../../../domain/readiness/ended-event.ts";
import { sentence } from "../../../domain/readiness/sentence.ts";
import { fullRequest } from "../../lambdas/items.ts";

vi.mock("../../../domain/readiness/sentence.ts", () => ({ sentence: vi.fn(() => "a sentence") }));

test("the event's sentence rests on the item's own fields", () => {
  const item = { ...fullRequest(), status: "STOPPED" } as const;
  expect(endedEvent(item, "https://api.example/").sentence).toBe("a sentence");
  expect(vi.mocked(sentence).mock.calls).toEqual([
    [
      expect.objectContaining({
        status: "STOPPED",
        total_count: item.total_count,
        download_count: item.download_count,
        failed_count: item.failed_count,
        warm_count: item.warm_count,
        hit_count: item.hit_count,
        in_progress_task_count: 0,
        // The highest that was told: its own counts come to less.
        percentage_complete: item.max_reported_percentage,
        // What has ended moves no more.
        instances_at_work: 0,
        bytes_per_second: 0,
        estimated_finish_at: null,
        timestamp: item.last_update_time,
        last_update_time: item.last_update_time,
        timeout_at: item.timeout_at,
        verdict: item.verdict,
        readiness: item.readiness,
        reason: item.reason,
      }),
    ],
  ]);
});
