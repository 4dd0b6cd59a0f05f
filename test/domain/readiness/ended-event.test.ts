import { endedEvent, endedEventSchema } from "../../../domain/readiness/ended-event.ts";
import { sentence } from "../../../domain/readiness/sentence.ts";
import { fullRequest, request } from "../../lambdas/items.ts";

const API = "https://api.example/prod/";
/** No two fields of it are equal, so a fact from the wrong field is seen. */
const FULL = { ...fullRequest(), status: "STOPPED" } as const;

it("the event that a request has ended has the counts, sizes, times, reason and verdict of the item", () => {
  const event = endedEvent(FULL, API);
  expect(endedEventSchema.parse(event)).toEqual(event);
  const { last_update_time: ended_at, ...item } = FULL;
  for (const [name, value] of Object.entries({ ...item, ended_at }))
    if (name in event) expect([name, event[name as keyof typeof event]]).toEqual([name, value]);
  expect(Object.keys(event)).toEqual(expect.arrayContaining(["ended_at", "reason", "verdict", "total_size"]));
});

it("the event that a request has ended has a sentence that rests on the item's own fields", () => {
  const { max_reported_percentage: percentage_complete = 0, last_update_time: timestamp } = FULL;
  // What has ended moves no more.
  const still = { in_progress_task_count: 0, instances_at_work: 0, bytes_per_second: 0, estimated_finish_at: null };
  for (const status of ["STOPPED", "FAILED", "FINISHED"] as const)
    expect(endedEvent({ ...FULL, status }, API).sentence).toBe(
      sentence({ ...FULL, ...still, status, percentage_complete, timestamp }),
    );
});

it("the event that a request has ended has URLs of the progress and of the summary in which the id is encoded", () => {
  expect(endedEvent({ ...FULL, req_id: "r 7&x" }, API)).toMatchObject({
    progress_url: "https://api.example/prod/prewarm?req_id=r%207%26x",
    summary_url: "https://api.example/prod/summary?req_id=r%207%26x",
  });
});

it("the event that a request has ended has neither reason nor verdict if the item has none", () => {
  const event = endedEvent({ ...request(), status: "STOPPED" }, API);
  expect(event).not.toHaveProperty("reason");
  expect(event).not.toHaveProperty("verdict");
});
