// What the origin is asked, and what it refuses.
import type { OriginLimit } from "../../../tools/edge/origin.ts";
import { busiest, isProbe } from "../../../tools/edge/origin-log.ts";
import { ask, DOMAIN, expectInTurn, newEdge } from "./client.ts";

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
    const [refused, good] = [{ status }, { status: 200 }];
    const [first, second, third] = [{ path: "/0.bin" }, { path: "/1.bin" }, { path: "/2.bin" }];
    await expectInTurn(edge, [first, good], [second, good], [third, refused], [third, refused]);
    expect(edge.originRequests().map((it) => it.refused)).toEqual([false, false, true]);
    clock.now += 1_000;
    await expectInTurn(edge, [third, { status, xCache: "Error from cloudfront" }], [{ path: "/3.bin" }, good]);
    clock.now += 9_000;
    await expectInTurn(edge, [third, good]);
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
  const head = { path: "/1.bin", method: "HEAD" };
  await expectInTurn(
    edge,
    [{ path: "/0.bin", method: "HEAD" }, { status: 200 }],
    [head, { status: 503 }],
    [{ path: "/1.bin", range: "bytes=0-0" }, { status: 503 }],
    [{ path: "/1.bin", host: OTHER }, { status: 200 }],
  );
  edge.setOrigin({});
  await expectInTurn(edge, [head, { status: 200 }]);
});

test("a distribution may say how its origin behaves", async () => {
  const origin = { limit: { perSecond: 0 } };
  const edge = await newEdge({ distributions: [{ domain: DOMAIN, origin }, { domain: OTHER }] });
  await expectInTurn(edge, [{}, { status: 503 }], [{ host: OTHER }, { status: 200 }]);
});

test("the log has every request; probes count apart", async () => {
  const { edge, clock } = await limitedEdge({ perSecond: 9 });
  const path = "/0.bin";
  for (const how of [{ method: "HEAD" }, { range: "bytes=0-0" }, { range: "bytes=0-9" }])
    await ask(edge, { path, ...how });
  clock.now += 5;
  for (let n = 0; n < 2; n++) await ask(edge, { path: "/0.bin?v=1", host: OTHER });
  expect(edge.originRequests()).toMatchObject([
    { at: clock.now - 5, domain: DOMAIN, method: "HEAD", path: "/0.bin", status: 200, probe: true, refused: false },
    { at: clock.now - 5, method: "GET", range: "bytes=0-0", status: 206, probe: true },
    { at: clock.now - 5, method: "GET", range: "bytes=0-9", status: 206, probe: false },
    { at: clock.now, domain: OTHER, method: "GET", path: "/0.bin?v=1", range: undefined, status: 200, probe: false },
  ]);
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
  expect([busiest(log, 1_000), busiest([], 1_000), busiest(log, 1)]).toEqual([5, 0, 1]);
});
