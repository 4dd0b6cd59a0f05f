import { describe, expect, it } from "vitest";
import { DOMAIN, LABEL } from "../items.ts";
import { CHECK_POP, world } from "./world.ts";

describe("a request at CHECK_POP", () => {
  it("gets its targets, its totals, and at last READY targets", async () => {
    const { handle, requests, requestPops, states, queue } = world();
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({
      status: "INSERT_TASK",
      total_count: 4,
      total_size: 30,
      sizes_known: true,
      shards: 1,
      targets_total: 2,
      targets_sent: 0,
      distributions: [{ label: LABEL, domain: DOMAIN, id: "E1", names: [DOMAIN, "cdn.example.com"] }],
    });
    expect(states()).toEqual({ "SIN2-P1": "READY", "FRA56-P4": "READY", "XXX1-P1": "FAILED" });
    expect(requestPops.items.get(`r1/XXX1-P1#${LABEL}`)?.error).toBe(
      `${LABEL}.XXX1-P1.cloudfront.net does not exist in DNS (ENOTFOUND)`,
    );
    expect(queue.messages).toEqual([]);
  });

  it("starts no target again in a second preparation: its fan-out may be in progress", async () => {
    const { handle, requestPops, states, calls } = world();
    await handle(CHECK_POP);
    const started = calls.filter((call) => call === "requestPops.startFanOut").length;
    await handle(CHECK_POP);
    expect(calls.filter((call) => call === "requestPops.startFanOut")).toHaveLength(started);
    expect([states()["SIN2-P1"], requestPops.calledAgain]).toEqual(["READY", []]);
  });

  it("gets its instances back, should the end of another request have taken them", async () => {
    const { handle, fleet } = world({ item: { instance_count: 3 } });
    await handle(CHECK_POP);
    expect(fleet.capacity).toBe(3);
  });

  it("fails when no POP resolves, with the POPs and the reason for the summary", async () => {
    const { handle, requests, states } = world({ hosts: {} });
    await handle(CHECK_POP);
    expect(requests.the().active).toBeUndefined();
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `No POP resolved; the first: ${LABEL}.SIN2-P1.cloudfront.net does not exist in DNS (ENOTFOUND)`,
    });
    expect(Object.values(states())).toEqual(["FAILED", "FAILED", "FAILED"]);
  });

  // Two URLs of 10 and 5 bytes at two POPs: 30 bytes, 4 tasks.
  it.each([
    [
      { max_bytes: 29 },
      {},
      "max_bytes: 30 bytes would be downloaded, and the request allows 29; nothing was downloaded",
    ],
    [
      { max_bytes: 30 },
      { maxRequestBytes: 29 },
      "total_size: 30 bytes, but maxRequestBytes of this deployment is 29 (a parameter of the stack)",
    ],
    [{}, { maxTasks: 3 }, "total_count: 4 tasks, but maxTasks of this deployment is 3 (a parameter of the stack)"],
  ])(
    "fails beyond a cap with both figures, before anything is invalidated or queued: %j %j",
    async (item, lowered, reason) => {
      const { handle, requests, queue, calls } = world({ item: { ...item, need_invalidate: true }, lowered });
      await handle(CHECK_POP);
      expect(requests.the()).toMatchObject({ status: "FAILED", reason, header: [] });
      expect([queue.messages, calls.filter((call) => call.startsWith("distributions."))]).toEqual([[], []]);
    },
  );

  it("goes on at its caps", async () => {
    const lowered = { maxRequestBytes: 30, maxTasks: 4 };
    const { handle, requests } = world({ item: { max_bytes: 30 }, lowered });
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({ status: "INSERT_TASK", total_size: 30, total_count: 4 });
  });

  it.each(["CREATED", "IN_PROGRESS", "STOPPED", "FINISHED"] as const)(
    "is passed over when it is %s",
    async (status) => {
      const { handle, calls, requests } = world({ item: { status } });
      await handle(CHECK_POP);
      expect(new Set(calls)).toEqual(new Set(["requests.get"]));
      expect(requests.the().status).toBe(status);
    },
  );
});

describe("need_invalidate", () => {
  const item = { need_invalidate: true };

  it("is done before anything is released", async () => {
    const { handle, calls, distributions, states } = world({ item });
    await handle(CHECK_POP);
    expect([...distributions.invalidations.values()]).toEqual([{ distributionId: "E1", paths: ["/a", "/b"] }]);
    expect(calls.lastIndexOf("distributions.isInvalidated")).toBeLessThan(calls.indexOf("requests.advance"));
    expect(states()).toMatchObject({ "SIN2-P1": "READY" });
  });

  it("comes before the instances: they are raised once tasks are about to be queued", async () => {
    const { handle, fleet, requests, calls } = world({ item: { ...item, instance_count: 3 } });
    const capacities: number[] = [];
    const advance = requests.advance.bind(requests);
    requests.advance = (...args) => {
      capacities.push(fleet.capacity);
      return advance(...args);
    };
    await handle(CHECK_POP);
    expect([...capacities, fleet.capacity]).toEqual([0, 3]);
    expect(calls.indexOf("fleet.raiseTo")).toBeLessThan(calls.indexOf("requestPops.startFanOut"));
  });

  it("is not done unasked", async () => {
    const { handle, distributions } = world();
    await handle(CHECK_POP);
    expect(distributions.invalidations.size).toBe(0);
  });

  it("of another account's distribution fails the request, and warms nothing", async () => {
    const { handle, requests, states, calls } = world({ item, own: [{ label: LABEL, domain: DOMAIN, names: [] }] });
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `need_invalidate: no distribution of this account answers to ${LABEL}, so nothing could be invalidated`,
    });
    expect(states()).toEqual({});
    expect(calls).not.toContain("distributions.invalidate");
  });

  it("that outlasts the function goes on in the next run, and nothing is released before", async () => {
    const { handle, requests, distributions, states } = world({ item, remainingMs: 100_000 });
    distributions.asksUntilComplete = 2;
    await handle(CHECK_POP);
    expect(requests.the().status).toBe("CHECK_POP");
    expect(states()).toMatchObject({ "SIN2-P1": "RESOLVED", "FRA56-P4": "RESOLVED" });
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({ status: "INSERT_TASK", invalidated_batches: 1 });
    expect(distributions.invalidations.size).toBe(1);
  });
});
