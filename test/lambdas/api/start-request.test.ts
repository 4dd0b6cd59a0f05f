import { describe, expect, it, vi } from "vitest";
import { request } from "../items.ts";
import { BODY, STAMP, world } from "./world.ts";

/** What a POST /prewarm does, in order. */
const STEPS = [
  "requests.listActive",
  "lists.write",
  "timer.set",
  "fleet.desiredCapacity",
  "fleet.raiseTo",
  "requests.put",
];

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
      "new-id.csv": [["https://cdn.example.com/a.js"], ["https://cdn.example.com/b(1).js"]],
    });
    const at = Date.parse("2024-04-16T03:17:21.046Z");
    expect(timer.schedules.get("new-id")).toEqual({ at, target: { functionArn: "arn:shutdown", roleArn: "arn:role" } });
    expect(fleet.capacity).toBe(3);
    expect(requests.the("new-id")).toEqual(
      request({
        req_id: "new-id",
        created_at: STAMP,
        last_update_time: STAMP,
        timeout_at: "2024-04-16 03:17:21.046000",
        expire_at: Date.parse("2024-05-16T03:12:21Z") / 1000,
        listed: "y",
        url_count: 2,
        url_prefix: "https://cdn.example.com/",
        pops: ["SIN2-C1", "ATL56-C1"],
        instance_count: 3,
        instances_asked: 3,
        header_count: 0,
        variant_names: [],
        verify: "edge",
        order: "lead-first",
      }),
    );
    expect(requests.the("new-id").cf_domain).toBeUndefined();
  });

  it("keeps how warmth is to be shown", async () => {
    const { call, requests } = world();
    await call("POST /prewarm", { ...BODY, verify: "addresses" });
    expect(requests.the("new-id").verify).toBe("addresses");
    expect(await call("POST /prewarm", { ...BODY, verify: "rec" })).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining("verify: must be one of edge, addresses, off") },
    });
  });

  it("takes the JSON of a plain curl -d, whatever Content-Type that sends", async () => {
    expect((await world().call("POST /prewarm", `\uFEFF${JSON.stringify(BODY)}\n`)).status).toBe(200);
  });

  it("asks no instances for none", async () => {
    const { call, calls, fleet } = world();
    await call("POST /prewarm", { ...BODY, instance_count: 0 });
    expect(calls).toEqual(["requests.listActive", "lists.write", "timer.set", "requests.put"]);
    expect(fleet.capacity).toBe(1);
  });

  it("asks no instances yet where an invalidation comes first", async () => {
    const { call, calls, fleet, requests } = world();
    await call("POST /prewarm", { ...BODY, need_invalidate: true });
    expect(calls).not.toContain("fleet.raiseTo");
    expect([fleet.capacity, requests.the("new-id").instance_count]).toEqual([1, 3]);
  });

  it.each([
    ["no body", undefined, /^The request has no body/, []],
    ["broken JSON", "{", /^The body is not valid JSON/, []],
    ["comments", '{"url_list": [] // all\n}', /JSON has no comments/, []],
    ["missing fields", {}, /^timeout: is required.*; instance_count: is required.*; url_list: is required/, []],
    [
      "bad URLs",
      { ...BODY, url_list: ["ftp://a", "b"] },
      /^url_list: 2 of \d+ URLs are invalid \(see error_urls\); the first, 'ftp:\/\/a', has /,
      ["ftp://a", "b"],
    ],
    ["bad URLs and more", { ...BODY, url_list: ["b"], timeout: 0 }, /^url_list: 'b' .*; timeout: /, ["b"]],
    ["a malformed POP", { ...BODY, pops: ["SIN999-C1"] }, /^pops: unknown 'SIN999-C1'; known there: /, []],
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

  it.each([
    ["FULL", 400, /maxActiveRequests|active/],
    ["BUSY", 409, /too many requests are being made at the same time/i],
  ] as const)(
    "undoes all it made where the item is refused as %s, and answers %i",
    async (outcome, expected, message) => {
      const { call, lists, timer, fleet, requests, errors } = world();
      vi.spyOn(requests, "put").mockResolvedValue(outcome);
      const { status, body } = await call("POST /prewarm", BODY);
      expect(status).toBe(expected);
      expect(body["error_message"]).toMatch(message);
      expect([lists.objects, timer.schedules.size, fleet.capacity, requests.items.size]).toEqual([{}, 0, 1, 0]);
      expect(errors).toEqual([]);
    },
  );

  it("goes on undoing when a part of that fails, and logs it", async () => {
    const failing = ["requests.put", "fleet.restore", "timer.cancel"];
    const { call, calls, lists, errors } = world((name) => (failing.includes(name) ? "before" : undefined));
    await call("POST /prewarm", BODY);
    expect(calls.slice(-4)).toEqual(undone["requests.put"]);
    expect(lists.objects).toEqual({});
    expect(errors.map(([message]) => message)).toEqual([
      ...Array(2).fill("Rolling back a rejected request failed"),
      "API call failed",
    ]);
  });

  it("leaves a group alone that was large enough before, or was changed since", async () => {
    const large = world((name) => (name === "requests.put" ? "before" : undefined));
    large.fleet.capacity = 5;
    await large.call("POST /prewarm", BODY);
    expect(large.calls).not.toContain("fleet.restore");
    expect(large.fleet.capacity).toBe(5);

    const changed = world((name) => {
      if (name !== "requests.put") return undefined;
      changed.fleet.capacity = 7;
      return "before";
    });
    await changed.call("POST /prewarm", BODY);
    expect(changed.fleet.capacity).toBe(7);
  });
});
