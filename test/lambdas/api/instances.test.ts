import { describe, expect, it } from "vitest";
import { request } from "../items.ts";
import { STAMP, world } from "./world.ts";

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
    expect(requests.the("ended").instance_count).toBe(3);
  });

  it("with a request that has ended, says that it has, and what becomes of the instances", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "FINISHED", active: undefined }));
    const { status, body } = await call("POST /instances", { DesiredCapacity: 7, req_id: "r1" });
    expect([status, body["status"], fleet.capacity]).toEqual([200, "success", 7]);
    expect(body["message"]).toBe(
      "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 7; the request is FINISHED and does not use them; " +
        "idle instances terminate by themselves",
    );
  });

  it("needs no request", async () => {
    const { call, fleet } = world();
    expect(await call("POST /instances", { DesiredCapacity: 0 })).toEqual(success(0));
    expect(fleet.capacity).toBe(0);
  });

  it("with force_stop, stops that request and no other", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "IN_PROGRESS" }));
    await requests.put(request({ req_id: "r2", status: "IN_PROGRESS" }));
    const body = { DesiredCapacity: 3, req_id: "r1", force_stop: true };
    expect(await call("POST /instances", body)).toEqual(success(3));
    expect(requests.the("r1").status).toBe("STOPPED");
    expect(requests.ended).toEqual(["r1"]);
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
    ["too many", { DesiredCapacity: 301 }, /^DesiredCapacity: must be a whole number from 0 to 300$/],
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
      expect(calls).toEqual(["requests.get", ...(force_stop === true ? ["requests.end"] : [])]);
    },
  );

  it("stops a request whose item cannot be read", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request());
    requests.get = async () => undefined;
    expect(await call("POST /instances", { DesiredCapacity: 0, req_id: "r1", force_stop: true })).toEqual(success(0));
    expect([requests.the().status, requests.the().active, fleet.capacity]).toEqual(["STOPPED", undefined, 0]);
  });

  it("beyond maxInstances is a 400 that names both figures and the parameter, and stops nothing", async () => {
    const { call, requests, fleet } = world(undefined, [], { maxInstances: 8 });
    await requests.put(request());
    expect(await call("POST /instances", { DesiredCapacity: 9, req_id: "r1", force_stop: true })).toEqual(
      failure(400, "DesiredCapacity: 9 instances, but maxInstances of this deployment is 8 (a parameter of the stack)"),
    );
    expect([requests.the().status, fleet.capacity]).toEqual(["CREATED", 1]);
    expect(await call("POST /instances", { DesiredCapacity: 8 })).toEqual(success(8));
  });

  it("with 0, pauses what runs, and says so; more resume it", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "IN_PROGRESS", instance_count: 1 }));
    await requests.put(request({ req_id: "r2", instance_count: 2 }));
    const message = async (capacity: number) =>
      (await call("POST /instances", { DesiredCapacity: capacity })).body["message"];
    const wishes = () => [fleet.capacity, ...[...requests.items.values()].map((it) => [it.status, it.instance_count])];
    expect(await message(0)).toBe(
      "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 0; paused until there are instances again: r1, r2",
    );
    expect(wishes()).toEqual([0, ["IN_PROGRESS", 0], ["CREATED", 0]]);
    expect(await message(3)).toBe(
      "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 3; resumed: r1, r2",
    );
    expect(wishes()).toEqual([3, ["IN_PROGRESS", 3], ["CREATED", 3]]);
  });

  it("with force_stop and 0, leaves the others their instances, and says so", async () => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status: "IN_PROGRESS", instance_count: 5 }));
    await requests.put(request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 2 }));
    const { status, body } = await call("POST /instances", { DesiredCapacity: 0, req_id: "r1", force_stop: true });
    expect([status, fleet.capacity, requests.the("r2").instance_count]).toEqual([200, 2, 2]);
    expect(body["message"]).toBe(
      "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 2; not 0, because requests that go on need more: r2",
    );
  });

  it("with force_stop that failed at the group, can be said again: the group gets its size", async () => {
    let fails = true;
    const { call, requests, fleet } = world((name) =>
      name === "fleet.setDesiredCapacity" && fails ? "before" : undefined,
    );
    await requests.put(request({ status: "IN_PROGRESS" }));
    const body = { DesiredCapacity: 0, req_id: "r1", force_stop: true };
    expect((await call("POST /instances", body)).status).toBe(500);
    expect([requests.the().status, fleet.capacity]).toEqual(["STOPPED", 1]);
    fails = false;
    const again = await call("POST /instances", body);
    expect([again.status, fleet.capacity]).toEqual([200, 0]);
    expect(again.body["message"]).toBe(
      "Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: 0; the request was STOPPED already",
    );
  });

  it.each(["FINISHED", "TIMEOUT", "FAILED"] as const)("%s cannot be stopped: 409", async (status) => {
    const { call, requests, fleet } = world();
    await requests.put(request({ status, active: undefined }));
    const answer = await call("POST /instances", { DesiredCapacity: 9, req_id: "r1", force_stop: true });
    expect(answer).toEqual(failure(409, `req_id: the request is ${status} already and cannot be stopped`));
    expect([requests.the().status, fleet.capacity]).toEqual([status, 1]);
  });
});
