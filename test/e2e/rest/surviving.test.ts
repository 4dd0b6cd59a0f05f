import { describe, expect, it } from "vitest";
import { MAX_HEADER_BYTES, MAX_URL_LENGTH } from "../../../domain/request/limits.ts";
import { readResults } from "../../../tools/local/pop-report.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../edge-control.ts";
import { deleteTimer, miscount, requestSettlement, updateRequest } from "../tampering.ts";

describe("surviving", () => {
  const running = deployedStack();

  it("counters that are above it: the recount puts them right, and the request goes on", async () => {
    const stack = running();
    const release = holdBack(stack, "/held-2.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-2.bin", "/index.html"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, ({ download_count }) => download_count === 1);
    await miscount(stack, reqId, 1, 0);
    expect(await stack.progress(reqId)).toMatchObject({ download_count: 2, total_count: 2 });
    await requestSettlement(stack, reqId);
    expect(await stack.until(reqId, ({ download_count }) => download_count === 1)).toMatchObject({
      status: "IN_PROGRESS",
    });
    release();
    expect(await stack.until(reqId, "FINISHED", 120_000)).toMatchObject({ download_count: 2, download_size: 2_000 });
  });

  it("a timer that is gone: the agents see that the time is up", async () => {
    const stack = running();
    holdBack(stack, "/held-3.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-3.bin"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, "IN_PROGRESS");
    await deleteTimer(stack, reqId);
    await updateRequest(stack, reqId, "SET timeout_at = :past", { ":past": "2024-04-16 03:12:21.046000" });
    expect(await stack.until(reqId, "TIMEOUT", 180_000)).toMatchObject({ download_count: 0, total_count: 1 });
    await stack.untilAgents(0);
  });

  it("a download that outlasts the visibility of its message: it is nobody else's meanwhile", async () => {
    const stack = running();
    const path = "/long.bin";
    stack.standIn.edge.addObject(path, { size: 1_000 });
    let asked = 0;
    // It stalls for 30 s, after which an attempt ends. A message that is not held is hidden for no longer than that.
    stack.setFaults(({ method, path: asks }) => {
      if (method !== "GET" || asks !== path) return undefined;
      asked++;
      return asked === 1 ? { kind: "stall", after: 100 } : undefined;
    });
    const reqId = await stack.start(body({ url_list: urls(path), pops: ["SIN2-C1"], instance_count: 3 }));
    const done = await stack.until(reqId, "FINISHED", 240_000);
    expect(done).toMatchObject({ download_count: 1, download_size: 1_000, failed_count: 0 });
    expect(asked).toBe(2);
    expect((await readResults(stack.prewarm, reqId))[0]).toMatchObject({ attempts: 2 });
  });

  it("a Spot notice: the agent goes, before its instance does", async () => {
    const stack = running();
    await stack.untilAgents(0);
    await stack.post("instances", { DesiredCapacity: 1 });
    await expect.poll(() => stack.prewarm.fleet.pids().length, { timeout: 90_000 }).toBe(1);
    stack.metadata.spotAction = "terminate";
    await expect.poll(() => stack.prewarm.fleet.pids().length, { timeout: 90_000 }).toBe(0);
    stack.metadata.spotAction = undefined;
    await stack.post("instances", { DesiredCapacity: 0 });
    await stack.untilAgents(0);
  });

  it("a URL and headers at their longest", async () => {
    const stack = running();
    const prefix = `https://${HOST}/`;
    const path = `/${"x".repeat(MAX_URL_LENGTH - prefix.length)}`;
    stack.standIn.edge.addObject(path, { size: 77 });
    // The edge's own bound on all headers together, Node's default of 16 KiB, includes the path.
    const header = [`X-Long: ${"y".repeat(MAX_HEADER_BYTES - 1_000)}`];
    const reqId = await stack.start(body({ url_list: urls(path), header, pops: ["SIN2-C1", "ATL56-C1"] }));
    const done = await stack.until(reqId, "FINISHED");
    expect(done).toMatchObject({ total_count: 2, download_count: 2, failed_count: 0, download_size: 154 });
    const tooLong = await stack.post("prewarm", body({ url_list: [`${prefix}${path}x`] }));
    expect(tooLong.status).toBe(400);
    expect(tooLong.json["error_message"]).toMatch(/is longer than 8192 characters/);
  });
});
