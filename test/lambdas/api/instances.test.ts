import { describe, expect, it } from "vitest";
import { decideResize } from "../../../lambdas/api/instances.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { STAMP, world } from "./world.ts";

it("GET /instances answers what the contract says, and no more", async () => {
  expect(await world().call("GET /instances")).toEqual({
    status: 200,
    body: { status: "success", timestamp: STAMP, message: "query success", desiredcapacity: 1 },
  });
});

describe("POST /instances", () => {
  const success = (capacity: number, remark = "") => ({
    status: 200,
    body: {
      status: "success",
      timestamp: STAMP,
      message: `Auto Scaling Group prewarm_asg_prod updated to Desired Capacity: ${capacity}${remark}`,
    },
  });
  const failure = (status: number, message: unknown) => ({
    status,
    body: { status: "failure", timestamp: STAMP, message },
  });
  const STOP = { DesiredCapacity: 0, req_id: "r1", force_stop: true };
  const RUNS = request({ status: "IN_PROGRESS" });
  const set = (w: ReturnType<typeof world>, body: unknown) => w.call("POST /instances", body);

  it("sets the group, and the wish of every active request with it; it needs no request", async () => {
    const w = world({ items: [request(), request({ req_id: "ended", active: undefined, status: "FINISHED" })] });
    expect(await set(w, { DesiredCapacity: 7, req_id: "r1" })).toEqual(success(7));
    expect(w.fleet.capacity).toBe(7);
    expect(w.requests.the()).toMatchObject({ status: "CREATED", instance_count: 7 });
    expect(w.requests.the("ended").instance_count).toBe(3);
    expect(await set(world(), { DesiredCapacity: 2 })).toEqual(success(2));
  });

  it("with a request that has ended, says that it has, and what becomes of the instances", async () => {
    const w = world({ items: [request({ status: "FINISHED", active: undefined })] });
    const remark = "; the request is FINISHED and does not use them; idle instances terminate by themselves";
    expect(await set(w, { DesiredCapacity: 7, req_id: "r1" })).toEqual(success(7, remark));
    expect(w.fleet.capacity).toBe(7);
  });

  it("with force_stop, stops that request and no other, and leaves the others their instances", async () => {
    const w = world({ items: [RUNS, request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 2 })] });
    expect(await set(w, STOP)).toEqual(success(2, "; not 0, because requests that go on need more: r2"));
    expect([w.requests.the().status, w.requests.the().active, w.requests.ended]).toEqual([
      "STOPPED",
      undefined,
      ["r1"],
    ]);
    expect(w.requests.the("r2")).toMatchObject({ status: "IN_PROGRESS", active: "y", instance_count: 2 });
    expect(w.fleet.capacity).toBe(2);
  });

  it("with force_stop, has stopped it, though the answer to that was lost and the second try refused", async () => {
    const w = world({ items: [RUNS] });
    const end = w.requests.end.bind(w.requests);
    w.requests.end = (...args) => end(...args).then(() => false);
    expect(await set(w, STOP)).toEqual(success(0));
    expect([w.requests.the().status, w.fleet.capacity]).toEqual(["STOPPED", 0]);
  });

  it.each([
    ["no body", undefined, /^The request has no body/],
    ["too many", { DesiredCapacity: 301 }, /^DesiredCapacity: must be a whole number from 0 to 300$/],
    ["force_stop of nothing", { DesiredCapacity: 1, force_stop: true }, /^req_id: is required with force_stop/],
  ])("refuses %s with 400, and changes nothing", async (_, body, message) => {
    const w = world();
    expect(await set(w, body)).toEqual(failure(400, expect.stringMatching(message)));
    expect(w.calls).toEqual([]);
  });

  it.each([
    [false, ["requests.get"]],
    [true, ["requests.get", "requests.end"]],
  ])("an unknown request is 404, force_stop or not (%s), and nothing changes", async (force_stop, calls) => {
    const w = world();
    const answer = await set(w, { DesiredCapacity: 9, req_id: "r9", force_stop });
    expect(answer).toEqual(failure(404, "req_id: there is no request 'r9'"));
    expect(w.calls).toEqual(calls);
  });

  it("stops a request whose item cannot be read", async () => {
    const w = world({ items: [request()] });
    w.requests.get = async () => undefined;
    expect(await set(w, STOP)).toEqual(success(0));
    expect([w.requests.the().status, w.requests.the().active, w.fleet.capacity]).toEqual(["STOPPED", undefined, 0]);
  });

  it("beyond maxInstances is a 400 that names both figures and the parameter, and stops nothing", async () => {
    const w = world({ caps: { maxInstances: 8 }, items: [request()] });
    expect(await set(w, { ...STOP, DesiredCapacity: 9 })).toEqual(
      failure(400, "DesiredCapacity: 9 instances, but maxInstances of this deployment is 8 (a parameter of the stack)"),
    );
    expect([w.requests.the().status, w.fleet.capacity]).toEqual(["CREATED", 1]);
    expect(await set(w, { DesiredCapacity: 8 })).toEqual(success(8));
  });

  it("with force_stop that failed at the group, can be said again: the group gets its size", async () => {
    let calls = 0;
    const fault = failing("fleet.setDesiredCapacity");
    const w = world({ items: [RUNS], fault: (...args) => (calls === 0 ? fault(...args) : undefined) });
    expect((await set(w, STOP)).status).toBe(500);
    expect([w.requests.the().status, w.fleet.capacity]).toEqual(["STOPPED", 1]);
    calls++;
    expect(await set(w, STOP)).toEqual(success(0, "; the request was STOPPED already"));
    expect(w.fleet.capacity).toBe(0);
  });

  it.each(["FINISHED", "TIMEOUT", "FAILED"] as const)("%s cannot be stopped: 409", async (status) => {
    const w = world({ items: [request({ status, active: undefined })] });
    expect(await set(w, STOP)).toEqual(failure(409, `req_id: the request is ${status} already and cannot be stopped`));
    expect([w.requests.the().status, w.fleet.capacity]).toEqual([status, 1]);
  });
});

describe("a new size of the group", () => {
  interface Decided {
    readonly capacity?: number;
    readonly changes?: Record<string, number>;
    readonly remarks?: string[];
  }
  const kept = (asked: number, ids: string) => `not ${asked}, because requests that go on need more: ${ids}`;
  const paused = (ids: string) => `paused until there are instances again: ${ids}`;

  // What the requests that go on wish for: `a`, `b`, …; and what is asked for.
  it.each<[what: string, wishes: number[], asked: number, decided: Decided, stops?: boolean]>([
    ["nothing is active", [], 3, {}],
    ["up", [1, 2], 3, { changes: { a: 3, b: 3 } }],
    ["down", [5, 3], 3, { changes: { a: 3 } }],
    ["a pause", [5, 3], 0, { changes: { a: 0, b: 0 }, remarks: [paused("a, b")] }],
    ["a pause, said again", [0, 0], 0, { remarks: [paused("a, b")] }],
    ["it goes on", [0, 0], 2, { changes: { a: 2, b: 2 }, remarks: ["resumed: a, b"] }],
    ["a stop of the last one", [], 0, {}, true],
    ["a stop, and instances that stay", [], 2, {}, true],
    ["a stop that would take another one's", [4, 1], 0, { capacity: 4, remarks: [kept(0, "a, b")] }, true],
    ["a stop with fewer than another needs", [4], 2, { capacity: 4, remarks: [kept(2, "a")] }, true],
    ["a stop with as many as another needs", [2], 2, {}, true],
    ["a stop with more", [1, 2], 3, { changes: { a: 3, b: 3 } }, true],
    ["a stop beside a paused one", [0], 0, { remarks: [paused("a")] }, true],
    ["a stop that resumes one", [0], 1, { changes: { a: 1 }, remarks: ["resumed: a"] }, true],
  ])("%s: %j, asked for %i", (_, wishes, asked, { capacity = asked, changes = {}, remarks = [] }, stops = false) => {
    const active = wishes.map((instance_count, i) =>
      request({ req_id: "abc"[i] ?? "", status: "IN_PROGRESS", instance_count }),
    );
    const { changed, ...resize } = decideResize(active, asked, stops);
    expect(resize).toEqual({ capacity, remarks });
    expect(Object.fromEntries(changed.map((it) => [it.req_id, it.instance_count]))).toEqual(changes);
  });

  it("one that invalidates first needs none yet, and keeps its wish", () => {
    const waits = request({ req_id: "a", status: "CHECK_POP", need_invalidate: true, instance_count: 5 });
    expect(decideResize([waits], 0, true)).toEqual({ capacity: 0, changed: [], remarks: [] });
  });
});
