// Requests whose counters, timer or messages go wrong, and one whose URL and headers are at their longest.
import { describe, expect, it } from "vitest";
import { MAX_HEADER_BYTES, MAX_URL_LENGTH } from "../../../domain/limits.ts";
import { HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { holdBack } from "../../e2e/edge-control.ts";
import { pipelineStack } from "./stack.ts";

describe("a request", () => {
  const stack = pipelineStack();

  it("goes on when its counters are too high: a recount puts them right", async () => {
    const release = holdBack(stack, "/held-2.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-2.bin", "/index.html"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, ({ download_count }) => download_count === 1);
    // So that they differ from its results.
    const { aws, deployment } = stack.pipeline;
    aws.dynamoDb.call("UpdateItem", {
      TableName: deployment.name("PrewarmStorageProgress"),
      Key: { key: { S: `count#${reqId}` }, part: { S: "0" } },
      UpdateExpression: "ADD download_count :count",
      ExpressionAttributeValues: { ":count": { N: "1" } },
    });
    expect(await stack.progress(reqId)).toMatchObject({ download_count: 2, total_count: 2 });
    // As Aggregation does when the counters of a request are complete.
    await stack.pipeline.invoke("Shutdown", { req_id: reqId });
    expect(await stack.until(reqId, ({ download_count }) => download_count === 1)).toMatchObject({
      status: "IN_PROGRESS",
    });
    release();
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ download_count: 2, download_size: 2_000 });
  });

  it("ends as TIMEOUT when its timer is gone: the agents see that its time is up", async () => {
    holdBack(stack, "/held-3.bin");
    const reqId = await stack.start(body({ url_list: urls("/held-3.bin"), pops: ["SIN2-C1"] }));
    await stack.until(reqId, "IN_PROGRESS");
    expect(stack.pipeline.aws.scheduler.delete(reqId)).toBe(true);
    stack.pipeline.change("StorageRequest", { req_id: reqId }, { timeout_at: "2024-04-16 03:12:21.046000" });
    expect(await stack.until(reqId, "TIMEOUT")).toMatchObject({ download_count: 0, total_count: 1 });
    await stack.untilAgents(0);
  });

  it("is downloaded by one agent alone when a download outlasts the visibility of its message", async () => {
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
    const done = await stack.until(reqId, "FINISHED");
    expect(done).toMatchObject({ download_count: 1, download_size: 1_000, failed_count: 0 });
    // The one that stalled, a second download, and a check.
    expect(asked).toBe(3);
    expect((await stack.taskResults(reqId))[0]).toMatchObject({ attempts: 2 });
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
