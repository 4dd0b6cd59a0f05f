// Before which of its requests a task waits for permits.
import { expect, test } from "vitest";
import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { Fault } from "../../../tools/edge/faults.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { fakeOrigins } from "../fake-deps.ts";
import { type Download, download, edge, object, seen, useEdge } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge();

/** @returns how many requests had been sent when the task began to wait, each time */
async function waits(path: string, message: Download["message"] = {}, troubles: readonly Fault[] = []) {
  const sent = () => seen.get(path)?.length ?? 0;
  const began = { waitWithoutSlotAndPermit: [] as number[], reacquire: [] as number[] };
  const admission: Partial<DownloadHooks> = {
    waitWithoutSlotAndPermit: async (wait) => {
      began.waitWithoutSlotAndPermit.push(sent());
      return wait();
    },
    reacquire: async () => void began.reacquire.push(sent()),
  };
  const result = await download({ url: object(path, troubles, 500), message, admission });
  return { ...began, requests: sent(), outcome: result.outcome };
}

test("a check waits without permits, and nothing else waits for them again", async () => {
  expect(await waits("/kept.bin")).toEqual({
    waitWithoutSlotAndPermit: [1],
    reacquire: [],
    requests: 2,
    outcome: "warm",
  });
});

test("the second download of an object that is not kept waits for permits", async () => {
  edge.setBehaviours([{ ttl: { min: 0, default: 0, max: 0 } }]);
  const never = await waits("/never.bin");
  edge.setBehaviours([{}]);
  expect(never).toEqual({ waitWithoutSlotAndPermit: [1, 3], reacquire: [2], requests: 4, outcome: "not_kept" });
});

test("the download at each further address waits for permits", async () => {
  const all = await waits("/addresses.bin", { verify: "addresses" });
  expect(all).toMatchObject({ reacquire: [2], outcome: "warm" });
});

test("a further attempt waits for permits", async () => {
  const retried = await waits("/retried.bin", {}, [{ kind: "reset", after: 100 }]);
  expect(retried).toMatchObject({ reacquire: [1], outcome: "warm" });
});

/** Downloads an object whose first request may be sent after this. */
function downloadAfter(path: string, beforeSend: DownloadHooks["beforeSend"], options: Download["options"] = {}) {
  return download({ url: object(path, [], 500), admission: { beforeSend }, options });
}

test("a request is sent when its slot has come: what the limiter hears of its time begins then", async () => {
  const elapsed: number[] = [];
  const origins = fakeOrigins({ observe: ({ elapsedMs }) => void elapsed.push(elapsedMs) });
  const slot = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  };
  expect(await downloadAfter("/slot.bin", slot, { origins })).toMatchObject({ outcome: "warm" });
  expect(seen.get("/slot.bin")).toHaveLength(2);
  expect(elapsed).toHaveLength(2);
  expect(Math.max(...elapsed)).toBeLessThan(20_000);
});

test("a request whose slot is too far away defers its task", async () => {
  const deferred = new DeferredError(9_000);
  await expect(downloadAfter("/far.bin", () => Promise.reject(deferred))).rejects.toThrow(deferred.message);
  expect(seen.get("/far.bin")).toBeUndefined();
});

test("who served the first download is told, unless an attempt before it failed", async () => {
  const served: unknown[] = [];
  const onServed = (by: unknown) => void served.push(by);
  const url = object("/served.bin", [], 500);
  await download({ url, admission: { onServed } });
  await download({ url, admission: { onServed } });
  await download({ url: object("/served-late.bin", [{ kind: "reset", after: 100 }], 500), admission: { onServed } });
  expect(served).toEqual(["origin", "cache", undefined]);
});
