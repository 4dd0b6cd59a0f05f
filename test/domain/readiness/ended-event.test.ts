import { describe, expect, it } from "vitest";
import { endedEvent, endedEventSchema } from "../../../domain/readiness/ended-event.ts";
import { request } from "../../lambdas/items.ts";

const API = "https://api.example/prod/";
/** All counts differ, and so do all times. */
const ended = {
  ...request({
    req_id: "r 7&x",
    total_count: 90,
    download_count: 80,
    failed_count: 7,
    warm_count: 40,
    hit_count: 20,
    not_kept_count: 3,
    total_size: 9_000,
    download_size: 8_100,
    sizes_known: true,
    created_at: "2024-04-16 03:10:21.405000",
    last_update_time: "2024-04-16 05:00:00.000000",
  }),
  status: "STOPPED",
} as const;

describe("the event that a request has ended", () => {
  it("has the counts, sizes and times of the item", () => {
    const event = endedEvent(ended, API);
    expect(event).toMatchObject({
      req_id: "r 7&x",
      status: "STOPPED",
      total_count: 90,
      download_count: 80,
      failed_count: 7,
      warm_count: 40,
      hit_count: 20,
      not_kept_count: 3,
      total_size: 9_000,
      download_size: 8_100,
      created_at: "2024-04-16 03:10:21.405000",
      ended_at: "2024-04-16 05:00:00.000000",
    });
    expect(endedEventSchema.parse(event)).toEqual(event);
  });

  it("has URLs of the progress and of the summary in which the id is encoded", () => {
    expect(endedEvent(ended, API)).toMatchObject({
      progress_url: "https://api.example/prod/prewarm?req_id=r%207%26x",
      summary_url: "https://api.example/prod/summary?req_id=r%207%26x",
    });
  });

  it("has a reason if the item has one", () => {
    expect(endedEvent({ ...ended, reason: "stopped by its caller" }, API).reason).toBe("stopped by its caller");
    expect(endedEvent(ended, API)).not.toHaveProperty("reason");
  });

  it("has a verdict if the item has one", () => {
    expect(endedEvent({ ...ended, verdict: "not_ready" }, API).verdict).toBe("not_ready");
    expect(endedEvent(ended, API)).not.toHaveProperty("verdict");
  });
});
