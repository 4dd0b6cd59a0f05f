import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { BODY, NOTHING, refusalOf, STAMP, world } from "./world.ts";

/** What a POST /prewarm does, in order. */
const STEPS = [
  "requests.listActive",
  "distributions.listFor",
  "settings.read",
  "requests.dailyUse",
  "lists.write",
  "timer.set",
  "fleet.desiredCapacity",
  "fleet.raiseTo",
  "requests.put",
];
const TIMES_OUT = "2024-04-16 03:17:21.046000";

describe("POST /prewarm", () => {
  it("makes the list, the timer, the instances, and the item last; answers what the contract says, and no more", async () => {
    const { post, calls, lists, timer, fleet, requests } = world();
    expect(await post()).toEqual({
      status: 200,
      body: {
        status: "Success",
        error_message: "",
        error_urls: [],
        request_id: "new-id",
        timestamp: STAMP,
        timeout_at: TIMES_OUT,
        pop_selection: {
          selected: BODY.pops.length,
          known: POP_CODES.length,
          set: "named",
          places: [],
          source: "catalogue",
          discovered_at: null,
        },
      },
    });
    expect(calls).toEqual(STEPS);
    expect(lists.objects).toEqual({ "new-id.csv": BODY.url_list.map((url) => [url]) });
    const at = Date.parse("2024-04-16T03:17:21.046Z");
    expect(timer.schedules.get("new-id")).toEqual({ at, target: { functionArn: "arn:shutdown", roleArn: "arn:role" } });
    expect(fleet.capacity).toBe(3);
    const { distribution_settings: _settings, ...item } = requests.the("new-id");
    expect(item).toEqual(
      request({
        req_id: "new-id",
        accept_encoding: ["br,gzip"],
        created_at: STAMP,
        last_update_time: STAMP,
        timeout_at: TIMES_OUT,
        expire_at: Date.parse("2024-05-16T03:12:21Z") / 1000,
        url_count: 2,
        url_prefix: "https://cdn.example.com/",
        pops: BODY.pops,
      }),
    );
  });

  it("takes the JSON of a plain curl -d, whatever Content-Type that sends", async () => {
    expect((await world().call("POST /prewarm", `\uFEFF${JSON.stringify(BODY)}\n`)).status).toBe(200);
  });

  it.each([
    ["for none", { instance_count: 0 }],
    ["yet where an invalidation by tag comes first", { invalidate: { tags: ["v1"] } }],
  ])("asks no instances %s", async (_, change) => {
    const { post, calls, fleet } = world();
    await post(change);
    expect(calls.filter((call) => call.startsWith("fleet."))).toEqual([]);
    expect(fleet.capacity).toBe(1);
  });

  it.each([
    ["missing fields", {}, /^timeout: is required.*; instance_count: is required.*; url_list: is required/, []],
    ["bad URLs and more", { ...BODY, url_list: ["b"], timeout: 0 }, /^url_list: 'b' .*; timeout: /, ["b"]],
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
    // The check of the POPs uses facts that are read first.
    expect(calls.filter((call) => !["progress.resolvedPops", "lists.text"].includes(call))).toEqual([]);
  });

  it.each([
    [{ maxTasks: 3 }, /^400 URLs × POPs: 4 tasks exceed this deployment's limit of 3 /],
    [{ maxRequestBytes: 100 }, /^400 max_bytes: 101 bytes exceed this deployment's limit of 100 /],
    [{ maxActiveRequests: 1 }, /^400 with this request: 2 active requests exceed .* limit of 1 /],
  ])("is a 400 beyond %j that names the value, the cap and the parameter, and makes nothing", async (caps, message) => {
    const { post, made } = world({ caps, items: [request()] });
    const refusal = refusalOf(await post({ max_bytes: 101 }));
    expect(refusal).toMatch(message);
    expect(refusal).toMatch(/\(stack parameter \w+\)$/);
    expect(made()).toEqual({ ...NOTHING, requests: ["r1"] });
  });

  it.each([
    [
      { total_count: 0, transferred_bytes: 90 },
      /^429 transferred_bytes of 2024-04-16 .*: 91 bytes exceed .* of 90 .*maxDailyBytes\); the next day /,
    ],
    [
      { total_count: 3, transferred_bytes: 0 },
      /^429 total_count of 2024-04-16 .*: 7 tasks exceed .* of 6 .*maxDailyTasks\); the next day /,
    ],
  ])("is a 429 if the day has no room beside %j, and makes nothing; so is a dry run", async (used, message) => {
    const { post, made, useToday } = world({ caps: { maxDailyTasks: 6, maxDailyBytes: 90 } });
    useToday(used);
    for (const dry_run of [false, true]) expect(refusalOf(await post({ dry_run }))).toMatch(message);
    expect(made()).toEqual(NOTHING);
    useToday({ total_count: 2, transferred_bytes: 89 });
    expect((await post()).status).toBe(200);
  });

  it("counts the tasks of one POP in scope regional, whose other POPs may request samples only", async () => {
    const { post, useToday } = world({ caps: { maxDailyTasks: 6 } });
    useToday({ total_count: 4, transferred_bytes: 0 });
    expect(refusalOf(await post())).toMatch(/^429 total_count/);
    expect((await post({ scope: "regional" })).status).toBe(200);
  });

  it("is taken at every cap; a request that has ended does not count", async () => {
    const caps = { maxInstances: 3, maxTimeout: 5, maxTasks: 4, maxRequestBytes: 100, maxActiveRequests: 1 };
    const { post, requests } = world({ caps, items: [request({ active: undefined, status: "FINISHED" })] });
    expect((await post({ max_bytes: 100 })).status).toBe(200);
    expect(requests.the("new-id").max_bytes).toBe(100);
  });
});

const undone = {
  "lists.write": ["lists.delete"],
  "timer.set": ["timer.cancel", "lists.delete"],
  "fleet.desiredCapacity": ["timer.cancel", "lists.delete"],
  "fleet.raiseTo": ["fleet.restore", "timer.cancel", "lists.delete"],
  "requests.put": ["requests.delete", "fleet.restore", "timer.cancel", "lists.delete"],
};
it.each(Object.entries(undone))(
  "a POST /prewarm that fails at %s undoes all it made, newest first",
  async (step, undoing) => {
    const { post, calls, made, errors } = world({ fault: failing(step) });
    expect(await post()).toMatchObject({ status: 500, body: { status: "Failed", request_id: "" } });
    expect(calls).toEqual([...STEPS.slice(0, STEPS.indexOf(step) + 1), ...undoing]);
    expect(made()).toEqual(NOTHING);
    expect(errors).toHaveLength(1);
  },
);

it.each(STEPS.filter((step) => !["distributions.listFor", "settings.read"].includes(step)))(
  "a POST /prewarm that fails does so even where %s did its work and its answer was lost",
  async (step) => {
    const { post, made } = world({ fault: (name) => (name === step ? "after" : undefined) });
    await post();
    expect(made()).toEqual(NOTHING);
  },
);

it.each([
  ["FULL", /^400 .*maxActiveRequests/],
  ["BUSY", /^409 Too many requests are being created at the same time/],
] as const)(
  "a POST /prewarm that fails as its item is refused as %s undoes all it made, and says so",
  async (outcome, message) => {
    const { post, requests, made, errors } = world();
    vi.spyOn(requests, "put").mockResolvedValue(outcome);
    expect(refusalOf(await post())).toMatch(message);
    expect([made(), errors]).toEqual([NOTHING, []]);
  },
);

it("a POST /prewarm that fails goes on undoing when a part of that fails, and logs it", async () => {
  const { post, calls, lists, errors } = world({ fault: failing("requests.put", "fleet.restore", "timer.cancel") });
  await post();
  expect(calls.slice(-4)).toEqual(undone["requests.put"]);
  expect(lists.objects).toEqual({});
  expect(errors.map(([message]) => message)).toEqual([
    ...Array(2).fill("Rolling back a rejected request failed"),
    "API call failed",
  ]);
});

it("a POST /prewarm that fails leaves a group alone that was large enough before, or was changed since", async () => {
  const large = world({ fault: failing("requests.put") });
  large.fleet.capacity = 5;
  await large.post();
  expect(large.calls).not.toContain("fleet.restore");
  expect(large.fleet.capacity).toBe(5);
  const changed = world({ fault: failing("requests.put") });
  changed.before["requests.put"] = () => {
    changed.fleet.capacity = 7;
  };
  await changed.post();
  expect(changed.fleet.capacity).toBe(7);
});
