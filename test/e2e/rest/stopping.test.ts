// A request's end before its tasks are done, by the caller or by the clock, and the fleet that follows all requests' wishes.
import { describe, expect, it } from "vitest";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../hold-back.ts";

describe("stopping", () => {
  const running = deployedStack();

  it("POST /instances changes how many agents run, while a request runs", async () => {
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

  it("POST /instances with 0 pauses what runs, and more resume it: nothing is lost", async () => {
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

  it("three requests at once over the same POPs: one stopped, one timed out, and the third as if it were alone", async () => {
    const stack = running();
    holdBack(stack, "/hangs-too.bin");
    const hanging = { url_list: urls("/hangs-too.bin", "/js/shop.js"), timeout: 1 };
    const stuck = await stack.start(body({ ...hanging, instance_count: 1 }));
    const stopped = await stack.start(body({ ...hanging, instance_count: 2 }));
    const good = await stack.start(body({ url_list: urls("/video/poster.jpg", "/index.html"), instance_count: 3 }));
    await stack.until(stopped, "IN_PROGRESS");
    await stack.post("instances", { DesiredCapacity: 3, req_id: stopped, force_stop: true });
    await stack.until(good, "FINISHED");
    expect(await stack.progress(good)).toMatchObject({
      total_count: 6,
      download_count: 6,
      total_size: 3 * 501_000,
      download_size: 3 * 501_000,
      failed_count: 0,
    });
    expect(await stack.report(good)).toHaveLength(1);
    expect(await stack.progress(stopped)).toMatchObject({ status: "STOPPED", total_count: 6 });
    expect(await stack.until(stuck, ({ download_count }) => download_count === 3)).toMatchObject({
      status: "IN_PROGRESS",
      total_count: 6,
    });
    // The fleet follows the wish of the one that is left: the three that the stop asked for.
    await stack.untilAgents(3);
    const ended = await stack.until(stuck, "TIMEOUT", 120_000);
    expect(ended).toMatchObject({ total_count: 6, download_count: 3, download_size: 30_000 });
    const report = await stack.report(stuck);
    expect(
      report
        .slice(1)
        .map((row) => row.split(",")[0])
        .sort(),
    ).toEqual(["ATL56-C1", "DFW55-C3", "SIN2-C1"]);
    await stack.untilAgents(0);
    expect((await stack.inventory()).schedules).toBe(0);
  });
});
