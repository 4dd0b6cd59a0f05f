// A request whose timer goes wrong, and one whose URL and headers are at their longest.
import { MAX_HEADER_BYTES, MAX_URL_LENGTH } from "../../../domain/limits.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { holdBack } from "../../e2e/edge-control.ts";
import { pipelineStack } from "./stack.ts";

describe("a request", () => {
  const stack = pipelineStack();

  it("ends as TIMEOUT when its timer is gone: the agents see that its time is up", async () => {
    holdBack(stack, "/held-3.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-3.bin"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, "IN_PROGRESS");
    expect(stack.pipeline.aws.scheduler.delete(reqId)).toBe(true);
    stack.pipeline.change("StorageRequest", { req_id: reqId }, { timeout_at: "2024-04-16 03:12:21.046000" });
    expect(await stack.until(reqId, "TIMEOUT")).toMatchObject({ download_count: 0, total_count: 1 });
    await stack.untilAgents(0);
  });

  it("may have a URL and headers of the longest length, and none that is longer", async () => {
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
