import { describe, expect, it } from "vitest";
import { keysEvent, LABEL, request } from "../items.ts";
import { CHECK_POP, ROWS, run, TASKS, tasksOf, world } from "./world.ts";

describe("a READY target", () => {
  it("has its tasks queued; the last one moves the request on", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 1 });
    expect(w.queue.messages).toEqual(
      ROWS.map(([url, bytes]) => ({
        ...{ req_id: "r1", pop: "SIN2-P1", ips: ["192.0.2.1", "192.0.2.2"], header: [], shards: 1 },
        ...{ host: "cdn.example.com", urls: [{ url, bytes: Number(bytes) }] },
      })),
    );
    await w.handle(keysEvent({ req_id: "r1", target: `FRA56-P4#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.states()).toMatchObject({ "SIN2-P1": "SENT", "FRA56-P4": "SENT" });
  });

  it.each([
    ["the express lane, if there are few", ROWS, "express"],
    ["the main lane, if a size is unknown", [["https://cdn.example.com/a", ""]], "main"],
    ["the main lane, if they are large", [["https://cdn.example.com/a", "5000000001"]], "main"],
  ])("has its tasks queued in %s", async (_, rows, lane) => {
    const w = await run(world({ rows }));
    expect([w.requests.the().lane, ...w.queue.usedLanes]).toEqual([lane, lane]);
  });

  it("that is called for twice is queued once", async () => {
    const w = await run(world());
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.requests.the().targets_sent).toBe(2);
  });

  it.each([`XXX1-P1#${LABEL}`, "SIN2-P1#unknown"])("%s is none: nothing is queued", async (target) => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target }));
    expect(w.queue.messages).toEqual([]);
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 0 });
  });

  it("of a request that ends meanwhile has no more of its tasks queued", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [`https://cdn.example.com/${i}`, "20000000"]);
    const w: ReturnType<typeof world> = world({
      rows,
      fault: (call) => {
        if (call === "requests.isActive") w.requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toHaveLength(999);
  });

  it("of a request that has ended is not queued", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.requests.end("r1", "STOPPED");
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toEqual([]);
  });
});
