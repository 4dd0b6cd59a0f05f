import { describe, expect, it } from "vitest";
import { request } from "../items.ts";
import { BODY, STAMP, world } from "./world.ts";

describe("GET /prewarm", () => {
  it("answers what the contract says, and failed_count", async () => {
    const { call, requests, queue } = world();
    const counters = {
      total_count: 6,
      total_size: 206_052,
      download_count: 4,
      download_size: 137_368,
      failed_count: 1,
    };
    await requests.put(request({ status: "IN_PROGRESS", ...counters }));
    queue.inFlight = 1;
    expect(await call("GET /prewarm", undefined, { req_id: "r1" })).toEqual({
      status: 200,
      body: {
        request_id: "r1",
        download_size: 137_368,
        total_size: 206_052,
        percentage_complete: 66,
        available_task_count: 0,
        in_progress_task_count: 2,
        download_count: 4,
        failed_count: 1,
        total_count: 6,
        created_at: "2024-04-16 03:10:21.405000",
        last_update_time: "2024-04-16 03:11:53.531000",
        timestamp: STAMP,
        status: "IN_PROGRESS",
      },
    });
  });
});

describe("what every route has in common", () => {
  const failed = (error_message: unknown) => ({ status: "Failed", error_message, timestamp: STAMP });

  it.each(["GET /prewarm", "GET /summary"])("%s: a missing req_id is 400, an unknown one 404", async (route) => {
    const { call } = world();
    const missing = { status: 400, body: failed("req_id: is required in the query string") };
    expect(await call(route)).toEqual(missing);
    expect(await call(route, undefined, { req_id: "" })).toEqual(missing);
    expect(await call(route, undefined, { other: "r1" })).toEqual(missing);
    expect(await call(route, undefined, { req_id: "r9" })).toEqual({
      status: 404,
      body: failed("req_id: there is no request 'r9'"),
    });
  });

  it.each(["x\ud800", "x\u0000", "x".repeat(201), "a b", "é"])(
    "an id that can be none is not looked up: %j",
    async (req_id) => {
      const { call, calls } = world();
      expect((await call("GET /prewarm", undefined, { req_id })).status).toBe(404);
      expect((await call("POST /instances", { DesiredCapacity: 0, req_id, force_stop: true })).status).not.toBe(200);
      expect(calls).toEqual([]);
    },
  );

  it("another route is 404 and says which there are", async () => {
    const { status, body } = await world().call("DELETE /prewarm");
    expect(status).toBe(404);
    expect(body).toEqual(failed(expect.stringMatching(/^There is no DELETE \/prewarm; there are POST \/prewarm, /)));
  });

  const shapes: Record<string, readonly [unknown, string[]]> = {
    "POST /prewarm": [BODY, ["status", "error_message", "error_urls", "request_id", "timestamp", "timeout_at"]],
    "GET /prewarm": [undefined, ["status", "error_message", "timestamp"]],
    "GET /summary": [undefined, ["status", "error_message", "timestamp"]],
    "GET /pops": [undefined, ["status", "error_message", "timestamp"]],
    "POST /instances": [{ DesiredCapacity: 1 }, ["status", "message", "timestamp"]],
    "GET /instances": [undefined, ["status", "message", "timestamp"]],
  };
  it.each(Object.entries(shapes))(
    "%s: a fault of ours is 500 with the call's id, and no more of it",
    async (route, [body, fields]) => {
      const { call, errors } = world((_, n) => (n === 0 ? "before" : undefined));
      const answer = await call(route, body, { req_id: "r1" });
      expect(answer.status).toBe(500);
      expect(Object.keys(answer.body).sort()).toEqual([...fields].sort());
      const message = answer.body["error_message"] ?? answer.body["message"];
      expect(message).toBe("Internal error; the log has it under api-request-id");
      expect(JSON.stringify(answer.body)).not.toMatch(/Crash|\.ts|\bat /);
      expect(errors.at(-1)).toEqual([
        "A call failed",
        { route, api_request_id: "api-request-id", error: expect.objectContaining({ name: "Crash" }) },
      ]);
    },
  );
});
