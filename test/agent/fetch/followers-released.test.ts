// When the followers of a lead may ask, and what its proof tells of caches that do not keep the object.
import type { LeadResult } from "../../../domain/plan/followers.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { SiteObject } from "../../../tools/edge/site.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { type Download, download, edge, seen, useEdge } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge({
  behaviours: [
    { path: "/min-ttl/*", ttl: { min: 60, default: 60, max: 60 }, serverTiming: "off" },
    { path: "/no-ttl/*", ttl: { min: 0, default: 0, max: 0 } },
    {},
  ],
});

const followers = [{ pop: "SIN52-C1", ips: ["192.0.2.9"] }];

const NEVER = { "cache-control": "no-store" };

/** @returns what followers were told and how many requests had been sent by then, and the result */
async function lead(path: string, object: Partial<SiteObject> = {}, message: Download["message"] = {}) {
  edge.addObject(path, { size: 500, ...object });
  const told: { readonly shown: LeadResult; readonly requests: number }[] = [];
  const onDownloaded = (shown: LeadResult) => {
    told.push({ shown, requests: seen.get(path)?.length ?? 0 });
  };
  const result: TaskResult = await download({
    url: `https://www.example.com${path}`,
    message: { followers, ...message },
    with: { onDownloaded },
  });
  return { told, result };
}

test("followers may ask when the download has ended, before the proof", async () => {
  const { told, result } = await lead("/kept.bin");
  expect(told).toEqual([{ shown: { ok: true }, requests: 1 }]);
  expect(result).toMatchObject({ ok: true, outcome: "warm" });
  expect(seen.get("/kept.bin")?.length).toBeGreaterThan(1);
});

test("no follower is told where the download fails, nor where nobody follows", async () => {
  expect((await lead("/missing.bin", { status: 404 })).told).toEqual([]);
  expect((await lead("/alone.bin", {}, { followers: undefined })).told).toEqual([]);
});

test("without a proof, headers that forbid caching let followers ask as if each led", async () => {
  const { told } = await lead("/never-off.bin", { headers: NEVER }, { verify: "off" });
  expect(told).toEqual([{ shown: { ok: true, rec_unsure: true }, requests: 1 }]);
});

test("an object that is not kept says whether a response after the download was a hit", async () => {
  const expired = { "cache-control": "max-age=0, s-maxage=0" };
  const refreshed = await lead("/refreshed.bin", { headers: expired });
  // It expires at once, so each response is a RefreshHit.
  expect(refreshed.result).toMatchObject({ outcome: "not_kept", hit_after_download: true });
});

describe.each([
  ["requests at once", { concurrency: 2 }],
  ["requests per second", { requests_per_second: 5_000 }],
])("followers of an origin with a limit of %s, which have no permits,", (_, origin) => {
  const name = Object.keys(origin).join();

  test("may ask when a cache has answered the second download", async () => {
    const { told, result } = await lead(`/limited-${name}.bin`, {}, { origin });
    expect(told).toEqual([{ shown: { ok: true }, requests: 2 }]);
    expect(result).toMatchObject({ outcome: "warm" });
  });

  test.each([
    ["no cache keeps the object, and no header says so", "/no-ttl/", {}],
    ["each response is a RefreshHit", "/refreshed/", { headers: { "cache-control": "max-age=0, s-maxage=0" } }],
    ["the object expires before they would ask", "/short/", { headers: { "cache-control": "max-age=20" } }],
  ])("wait for the result where %s", async (_why, folder, object) => {
    expect((await lead(`${folder}${name}.bin`, object, { origin })).told).toEqual([]);
  });
});
