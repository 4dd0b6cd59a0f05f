import type { Status } from "../../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { decideResize } from "../../../lambdas/api/instances.ts";
import { request } from "../items.ts";
import { STAMP, world } from "./world.ts";

it("GET /instances answers what the contract says, and no more", async () => {
  expect(await world().call("GET /instances")).toEqual({
    status: 200,
    body: { status: "success", timestamp: STAMP, message: "query success", desiredcapacity: 1 },
  });
});

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
const stop = (DesiredCapacity: number, req_id = "r1") => ({ DesiredCapacity, req_id, force_stop: true });
const ended = (status: Status) => request({ status, active: undefined });
const RUNS = request({ status: "IN_PROGRESS" });
const OTHER = request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 2 });
const GONE = failure(404, "req_id: there is no request 'r9'");

/** POST /instances of a group of one instance, which may have eight. */
const setUp = (...items: RequestItem[]) => {
  const w = world({ caps: { maxInstances: 8 }, items });
  return {
    ...w,
    set: (body: unknown) => w.call("POST /instances", body),
    /** The group's size, and of each request its status, whether it is active, and its wish. */
    state: () => [
      w.fleet.capacity,
      ...w.requests.all().map((it) => `${it.status} ${it.active ?? "ended"} ${it.instance_count}`),
    ],
  };
};

it.each<[string, RequestItem[], object | undefined, object, unknown[]]>([
  [
    "sets the group, and the wish of active requests",
    [RUNS, OTHER],
    { DesiredCapacity: 7, req_id: "r1" },
    success(7),
    [7, "IN_PROGRESS y 7", "IN_PROGRESS y 7"],
  ],
  ["needs no request", [], { DesiredCapacity: 8 }, success(8), [8]],
  [
    "with a request that has ended, says that it has, and what becomes of the instances",
    [ended("FINISHED")],
    { DesiredCapacity: 7, req_id: "r1" },
    success(7, "; the request is FINISHED and does not use them; idle instances terminate by themselves"),
    [7, "FINISHED ended 3"],
  ],
  [
    "with force_stop, stops that request and no other, and leaves the others their instances",
    [RUNS, OTHER],
    stop(0),
    success(2, "; kept above the requested 0, because other active requests need more instances: r2"),
    [2, "STOPPED ended 3", "IN_PROGRESS y 2"],
  ],
  ...(["FINISHED", "TIMEOUT", "FAILED"] as const).map((status): [string, RequestItem[], object, object, unknown[]] => [
    `cannot stop one that is ${status}`,
    [ended(status)],
    stop(0),
    failure(409, `req_id: the request is ${status} already and cannot be stopped`),
    [1, `${status} ended 3`],
  ]),
  ["knows no other request", [RUNS], { DesiredCapacity: 8, req_id: "r9" }, GONE, [1, "IN_PROGRESS y 3"]],
  ["stops no other request", [RUNS], stop(8, "r9"), GONE, [1, "IN_PROGRESS y 3"]],
  [
    "refuses more than maxInstances, with both figures and the parameter, and stops nothing",
    [RUNS],
    stop(9),
    failure(400, "DesiredCapacity: 9 instances exceed this deployment's limit of 8 (stack parameter maxInstances)"),
    [1, "IN_PROGRESS y 3"],
  ],
])("POST /instances %s", async (_, items, body, answer, after) => {
  const { set, state } = setUp(...items);
  expect(await set(body)).toEqual(answer);
  expect(state()).toEqual(after);
});

it("POST /instances with force_stop, has stopped it, though the answer to that was lost and the second try refused", async () => {
  const { set, state, requests } = setUp(RUNS);
  const end = requests.end.bind(requests);
  requests.end = (...args) => end(...args).then(() => false);
  expect(await set(stop(0))).toEqual(success(0));
  expect([state(), requests.ended]).toEqual([[0, "STOPPED ended 3"], ["r1"]]);
});

it("POST /instances stops a request whose item cannot be read", async () => {
  const { set, state, requests } = setUp(RUNS);
  requests.get = async () => undefined;
  expect(await set(stop(0))).toEqual(success(0));
  expect(state()).toEqual([0, "STOPPED ended 3"]);
});

it("POST /instances with force_stop that failed at the group, can be said again: the group gets its size", async () => {
  const { set, state, fleet } = setUp(RUNS);
  const { setDesiredCapacity } = fleet;
  fleet.setDesiredCapacity = () => Promise.reject(new Error("no"));
  expect((await set(stop(0))).status).toBe(500);
  expect(state()).toEqual([1, "STOPPED ended 3"]);
  fleet.setDesiredCapacity = setDesiredCapacity;
  expect(await set(stop(0))).toEqual(success(0, "; the request was STOPPED already"));
  expect(state()).toEqual([0, "STOPPED ended 3"]);
});

interface Decided {
  readonly capacity?: number;
  readonly changes?: Record<string, number>;
  readonly remarks?: string[];
}
const kept = (asked: number, ids: string) =>
  `kept above the requested ${asked}, because other active requests need more instances: ${ids}`;
const paused = (ids: string) => `paused until the number of instances is raised: ${ids}`;

// What the requests that go on wish for: `a`, `b`, …; and what is asked for.
it.each<[what: string, wishes: number[], asked: number, decided: Decided, stops?: boolean]>([
  ["down", [5, 3], 3, { changes: { a: 3 } }],
  ["a pause", [5, 3], 0, { changes: { a: 0, b: 0 }, remarks: [paused("a, b")] }],
  ["it goes on", [0, 0], 2, { changes: { a: 2, b: 2 }, remarks: ["resumed: a, b"] }],
  ["a stop of the last one", [], 0, {}, true],
  ["a stop that would take another one's", [4, 1], 0, { capacity: 4, remarks: [kept(0, "a, b")] }, true],
  ["a stop with fewer than another needs", [4], 2, { capacity: 4, remarks: [kept(2, "a")] }, true],
  ["a stop with as many as another needs", [2], 2, {}, true],
  ["a stop that resumes one", [0], 1, { changes: { a: 1 }, remarks: ["resumed: a"] }, true],
])(
  "a new size of the group %s: %j, asked for %i",
  (_, wishes, asked, { capacity = asked, changes = {}, remarks = [] }, stops = false) => {
    const active = wishes.map((instance_count, i) =>
      request({ req_id: "abc"[i] ?? "", status: "IN_PROGRESS", instance_count }),
    );
    const { changed, ...resize } = decideResize(active, asked, stops);
    expect(resize).toEqual({ capacity, remarks });
    expect(Object.fromEntries(changed.map((it) => [it.req_id, it.instance_count]))).toEqual(changes);
  },
);

it("a new size of the group one that invalidates first needs none yet, and keeps its wish", () => {
  const waits = request({ req_id: "a", status: "CHECK_POP", need_invalidate: true, instance_count: 5 });
  expect(decideResize([waits], 0, true)).toEqual({ capacity: 0, changed: [], remarks: [] });
});
