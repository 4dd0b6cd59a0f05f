// What happens to a running request: its group is resized, and it is stopped or paused.
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { holdBack } from "../edge-control.ts";

describe("a running request", () => {
  const running = deployedStack();

  it("gets as many agents as POST /instances asks for, and ends as STOPPED with force_stop", async () => {
    const stack = running();
    holdBack(stack, "/hangs.bin");
    const reqId = await stack.start(body({ url_list: urls("/hangs.bin"), instance_count: 1 }));
    await stack.until(reqId, "IN_PROGRESS");
    await stack.untilAgents(1);
    for (const count of [3, 2]) {
      const { json } = await stack.post("instances", { DesiredCapacity: count, req_id: reqId });
      expect(json["message"]).toBe(`Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: ${count}`);
      await stack.untilAgents(count);
      expect(new Set(stack.prewarm.fleet.pids()).size).toBe(count);
    }
    const read = await stack.call("GET", "instances");
    expect(read.json).toMatchObject({ desiredcapacity: 2 });
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
    expect(pause.json["message"]).toContain(`paused until the number of instances is raised: ${reqId}`);
    await stack.until(reqId, "IN_PROGRESS");
    expect(await stack.queued()).toBeGreaterThan(0);
    expect([await stack.capacity(), stack.prewarm.fleet.size]).toEqual([0, 0]);
    const resume = await stack.post("instances", { DesiredCapacity: 1 });
    expect(resume.json["message"]).toContain(`resumed: ${reqId}`);
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 6, download_count: 6, failed_count: 0 });
    await stack.untilAgents(0);
  });
});
