// The calls of the guide that Prewarm's users know, with its bodies as they stand there, sent as `curl -d @file` sends them. The
// answers have the guide's fields, of its types, with its values where it tells any. They may have more.
import { describe, expect, it } from "vitest";
import { problemWith } from "../../../tools/local/api-client.ts";
import { deployedStack } from "../deployed-stack.ts";
import type { Stack } from "../stack.ts";
import type { HttpAnswer } from "../stack-client.ts";

const PREWARM = `{
    "url_list": [
      "https://www.example.com/index.html",
      "https://www.example.com/css/bootstrap-icons.css"
    ],
    "cf_domain": "www.example.com",
    "target_type":"pop",
    "countries": [
    ],
    "regions": [
    ],
    "pops": [
        "ATL56-C1",
        "SIN2-C1",
        "DFW55-C3"
    ],
    "timeout": 5,
    "header": [
    ],
    "instance_count": 1,
    "need_invalidate": false
}
`;

/** The guide has one request's id in all of them. Here it is that of the request before. */
const instances = (reqId: string, comment = "") => `{
    "req_id": "${reqId}",
    "DesiredCapacity": 1${comment}
}
`;
/** It shows an optional field in a comment, which JSON does not have. */
const COMMENT = '\n    // "force_stop": false';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As curl does: a form's content type, line ends left out. What the guide says of Postman is in it, too. */
async function send(stack: Stack, method: "GET" | "POST", path: string, file?: string): Promise<HttpAnswer> {
  const headers = { "x-api-key": stack.prewarm.apiKey, "accept-encoding": "gzip, deflate, br", accept: "*/*" };
  const answer = await fetch(stack.prewarm.apiUrl + path, {
    method,
    ...(file === undefined
      ? { headers }
      : {
          headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
          body: file.replaceAll("\n", ""),
        }),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  expect(problemWith({ method, path, status: answer.status, body: json })).toBeUndefined();
  return { status: answer.status, json };
}

const time = expect.stringMatching(TIME);
const count = expect.any(Number);

describe("the calls of the guide", () => {
  const running = deployedStack();

  it("answer as it says, one after the other", async () => {
    const stack = running();
    const started = await send(stack, "POST", "prewarm", PREWARM);
    expect(started.status).toBe(200);
    expect(started.json).toMatchObject({
      status: "Success",
      error_message: "",
      error_urls: [],
      request_id: expect.stringMatching(ID),
      timestamp: time,
      timeout_at: time,
    });
    const { request_id, timestamp, timeout_at } = started.json;
    const at = (stamp: unknown) => Date.parse(`${String(stamp).replace(" ", "T")}Z`);
    expect(at(timeout_at) - at(timestamp)).toBe(5 * 60_000);
    const reqId = String(request_id);

    const changed = await send(stack, "POST", "instances", instances(reqId));
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({
      status: "success",
      timestamp: time,
      message: "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 1",
    });
    const read = await send(stack, "GET", "instances");
    expect(read.status).toBe(200);
    expect(read.json).toMatchObject({
      status: "success",
      timestamp: time,
      message: "query success",
      desiredcapacity: 1,
    });

    const progress = {
      request_id: reqId,
      download_size: count,
      total_size: count,
      percentage_complete: count,
      available_task_count: count,
      in_progress_task_count: count,
      download_count: count,
      total_count: count,
      created_at: time,
      last_update_time: time,
      timestamp: time,
      status: expect.any(String),
    };
    const early = await send(stack, "GET", `prewarm?req_id=${reqId}`);
    expect([early.status, early.json]).toEqual([200, expect.objectContaining(progress)]);
    await stack.until(reqId, "FINISHED");
    const done = await send(stack, "GET", `prewarm?req_id=${reqId}`);
    expect(done.json).toMatchObject({
      ...progress,
      available_task_count: 0,
      in_progress_task_count: 0,
      download_count: 6,
      total_count: 6,
      status: "FINISHED",
    });

    const summary = await send(stack, "GET", `summary?req_id=${reqId}`);
    expect(summary.status).toBe(200);
    expect(summary.json).toMatchObject({
      request_id: reqId,
      failure_pops: [],
      failure_urls: [],
      failure_pop_urls_report: expect.stringMatching(/^https?:\/\//),
      timestamp: time,
      created_at: time,
      last_update_time: time,
      status: "FINISHED",
    });
  });

  it("with a comment in the JSON, as the guide shows one, are a 400 that says so and changes nothing", async () => {
    const stack = running();
    const commented = instances("684153cc-efab-4a53-9409-357fddc2e2bd", COMMENT);
    const { status, json } = await send(stack, "POST", "instances", commented);
    expect([status, json]).toEqual([
      400,
      { status: "failure", timestamp: time, message: expect.stringMatching(/not valid JSON.*no comments/) },
    ]);
    expect(await stack.capacity()).toBe(0);
  });
});
