import { describe, expect, it } from "vitest";
import { endedEventSchema } from "../../../domain/readiness/ended-event.ts";
import { A, ENDED, EVENT, resultsBut, world } from "./world.ts";

describe("the end of a request", () => {
  it("is said once, with its exact counts and links, when its summary can be read", async () => {
    const { handle, said, calls, requests } = world({
      item: { ...ENDED, status: "STOPPED", report: undefined, reason: "why" },
      results: resultsBut(`SIN2-P1#${A}`),
    });
    await handle(EVENT);
    await handle(EVENT);
    expect(said).toHaveLength(1);
    expect(endedEventSchema.strict().parse(said[0])).toMatchObject({
      req_id: "r1",
      status: "STOPPED",
      reason: "why",
      verdict: "not_ready",
      sentence: "Stopped at 66%. 1 task not tried.",
      total_count: 4,
      download_count: 3,
      download_size: 20,
      progress_url: "https://api.example/prod/prewarm?req_id=r1",
      summary_url: "https://api.example/prod/summary?req_id=r1",
    });
    expect(calls.indexOf("events.put")).toBeGreaterThan(calls.indexOf("lists.write"));
    expect(requests.the().announced).toBe(true);
  });

  it("goes to the dead letters when EventBridge will not have it, and holds up nothing", async () => {
    const { handle, buried, requests } = world({
      item: ENDED,
      fault: (call) => (call === "events.put" ? "before" : undefined),
    });
    await handle(EVENT);
    expect(buried.map((text) => endedEventSchema.parse(JSON.parse(text)).req_id)).toEqual(["r1"]);
    expect(requests.the()).toMatchObject({ announced: true, closed: true });
  });

  it("is not said of what goes on", async () => {
    const { handle, said } = world({ item: { download_count: 3 }, results: resultsBut(`SIN2-P1#${A}`) });
    await handle(EVENT);
    expect(said).toEqual([]);
  });
});
