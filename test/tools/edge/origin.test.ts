// What the origin is asked, and what it refuses.
import { expect, test } from "vitest";
import type { OriginLimit } from "../../../tools/edge/origin.ts";
import { busiest, busiestSecond, isProbe, perSecond } from "../../../tools/edge/origin-log.ts";
import { ask, DOMAIN, newEdge, seen } from "./client.ts";

const OTHER = "d222222abcdef8.cloudfront.net";
const SITE = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`/${n}.bin`, { size: 100 }]));

/** An edge with a limit, and a clock that the test turns. */
async function limitedEdge(limit: OriginLimit) {
  const clock = { now: 1_700_000_000_000 };
  const distributions = [{ domain: DOMAIN }, { domain: OTHER }];
  const edge = await newEdge({ now: () => clock.now, site: SITE, distributions, origin: { limit } });
  return { edge, clock };
}

test.each([429, 503] as const)(
  "beyond its limit the origin answers %i, which is cached for ten seconds",
  async (status) => {
    const { edge, clock } = await limitedEdge({ perSecond: 2, status });
    const statuses: number[] = [];
    for (const path of ["/0.bin", "/1.bin", "/2.bin", "/2.bin"]) statuses.push((await ask(edge, { path })).status);
    expect(statuses).toEqual([200, 200, status, status]);
    expect(edge.stats()).toMatchObject({ originTaskGets: 3, originRefused: 1 });
    clock.now += 1_000;
    expect(await ask(edge, { path: "/2.bin" })).toMatchObject({ status, xCache: "Error from cloudfront" });
    expect((await ask(edge, { path: "/3.bin" })).status).toBe(200);
    clock.now += 9_000;
    expect((await ask(edge, { path: "/2.bin" })).status).toBe(200);
  },
);

test("Retry-After comes in both forms, or not at all", async () => {
  const retryAfter = async (limit: Partial<OriginLimit>) => {
    const { edge } = await limitedEdge({ perSecond: 0, ...limit });
    return (await ask(edge, { path: "/0.bin" })).headers["retry-after"];
  };
  expect(await retryAfter({})).toBeUndefined();
  expect(await retryAfter({ retryAfter: { seconds: 7, form: "seconds" } })).toBe("7");
  const date = await retryAfter({ status: 429, retryAfter: { seconds: 7, form: "date" } });
  expect(Date.parse(String(date))).toBe(1_700_000_007_000);
});

test("probes are refused as well, and each distribution's origin has a limit of its own", async () => {
  const { edge } = await limitedEdge({ perSecond: 1 });
  const statuses: number[] = [];
  const head = { path: "/1.bin", method: "HEAD" };
  const range = { path: "/1.bin", headers: { range: "bytes=0-0" } };
  for (const asked of [{ path: "/0.bin", method: "HEAD" }, head, range, { path: "/1.bin", host: OTHER }])
    statuses.push((await ask(edge, asked)).status);
  edge.setOrigin({});
  expect([...statuses, (await ask(edge, head)).status]).toEqual([200, 503, 503, 200, 200]);
});

test("a distribution may say how its origin behaves", async () => {
  const origin = { limit: { perSecond: 0 } };
  const edge = await newEdge({ distributions: [{ domain: DOMAIN, origin }, { domain: OTHER }] });
  expect([(await ask(edge)).status, (await ask(edge, { host: OTHER })).status]).toEqual([503, 200]);
});

test("the log has every request; probes count apart", async () => {
  const { edge, clock } = await limitedEdge({ perSecond: 9 });
  await ask(edge, { path: "/0.bin", method: "HEAD" });
  await ask(edge, { path: "/0.bin", headers: { range: "bytes=0-0" } });
  await ask(edge, { path: "/0.bin", headers: { range: "bytes=0-9" } });
  clock.now += 5;
  await ask(edge, { path: "/0.bin?v=1", host: OTHER });
  await seen(edge, { path: "/0.bin?v=1", host: OTHER });
  expect(edge.originRequests()).toMatchObject([
    { at: clock.now - 5, domain: DOMAIN, method: "HEAD", path: "/0.bin", status: 200, probe: true, refused: false },
    { at: clock.now - 5, method: "GET", range: "bytes=0-0", status: 206, probe: true },
    { at: clock.now - 5, method: "GET", range: "bytes=0-9", status: 206, probe: false },
    { at: clock.now, domain: OTHER, method: "GET", path: "/0.bin?v=1", range: undefined, status: 200, probe: false },
  ]);
  expect(edge.stats()).toMatchObject({ originTaskGets: 2, originProbes: 2, originRefused: 0, originFetches: 1 });
});

test("the origin may be slow", async () => {
  const edge = await newEdge({ origin: { delayMs: 80 } });
  const start = performance.now();
  await ask(edge);
  expect(performance.now() - start).toBeGreaterThan(75);
});

test.each([
  ["HEAD", undefined, true],
  ["GET", "bytes=0-0", true],
  ["GET", "bytes=7-7", true],
  ["GET", undefined, false],
  ["GET", "bytes=0-1", false],
  ["GET", "bytes=-1", false],
])("%s of %s is a probe: %s", (method, range, expected) => {
  expect(isProbe(method, range)).toBe(expected);
});

test("the busiest second begins anywhere", () => {
  const log = [0, 100, 900, 950, 1_000, 1_050, 1_899, 1_900, 5_000].map((at) => ({ at }));
  expect(busiestSecond(log)).toBe(5);
  expect(busiestSecond([])).toBe(0);
  expect(busiest(log, 1_000)).toBe(busiestSecond(log));
  expect(busiest(log, 1)).toBeLessThan(busiestSecond(log));
  expect([...perSecond(log)]).toEqual([
    [0, 4],
    [1, 4],
    [5, 1],
  ]);
});
