// What the sentence of the event rests on: of an item in which no two fields are equal, so a fact from the wrong field is seen.
import { expect, test, vi } from "vitest";
import { endedEvent } from "../../../domain/readiness/ended-event.ts";
import { sentence } from "../../../domain/readiness/sentence.ts";
import { parseTimestamp } from "../../../domain/timestamps.ts";
import { fullRequest } from "../../lambdas/items.ts";

vi.mock("../../../domain/readiness/sentence.ts", () => ({ sentence: vi.fn(() => "a sentence") }));

const at = (text: string) => parseTimestamp(text).getTime();

test("the event's sentence rests on the item's own fields", () => {
  const item = { ...fullRequest(), status: "STOPPED" } as const;
  expect(endedEvent(item, "https://api.example/").sentence).toBe("a sentence");
  expect(vi.mocked(sentence).mock.calls).toEqual([
    [
      {
        status: "STOPPED",
        total: item.total_count,
        results: item.download_count,
        failed: item.failed_count,
        warm: item.warm_count,
        hit: item.hit_count,
        inProgress: 0,
        // The highest that was told: its own counts come to less.
        percentage: item.max_reported_percentage,
        // What has ended needs no instances, moves no more, and has final counts.
        instancesWanted: 0,
        instancesAtWork: 0,
        bytesPerSecond: 0,
        finishAt: null,
        now: at(item.last_update_time),
        lastMoveAt: at(item.last_update_time),
        timeoutAt: at(item.timeout_at),
        verdict: item.verdict,
        readiness: item.readiness,
        reason: item.reason,
        counted: true,
      },
    ],
  ]);
});
