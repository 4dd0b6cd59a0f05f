import { describe, expect, it } from "vitest";
import type { Target } from "../../../domain/plan/target.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { Count } from "../../../domain/result/count.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { readPopRows } from "../../../lambdas/api/details.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { count, LABEL, request, target } from "../items.ts";

const SIN = "SIN2-P1";
const running = (change: Partial<RequestItem> = {}) =>
  request({
    status: "IN_PROGRESS",
    pops: [SIN],
    total_count: 4,
    targets_total: 1,
    tasks_per_target: { [LABEL]: 4 },
    ...change,
  });

/** The row of the one POP. */
async function row(item: RequestItem, targets: readonly Target[], done = 0, failed = 0, outcomes: Partial<Count> = {}) {
  const progress = new FakeProgress();
  progress.counts.set("r1/0/0", count(done, done * 10, failed, outcomes));
  const requestPops = new FakeRequestPops(new FakeRequests(item), ...targets);
  const rows = await readPopRows(fakeDeps<ApiDeps>({ requestPops, progress }), item);
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe("a POP's state", () => {
  const ended = { active: undefined, status: "STOPPED" } as const;
  it.each([
    ["before it is resolved", { total_count: 0, targets_total: 0 }, [], 0, "WAITING"],
    ["before its first result", {}, [target(SIN)], 0, "WAITING"],
    ["with some results", {}, [target(SIN)], 3, "IN_PROGRESS"],
    ["with all", {}, [target(SIN)], 4, "DONE"],
    ["that the DNS does not know", {}, [target(SIN, { state: "FAILED" })], 0, "NOT_RESOLVED"],
    ["of a stopped request", ended, [target(SIN)], 3, "UNFINISHED"],
    ["of a stopped request that had all", ended, [target(SIN)], 4, "DONE"],
    ["of a finished one, whose counter missed a batch", { ...ended, status: "FINISHED" }, [target(SIN)], 3, "DONE"],
  ] as const)("%s", async (_, change, targets, done, state) => {
    expect((await row(running(change), targets, done))?.state).toBe(state);
  });
});

describe("a POP's counts", () => {
  const both = [target(SIN, { label: "d1" }), target(SIN, { label: "d2" })];
  it("are its tasks under each distribution", async () => {
    const item = running({ total_count: 5, targets_total: 2, tasks_per_target: { d1: 3, d2: 2 } });
    expect(await row(item, both, 2, 1)).toMatchObject({
      total_count: 5,
      download_count: 2,
      failed_count: 1,
      download_size: 20,
    });
  });

  it("tell what was seen there", async () => {
    const outcomes = { warm_count: 1, hit_count: 2, not_kept_count: 1, rec_miss_count: 3 };
    expect(await row(running(), [target(SIN)], 4, 1, outcomes)).toMatchObject(outcomes);
  });

  it("are URLs times variants, as the totals counted them", async () => {
    const item = running({ total_count: 6, targets_total: 1, tasks_per_target: { d1: 6 } });
    const [sin] = [target(SIN, { label: "d1" })];
    expect(await row(item, [sin], 6)).toMatchObject({ total_count: 6, download_count: 6, state: "DONE" });
  });

  it("are those of URLs that are wanted everywhere, and its own besides", async () => {
    const item = running({ total_count: 9, targets_total: 2, tasks_per_target: { d1: 3, d2: 0 } });
    const own = [target(SIN, { label: "d1", own_tasks: 2 }), target(SIN, { label: "d2", own_tasks: 4 })];
    expect(await row(item, own, 9)).toMatchObject({ total_count: 9, state: "DONE" });
    const alone = running({ total_count: 9, targets_total: 2, tasks_per_target: { d1: 0 } });
    expect(await row(alone, [target(SIN, { label: "d1" })], 0)).toMatchObject({ total_count: 0, state: "WAITING" });
  });

  it("leave out the distributions under which it does not resolve", async () => {
    const item = running({ total_count: 3, targets_total: 1, tasks_per_target: { d1: 3, d2: 2 } });
    const targets = [target(SIN, { label: "d1" }), target(SIN, { label: "d2", state: "FAILED" })];
    expect(await row(item, targets)).toMatchObject({ state: "WAITING", total_count: 3 });
  });

  it("are within its tasks, whatever was counted", async () => {
    expect(await row(running(), [target(SIN)], 9, 9)).toMatchObject({ download_count: 4, failed_count: 4 });
    const tooMany = { warm_count: 3, hit_count: 9, not_kept_count: 7 };
    const most = { warm_count: 3, hit_count: 0, not_kept_count: 1 };
    expect(await row(running(), [target(SIN)], 4, 1, tooMany)).toMatchObject(most);
    expect(await row(running(), [target(SIN)], -1, -1)).toMatchObject({
      download_count: 0,
      failed_count: 0,
      download_size: 0,
    });
  });
});
