// A request's end before its tasks are done, by the caller or by the clock, and the fleet that follows all requests' wishes.
import { describe, expect, it } from "vitest";
import { body, urls } from "../../e2e/bodies.ts";
import { holdBack } from "../../e2e/edge-control.ts";
import { pipelineStack } from "./stack.ts";

describe("three requests at once over the same POPs", () => {
  const stack = pipelineStack();

  it("end each in its own way: one is stopped, one times out, and the third ends as if it were alone", async () => {
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
    const ended = await stack.until(stuck, "TIMEOUT");
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
