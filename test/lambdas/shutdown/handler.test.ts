import { count } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { ENDED, HEADER, ONE_MISSING, OTHER, PAST, world } from "./world.ts";

const TIMER = { req_id: "r1", timer: true };

it.each([
  ["ends a request whose time is up", ONE_MISSING, PAST, "TIMEOUT"],
  ["ends as FINISHED what was done at that moment", undefined, PAST, "FINISHED"],
  ["ends nothing before its time", ONE_MISSING, "2999-01-01 00:00:00.000000", "IN_PROGRESS"],
])("the timer %s", async (_, results, timeout_at, status) => {
  const { handle, requests } = world({ results, item: { timeout_at, download_count: 3 } });
  await handle(TIMER);
  expect(requests.the().status).toBe(status);
});

it("the timer ends a request that has come to no tasks, of which there are no lists", async () => {
  const none = { total_count: 0, download_count: 0, distributions: [] };
  const w = world({ results: [], item: { ...none, status: "CREATED", timeout_at: PAST } });
  delete w.lists.objects["r1/success_urls.csv"];
  await w.handle(TIMER);
  expect(w.requests.the()).toMatchObject({ status: "TIMEOUT", download_count: 0 });
  expect(w.report()).toEqual([HEADER]);
});

it("the timer cleans up a request that has ended and is not closed; does nothing to a closed one", async () => {
  const open = world({ item: { ...ENDED, timeout_at: PAST } });
  await open.handle(TIMER);
  expect(open.requests.the()).toMatchObject({ status: "FINISHED", closed: true });
  const closed = world({ item: { ...ENDED, closed: true } });
  await closed.handle(TIMER);
  expect(closed.calls).toEqual(["requests.get"]);
});

it.each([
  [[], 0],
  [[OTHER], 3],
])(
  "the timer of a request that was deleted still takes the instances down, to what others need",
  async (others, capacity) => {
    const { handle, requests, fleet } = world({ others });
    await requests.delete("r1");
    await handle(TIMER);
    expect(fleet.capacity).toBe(capacity);
  },
);

it("a request that cannot be read is ended by the timer all the same, and its instances go", async () => {
  const { handle, requests, fleet } = world();
  requests.get = async () => undefined;
  requests.readActive = async () => [];
  await handle(TIMER);
  expect([requests.the().status, requests.the().active, fleet.capacity]).toEqual(["TIMEOUT", undefined, 0]);
});

it.each([
  ["closed if it has ended: Watch finds it no more", ENDED, true],
  ["left alone if it is active", {}, false],
])("a request that cannot be read is passed over by a settlement check, and %s", async (_, item, closed) => {
  const { handle, requests } = world({ item });
  requests.get = async () => undefined;
  await handle();
  expect(requests.the()).toMatchObject({ status: closed ? "FINISHED" : "IN_PROGRESS", closed });
});

it("a settlement check of a request that is gone is passed over", async () => {
  const { handle, calls } = world();
  await handle({ req_id: "r9" });
  expect(calls).toEqual(["requests.get", "requests.close"]);
});

it.each(["queue.messageCount", "progress.of"])(
  "a settlement check that fails at %s is left to Lambda",
  async (call) => {
    const w = world({ fault: failing(call) });
    await expect(w.handle()).rejects.toThrow(call);
    expect([w.shutdown.requests, w.checkDelays()]).toEqual([[], []]);
  },
);

it.each([
  ["an active request", {}, ["r1"]],
  ["one that has ended", { ...ENDED, report: undefined }, []],
])("a settlement check does no harm twice at the same time: of %s", async (_, item, ended) => {
  const { handle, requests } = world({ item });
  await Promise.all([handle(), handle()]);
  expect(requests.the()).toMatchObject({ status: "FINISHED", download_count: 4 });
  expect(requests.ended).toEqual(ended);
});

it("a settlement check asks for another when the last results came meanwhile: Aggregation could not, while this one was under way", async () => {
  const { handle, before, progress, shutdown } = world({ item: { download_count: 3 } });
  before["settlements.clear"] = () => progress.set("r1", { count: count(4, 0, 0) });
  await handle();
  expect(shutdown.requests).toEqual(["r1"]);
});
