import { beforeEach, expect, test, vi } from "vitest";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { openLimits } from "../../../lambdas/get-size/limits.ts";
import { request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

const { signal } = new AbortController();
const item = (origin: object) => request({ req_id: "r1", origin });
const work = { req_id: "r1", host: "a.example", origin: { concurrency: 2 } };

function deps({ fails = () => false, stallSeconds }: { fails?: () => boolean; stallSeconds?: number } = {}) {
  const heartbeats: Heartbeat[] = [];
  const store = new MemoryPermitStore();
  const owners: string[] = [];
  const { deps: limits } = noteCalls<GetSizeDeps>({
    progress: {
      writeHeartbeat: async (_, heartbeat) => {
        if (fails()) throw new Error("the table fails");
        heartbeats.push(heartbeat);
      },
    },
    permits: (owner) => {
      owners.push(owner);
      return store;
    },
    timings: timingsOf(stallSeconds),
    now: Date.now,
  });
  return { limits, heartbeats, store, owners };
}

test("with a limit on concurrency, it sends heartbeats every ten seconds, as the process that its permits belong to", async () => {
  const { limits, heartbeats, store, owners } = deps();
  const { origins, close } = openLimits(limits, item(work.origin));
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heartbeats).toMatchObject(
    [0, 10_000, 20_000].map((ms) => ({ instance: "get-size", at: 1_700_000_000_000 + ms })),
  );
  expect(owners).toEqual([`get-size#${heartbeats[0]?.worker}`]);
  const permit = await origins.limiterFor(work)?.acquire({ signal });
  expect(await store.permits("r1")).toMatchObject({ held: 1 });
  permit?.release();
  const closed = close();
  await vi.advanceTimersByTimeAsync(5_000);
  await closed;
  expect(await store.permits("r1")).toMatchObject({ held: 0 });
  const { length } = heartbeats;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heartbeats).toHaveLength(length);
});

test("without heartbeats, it loses its permits", async () => {
  let fails = false;
  const { limits } = deps({ fails: () => fails });
  const { origins, close } = openLimits(limits, item(work.origin));
  await vi.advanceTimersByTimeAsync(1_000);
  const permit = await origins.limiterFor(work)?.acquire({ signal });
  fails = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(permit?.lost.aborted).toBe(true);
  const closed = close();
  await vi.advanceTimersByTimeAsync(30_000);
  await closed;
});

test("its heartbeats and leases follow `stallSeconds`, as the agents' do", async () => {
  const { limits, heartbeats } = deps({ stallSeconds: 90 });
  const short = openLimits(limits, item(work.origin));
  await vi.advanceTimersByTimeAsync(2_500);
  expect(heartbeats.map(({ at }) => at - 1_700_000_000_000)).toEqual([0, 1_000, 2_000]);
  const closed = short.close();
  await vi.advanceTimersByTimeAsync(30_000);
  await closed;
  let fails = false;
  const long = openLimits(deps({ fails: () => fails, stallSeconds: 9_000 }).limits, item(work.origin));
  await vi.advanceTimersByTimeAsync(1_000);
  const permit = await long.origins.limiterFor(work)?.acquire({ signal });
  fails = true;
  // The others reclaim its permits after 600 s without a heartbeat, and it loses them before.
  await vi.advanceTimersByTimeAsync(440_000);
  expect(permit?.lost.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(permit?.lost.aborted).toBe(true);
  const ended = long.close();
  await vi.advanceTimersByTimeAsync(30_000);
  await ended;
});

test("without a limit on concurrency it sends none", async () => {
  const { limits, heartbeats } = deps();
  const shared = openLimits(limits, item({ requests_per_second: 5 }));
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heartbeats).toEqual([]);
  await shared.close();
});
