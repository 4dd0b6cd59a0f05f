import { describe, expect, it } from "vitest";
import { CHECK_POP, world } from "./world.ts";

const NOW = Date.parse("2024-04-16T03:12:21Z");
const HOUR_MS = 3_600_000;
const now = () => NOW;

describe("which POPs resolved", () => {
  it("is noted, those alone that did", async () => {
    const { handle, progress } = world({ now });
    await handle(CHECK_POP);
    expect(Object.fromEntries(progress.resolved)).toEqual({ "SIN2-P1": NOW, "FRA56-P4": NOW });
  });

  it("is written once a day", async () => {
    const { handle, progress, calls } = world({ now });
    progress.resolved.set("SIN2-P1", NOW - 23 * HOUR_MS).set("FRA56-P4", NOW - 24 * HOUR_MS);
    await handle(CHECK_POP);
    expect(Object.fromEntries(progress.resolved)).toEqual({ "SIN2-P1": NOW - 23 * HOUR_MS, "FRA56-P4": NOW });
    expect(calls.filter((call) => call === "progress.recordResolved")).toHaveLength(1);
  });

  it("costs one read when all were noted today", async () => {
    const { handle, progress, calls } = world({ now });
    progress.resolved.set("SIN2-P1", NOW).set("FRA56-P4", NOW);
    await handle(CHECK_POP);
    expect(calls.filter((call) => call.startsWith("progress."))).toEqual(["progress.resolvedPops"]);
  });

  it("is not asked when none did", async () => {
    const { handle, calls } = world({ hosts: {}, now });
    await handle(CHECK_POP);
    expect(calls.filter((call) => call.startsWith("progress."))).toEqual([]);
  });

  it.each(["progress.resolvedPops", "progress.recordResolved"])(
    "fails no request: a fault of %s is logged",
    async (failing) => {
      const { handle, requests, warnings } = world({ now, fault: (call) => (call === failing ? "before" : undefined) });
      await handle(CHECK_POP);
      expect(requests.the().status).toBe("INSERT_TASK");
      expect(warnings).toEqual([
        ["Recording resolved POPs failed", { req_id: "r1", error: expect.objectContaining({ name: "Crash" }) }],
      ]);
    },
  );
});
