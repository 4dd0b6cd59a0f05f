// What happens to a running request: it is resized, stopped or paused, and it survives lost records, messages and items.
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { readResults } from "../../tools/local/results.ts";
import { invoke } from "./aws-call.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import { holdBack } from "./edge-control.ts";
import { deleteTimer, exhaustReceives, miscount } from "./tampering.ts";

describe("a running request", () => {
  const running = deployedStack();

  it("gets as many agents as POST /instances asks for, and ends as STOPPED with force_stop", async () => {
    const stack = running();
    holdBack(stack, "/hangs.bin");
    const reqId = await stack.start(body({ url_list: urls("/hangs.bin"), instance_count: 1 }));
    await stack.until(reqId, "IN_PROGRESS");
    await stack.untilAgents(1);
    for (const count of [3, 2]) {
      const { status, json } = await stack.post("instances", { DesiredCapacity: count, req_id: reqId });
      expect(status).toBe(200);
      expect(json).toEqual({
        status: "success",
        timestamp: expect.any(String),
        message: `Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: ${count}`,
      });
      await stack.untilAgents(count);
      expect(new Set(stack.prewarm.fleet.pids()).size).toBe(count);
    }
    const read = await stack.call("GET", "instances");
    expect(read.json).toEqual({
      status: "success",
      timestamp: expect.any(String),
      message: "query success",
      desiredcapacity: 2,
    });
    const stop = await stack.post("instances", { DesiredCapacity: 0, req_id: reqId, force_stop: true });
    expect(stop.status).toBe(200);
    const progress = await stack.until(reqId, "STOPPED");
    expect(progress).toMatchObject({
      total_count: 3,
      download_count: 0,
      available_task_count: 3,
      in_progress_task_count: 0,
    });
    const report = await stack.report(reqId);
    expect(report).toHaveLength(4);
    expect(report[1]).toContain("no result: the request ended before an agent finished it");
    await stack.untilAgents(0);
    const again = await stack.post("instances", { DesiredCapacity: 0, req_id: reqId, force_stop: true });
    expect(again.status).toBe(200);
    expect(again.json["message"]).toMatch(/was STOPPED already/);
  });

  it("pauses without instances and resumes without loss", async () => {
    const stack = running();
    const reqId = await stack.start(body({ instance_count: 1, need_invalidate: true }));
    const pause = await stack.post("instances", { DesiredCapacity: 0 });
    expect(pause.json["message"]).toContain(`paused until there are instances again: ${reqId}`);
    await stack.until(reqId, "IN_PROGRESS");
    expect(await stack.queued()).toBeGreaterThan(0);
    expect([await stack.capacity(), stack.prewarm.fleet.size]).toEqual([0, 0]);
    const resume = await stack.post("instances", { DesiredCapacity: 1 });
    expect(resume.json["message"]).toContain(`resumed: ${reqId}`);
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 6, download_count: 6, failed_count: 0 });
    await stack.untilAgents(0);
  });

  it("ends with exact counters after stream records were lost", async () => {
    const stack = running();
    const release = holdBack(stack, "/held-1.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-1.bin", "/index.html"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, ({ download_count }) => download_count === 1);
    await miscount(stack, reqId, -1, -400);
    release();
    expect(await stack.until(reqId, "FINISHED", 120_000)).toMatchObject({
      total_count: 2,
      download_count: 2,
      download_size: 2_000,
      failed_count: 0,
    });
  });

  it("ends with failed tasks and their reason after a message went to the dead-letter queue", async () => {
    const stack = running();
    await stack.untilAgents(0);
    const reqId = await stack.start(body({ pops: ["SIN2-C1"], instance_count: 0 }));
    await stack.until(reqId, "IN_PROGRESS");
    await exhaustReceives(stack);
    expect(await stack.queued()).toBe(0);
    // It runs every five minutes.
    await invoke(stack.prewarm.aws, stack.prewarm.deployed.resource("PrewarmMonitoringWatch", "AWS::Lambda::Function"));
    expect(await stack.until(reqId, "FINISHED", 60_000)).toMatchObject({ download_count: 2, failed_count: 2 });
    expect((await stack.report(reqId))[1]).toContain("lost: its message was received 5 times and never finished");
  });

  it("is not downloaded after its item was deleted", async () => {
    const stack = running();
    const { clients, deployed } = stack.prewarm;
    await stack.untilAgents(0);
    const reqId = await stack.start(body({ pops: ["SIN2-C1"], instance_count: 0 }));
    await stack.until(reqId, "IN_PROGRESS");
    const TableName = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
    await clients.db.send(new DeleteCommand({ TableName, Key: { req_id: reqId } }));
    expect((await stack.call("GET", `prewarm?req_id=${reqId}`)).status).toBe(404);
    await stack.post("instances", { DesiredCapacity: 1 });
    await expect.poll(() => stack.queued(), { timeout: 20_000 }).toBe(0);
    expect(await readResults(stack.prewarm, reqId)).toEqual([]);
    await stack.post("instances", { DesiredCapacity: 0 });
    await deleteTimer(stack, reqId);
    await stack.untilAgents(0);
  });
});
