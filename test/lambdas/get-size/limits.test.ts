import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { openLimits } from "../../../lambdas/get-size/limits.ts";
import { request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";

const NOW = 1_700_000_000_000;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  return () => vi.useRealTimers();
});

/** Limits of a request. `closed` ends them and lets time pass until that is done. */
function world({ stallSeconds = undefined as number | undefined, origin = { concurrency: 2 } as object } = {}) {
  const heartbeats: Heartbeat[] = [];
  // Other processes share it.
  const store = Object.assign(new MemoryPermitStore(), { localTats: undefined });
  const owners: string[] = [];
  const table = { fails: false };
  const { deps } = noteCalls<GetSizeDeps>({
    progress: {
      writeHeartbeat: async (_, heartbeat) => {
        if (table.fails) throw new Error("the table fails");
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
  const { origins, close } = openLimits(deps, request({ origin }));
  const acquire = () =>
    origins
      .limiterFor({ req_id: "r1", host: "a.example", origin: { concurrency: 2 } })
      ?.acquire({ signal: new AbortController().signal });
  const closed = () => Promise.all([close(), vi.advanceTimersByTimeAsync(30_000)]);
  return { heartbeats, store, owners, table, acquire, closed };
}

test("with a limit on concurrency, it sends heartbeats every ten seconds, as the process that its permits belong to", async () => {
  const { heartbeats, store, owners, acquire, closed } = world();
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heartbeats).toMatchObject([0, 10_000, 20_000].map((ms) => ({ instance: "get-size", at: NOW + ms })));
  expect(owners).toEqual([`get-size#${heartbeats[0]?.worker}`]);
  const permit = await acquire();
  expect(await store.permits("r1")).toMatchObject({ held: 1 });
  permit?.release();
  await closed();
  expect(await store.permits("r1")).toMatchObject({ held: 0 });
  const { length } = heartbeats;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heartbeats).toHaveLength(length);
});

test.each([
  // The others reclaim its permits after a time without a heartbeat, and it loses them before.
  ["by default", undefined, 40_000, 60_000],
  ["with a `stallSeconds` of 9,000, as the agents'", 9_000, 440_000, 460_000],
])("without heartbeats, it loses its permits: %s", async (_, stallSeconds, notYetMs, lostMs) => {
  const { table, acquire, closed } = world({ stallSeconds });
  await vi.advanceTimersByTimeAsync(1_000);
  const permit = await acquire();
  table.fails = true;
  await vi.advanceTimersByTimeAsync(notYetMs);
  expect(permit?.lost?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(lostMs - notYetMs);
  expect(permit?.lost?.aborted).toBe(true);
  await closed();
});

test("without a limit on concurrency it sends none", async () => {
  const { heartbeats, closed } = world({ origin: { requests_per_second: 5 } });
  await vi.advanceTimersByTimeAsync(25_000);
  expect(heartbeats).toEqual([]);
  await closed();
});
