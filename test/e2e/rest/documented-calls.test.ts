// The calls of the guide that Prewarm's users know, with its bodies as they stand there, sent as `curl -d @file` sends them. The
// answers have the guide's fields, of its types, with its values where it tells any. They may have more.
import { problemWith } from "../../../tools/local/api-client.ts";
import { deployedStack } from "../deployed-stack.ts";
import type { Stack } from "../stack.ts";

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

/**
 * As curl does: a form's content type, line ends left out. What the guide says of Postman is in it, too. The answer has each field that is
 * described for its status, of the type that is described.
 */
async function send(stack: Stack, method: "GET" | "POST", path: string, file?: string) {
  const answer = await fetch(stack.prewarm.apiUrl + path, {
    method,
    headers: {
      "x-api-key": stack.prewarm.apiKey,
      "accept-encoding": "gzip, deflate, br",
      accept: "*/*",
      ...(file && { "content-type": "application/x-www-form-urlencoded" }),
    },
    body: file?.replaceAll("\n", "") ?? null,
  });
  const json = (await answer.json()) as Record<string, unknown>;
  expect(problemWith({ method, path, status: answer.status, body: json })).toBeUndefined();
  return { status: answer.status, json };
}

const time = expect.stringMatching(TIME);
const ok = (json: object) => ({ status: 200, json });

describe("the calls of the guide", () => {
  const running = deployedStack();

  it("answer as it says, one after the other", async () => {
    const stack = running();
    const started = await send(stack, "POST", "prewarm", PREWARM);
    const request_id = expect.stringMatching(ID);
    expect(started).toMatchObject(
      ok({ status: "Success", error_message: "", error_urls: [], request_id, timestamp: time, timeout_at: time }),
    );
    const { timestamp, timeout_at } = started.json;
    const at = (stamp: unknown) => Date.parse(`${String(stamp).replace(" ", "T")}Z`);
    expect(at(timeout_at) - at(timestamp)).toBe(5 * 60_000);
    const reqId = String(started.json["request_id"]);

    expect(await send(stack, "POST", "instances", instances(reqId))).toMatchObject(
      ok({
        status: "success",
        timestamp: time,
        message: "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 1",
      }),
    );
    expect(await send(stack, "GET", "instances")).toMatchObject(
      ok({ status: "success", timestamp: time, message: "query success", desiredcapacity: 1 }),
    );

    const times = { request_id: reqId, created_at: time, last_update_time: time, timestamp: time };
    const progress = () => send(stack, "GET", `prewarm?req_id=${reqId}`);
    expect(await progress()).toMatchObject(ok(times));
    await stack.until(reqId, "FINISHED");
    const counts = { available_task_count: 0, in_progress_task_count: 0, download_count: 6, total_count: 6 };
    expect(await progress()).toMatchObject(ok({ ...times, ...counts, status: "FINISHED" }));

    const summary = await send(stack, "GET", `summary?req_id=${reqId}`);
    const failure_pop_urls_report = expect.stringMatching(/^https?:\/\//);
    expect(summary).toMatchObject(
      ok({ ...times, failure_pops: [], failure_urls: [], failure_pop_urls_report, status: "FINISHED" }),
    );
  });

  it("with a comment in the JSON, as the guide shows one, are a 400 that says so and changes nothing", async () => {
    const stack = running();
    const commented = instances("684153cc-efab-4a53-9409-357fddc2e2bd", COMMENT);
    expect(await send(stack, "POST", "instances", commented)).toEqual({
      status: 400,
      json: { status: "failure", timestamp: time, message: expect.stringMatching(/not valid JSON.*no comments/) },
    });
    expect(await stack.capacity()).toBe(0);
  });
});
