import { describe, expect, it } from "vitest";
import { request, target } from "../items.ts";
import { world } from "./world.ts";

const STAMP = "2024-04-16 03:12:21.046000";
const URL_LIST = ["https://cdn.example.com/a.js", "https://cdn.example.com/b(1).js"];
const BODY = { url_list: URL_LIST, timeout: 5, instance_count: 2, pops: ["SIN2-C1", "ATL56-C1"] };

/** What a POST /prewarm does, in order. */
const STEPS = ["lists.write", "timer.set", "fleet.desiredCapacity", "fleet.raiseTo", "requests.put"];

describe("POST /prewarm", () => {
  it("answers what the contract says, and no more", async () => {
    expect(await world().call("POST /prewarm", BODY)).toEqual({
      status: 200,
      body: {
        status: "Success",
        error_message: "",
        error_urls: [],
        request_id: "new-id",
        timestamp: STAMP,
        timeout_at: "2024-04-16 03:17:21.046000",
      },
    });
  });

  it("makes the list, the timer, the instances, and the item last", async () => {
    const { call, calls, lists, timer, fleet, requests } = world();
    await call("POST /prewarm", BODY);
    expect(calls).toEqual(STEPS);
    expect(lists.objects).toEqual({
      "new-id.csv": [["https://cdn.example.com/a.js"], ["https://cdn.example.com/b%281%29.js"]],
    });
    const at = new Date("2024-04-16T03:17:21.046Z");
    expect(timer.schedules.get("new-id")).toEqual({ at, target: { functionArn: "arn:shutdown", roleArn: "arn:role" } });
    expect(fleet.capacity).toBe(2);
    expect(requests.the("new-id")).toEqual(
      request({
        req_id: "new-id",
        created_at: STAMP,
        last_update_time: STAMP,
        timeout_at: "2024-04-16 03:17:21.046000",
        expire_at: Date.parse("2024-05-16T03:12:21Z") / 1000,
        url_count: 2,
        pops: ["SIN2-C1", "ATL56-C1"],
        instance_count: 2,
      }),
    );
    expect(requests.the("new-id")).not.toHaveProperty("cf_domain");
  });

  it("takes the JSON of a plain curl -d, whatever Content-Type that sends", async () => {
    expect((await world().call("POST /prewarm", `\uFEFF${JSON.stringify(BODY)}\n`)).status).toBe(200);
  });

  it("asks no instances for none", async () => {
    const { call, calls, fleet } = world();
    await call("POST /prewarm", { ...BODY, instance_count: 0 });
    expect(calls).toEqual(["lists.write", "timer.set", "requests.put"]);
    expect(fleet.capacity).toBe(1);
  });

  it.each([
    ["no body", undefined, /^The request has no body/, []],
    ["broken JSON", "{", /^The body is not valid JSON/, []],
    ["comments", '{"url_list": [] // all\n}', /JSON has no comments/, []],
    ["missing fields", {}, /^url_list: is required.*; timeout: is required.*; instance_count: is required/, []],
    [
      "bad URLs",
      { ...BODY, url_list: ["ftp://a", "b"] },
      /^url_list: 'ftp:\/\/a' has .* and 1 more \(see error_urls\); /,
      ["ftp://a", "b"],
    ],
    ["bad URLs and more", { ...BODY, url_list: ["b"], timeout: 0 }, /^timeout: .*; url_list: 'b' /, ["b"]],
    ["an unknown POP", { ...BODY, pops: ["SIN999-C1"] }, /^pops: unknown 'SIN999-C1'; known there: /, []],
  ])("refuses %s with 400 in its own shape, and makes nothing", async (_, body, message, error_urls) => {
    const { call, calls } = world();
    expect(await call("POST /prewarm", body)).toEqual({
      status: 400,
      body: {
        status: "Failed",
        error_message: expect.stringMatching(message),
        error_urls,
        request_id: "",
        timestamp: STAMP,
        timeout_at: "",
      },
    });
    expect(calls).toEqual([]);
  });

  const undone = {
    "lists.write": ["lists.delete"],
    "timer.set": ["timer.cancel", "lists.delete"],
    "fleet.desiredCapacity": ["timer.cancel", "lists.delete"],
    "fleet.raiseTo": ["fleet.restore", "timer.cancel", "lists.delete"],
    "requests.put": ["requests.delete", "fleet.restore", "timer.cancel", "lists.delete"],
  };
  it.each(Object.entries(undone))("undoes all it made, newest first, when %s fails", async (step, undoing) => {
    const { call, calls, lists, timer, fleet, requests, errors } = world((name) =>
      name === step ? "before" : undefined,
    );
    const { status, body } = await call("POST /prewarm", BODY);
    expect(status).toBe(500);
    expect(body).toMatchObject({ status: "Failed", request_id: "" });
    expect(calls).toEqual([...STEPS.slice(0, STEPS.indexOf(step) + 1), ...undoing]);
    expect([lists.objects, timer.schedules.size, fleet.capacity, requests.items.size]).toEqual([{}, 0, 1, 0]);
    expect(errors).toHaveLength(1);
  });

  it.each(STEPS)("even where %s did its work and its answer was lost", async (step) => {
    const { call, lists, timer, fleet, requests } = world((name) => (name === step ? "after" : undefined));
    await call("POST /prewarm", BODY);
    expect([lists.objects, timer.schedules.size, fleet.capacity, requests.items.size]).toEqual([{}, 0, 1, 0]);
  });

  it("goes on undoing when a part of that fails, and logs it", async () => {
    const failing = ["requests.put", "fleet.restore", "timer.cancel"];
    const { call, calls, lists, errors } = world((name) => (failing.includes(name) ? "before" : undefined));
    await call("POST /prewarm", BODY);
    expect(calls.slice(-4)).toEqual(undone["requests.put"]);
    expect(lists.objects).toEqual({});
    expect(errors.map(([message]) => message)).toEqual([
      ...Array(2).fill("Undoing a refused request failed"),
      "A call failed",
    ]);
  });

  it("leaves a group alone that was large enough before, or was changed since", async () => {
    const large = world((name) => (name === "requests.put" ? "before" : undefined));
    large.fleet.capacity = 2;
    await large.call("POST /prewarm", BODY);
    expect(large.calls).not.toContain("fleet.restore");
    expect(large.fleet.capacity).toBe(2);

    const changed = world((name) => {
      if (name !== "requests.put") return undefined;
      changed.fleet.capacity = 7;
      return "before";
    });
    await changed.call("POST /prewarm", BODY);
    expect(changed.fleet.capacity).toBe(7);
  });
});

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

describe("GET /summary", () => {
  const ended = request({ status: "FINISHED", active: undefined, report: "r1/report.csv" });

  it("answers what the contract says, and no more", async () => {
    const { call, requests, requestPops, lists } = world();
    await requests.put(ended);
    await requestPops.put([
      target("SIN2-P1"),
      target("XXX1-P1", { state: "FAILED" }),
      target("XXX1-P1", { state: "FAILED", label: "other" }),
      target("YYY1-P1", { state: "FAILED" }),
    ]);
    await lists.write("r1/failed_urls.csv", [["https://cdn.example.com/gone", "HTTP 404"]]);
    expect(await call("GET /summary", undefined, { req_id: "r1" })).toEqual({
      status: 200,
      body: {
        request_id: "r1",
        failure_pops: ["XXX1-P1", "YYY1-P1"],
        failure_urls: ["https://cdn.example.com/gone"],
        failure_pop_urls_report: "https://bucket.example/r1/report.csv?signed",
        timestamp: STAMP,
        created_at: "2024-04-16 03:10:21.405000",
        last_update_time: "2024-04-16 03:11:53.531000",
        status: "FINISHED",
      },
    });
  });

  it("gives the reason of a failed request, and no URLs where none were asked for", async () => {
    const { call, requests } = world();
    await requests.put({ ...ended, status: "FAILED", reason: "No POP resolved" });
    const { status, body } = await call("GET /summary", undefined, { req_id: "r1" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "FAILED", reason: "No POP resolved", failure_pops: [], failure_urls: [] });
  });

  it("stops naming failed URLs before the answer is larger than API Gateway's", async () => {
    const { call, requests, lists } = world();
    await requests.put(ended);
    const long = `https://cdn.example.com/${"a".repeat(8_000)}`;
    await lists.write("r1/failed_urls.csv", Array(1_000).fill([long, "HTTP 404"]));
    const { body } = await call("GET /summary", undefined, { req_id: "r1" });
    expect(body["failure_urls"]).toHaveLength(Math.floor(4_000_000 / long.length));
  });

  it.each(["CREATED", "CHECK_POP", "INSERT_TASK", "IN_PROGRESS"] as const)(
    "is refused with 409 at %s",
    async (status) => {
      const { call, requests } = world();
      await requests.put(request({ status }));
      expect(await call("GET /summary", undefined, { req_id: "r1" })).toEqual({
        status: 409,
        body: {
          status: "Failed",
          error_message: expect.stringContaining(`The request is ${status}; `),
          timestamp: STAMP,
        },
      });
    },
  );

  it("waits for a report that is being written", async () => {
    const { call, requests } = world();
    const { report, ...writing } = { ...ended, status: "STOPPED" as const };
    await requests.put(writing);
    setTimeout(() => requests.items.set("r1", { ...writing, report }), 300);
    expect((await call("GET /summary", undefined, { req_id: "r1" })).status).toBe(200);
  });

  it("but not for ever: 409", async () => {
    const { call, requests, passTime } = world();
    await requests.put(request({ status: "TIMEOUT", active: undefined }));
    setTimeout(() => passTime(15_000), 300);
    const { status, body } = await call("GET /summary", undefined, { req_id: "r1" });
    expect(status).toBe(409);
    expect(body["error_message"]).toBe(
      "The request is TIMEOUT; its report is still being written, ask again in a moment",
    );
  });
});

describe("GET /instances", () => {
  it("answers what the contract says, and no more", async () => {
    expect(await world().call("GET /instances")).toEqual({
      status: 200,
      body: { status: "success", timestamp: STAMP, message: "query success", desiredcapacity: 1 },
    });
  });
});

describe("POST /instances", () => {
  const success = (capacity: number) => ({
    status: 200,
    body: {
      status: "success",
      timestamp: STAMP,
      message: `Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: ${capacity}`,
    },
  });
  const failure = (status: number, message: unknown) => ({
    status,
    body: { status: "failure", timestamp: STAMP, message },
  });

  it("sets the group, and the wish of every active request with it", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request());
    await requests.put(request({ req_id: "ended", active: undefined, status: "FINISHED" }));
    expect(await call("POST /instances", { DesiredCapacity: 7, req_id: "r1" })).toEqual(success(7));
    expect(fleet.capacity).toBe(7);
    expect(requests.the("r1")).toMatchObject({ status: "CREATED", instance_count: 7 });
    expect(requests.the("ended").instance_count).toBe(1);
  });

  it("needs no request", async () => {
    const { call, fleet } = world();
    expect(await call("POST /instances", { DesiredCapacity: 0 })).toEqual(success(0));
    expect(fleet.capacity).toBe(0);
  });

  it("with force_stop, stops that request and no other", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "IN_PROGRESS", settle: "DUE" }));
    await requests.put(request({ req_id: "r2", status: "IN_PROGRESS" }));
    const body = { DesiredCapacity: 3, req_id: "r1", force_stop: true };
    expect(await call("POST /instances", body)).toEqual(success(3));
    expect(requests.the("r1").status).toBe("STOPPED");
    expect(requests.the("r1").active).toBeUndefined();
    expect(requests.the("r2")).toMatchObject({ status: "IN_PROGRESS", active: "y" });
    expect(fleet.capacity).toBe(3);
  });

  it("with force_stop, has stopped it, though the answer to that was lost and the second try refused", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "IN_PROGRESS" }));
    const end = requests.end.bind(requests);
    requests.end = (...args) => end(...args).then(() => false);
    const body = { DesiredCapacity: 0, req_id: "r1", force_stop: true };
    expect(await call("POST /instances", body)).toEqual(success(0));
    expect([requests.the("r1").status, fleet.capacity]).toEqual(["STOPPED", 0]);
  });

  it.each([
    ["no body", undefined, /^The request has no body/],
    [
      "comments, as in the manual's example",
      '{"DesiredCapacity": 1\n // "force_stop": false\n}',
      /JSON has no comments/,
    ],
    ["too many", { DesiredCapacity: 301 }, /^DesiredCapacity: must be at most 300$/],
    ["force_stop of nothing", { DesiredCapacity: 1, force_stop: true }, /^req_id: is required with force_stop/],
  ])("refuses %s with 400, and changes nothing", async (_, body, message) => {
    const { call, calls } = world();
    expect(await call("POST /instances", body)).toEqual(failure(400, expect.stringMatching(message)));
    expect(calls).toEqual([]);
  });

  it.each([false, true])(
    "an unknown request is 404, force_stop or not (%s), and nothing changes",
    async (force_stop) => {
      const { call, calls } = world();
      const answer = await call("POST /instances", { DesiredCapacity: 9, req_id: "r9", force_stop });
      expect(answer).toEqual(failure(404, "req_id: there is no request 'r9'"));
      expect(calls).toEqual(["requests.get"]);
    },
  );

  it.each(["FINISHED", "STOPPED", "TIMEOUT", "FAILED"] as const)("%s cannot be stopped: 409", async (status) => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status, active: undefined }));
    const answer = await call("POST /instances", { DesiredCapacity: 9, req_id: "r1", force_stop: true });
    expect(answer).toEqual(failure(409, `req_id: the request is ${status} already and cannot be stopped`));
    expect([requests.the().status, fleet.capacity]).toEqual([status, 1]);
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

  it("another route is 404 and says which there are", async () => {
    const { status, body } = await world().call("DELETE /prewarm");
    expect(status).toBe(404);
    expect(body).toEqual(failed(expect.stringMatching(/^There is no DELETE \/prewarm; there are POST \/prewarm, /)));
  });

  const shapes: Record<string, readonly [unknown, string[]]> = {
    "POST /prewarm": [BODY, ["status", "error_message", "error_urls", "request_id", "timestamp", "timeout_at"]],
    "GET /prewarm": [undefined, ["status", "error_message", "timestamp"]],
    "GET /summary": [undefined, ["status", "error_message", "timestamp"]],
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
