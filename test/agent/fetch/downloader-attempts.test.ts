import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { fnv1a } from "../../../domain/plan/task.ts";
import type { Fault } from "../../../tools/edge/faults.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { type Download, download, edge, object, reset, SIZE, seen, status, useEdge, visited } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

vi.mock("../../../agent/fetch/http/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 1_000,
  HEADERS_TIMEOUT_MS: 600,
  STALLED_BODY_TIMEOUT_MS: 600,
}));

useEdge();

let objects = 0;

/** Downloads an object of its own, whose first requests go wrong. @returns the result or the error, and the addresses that were asked */
async function attempt(faults: readonly (Fault | undefined)[] = [], more: Partial<Download> = {}) {
  const path = `/attempt-${objects++}.bin`;
  const url = object(path, faults);
  const ended = await download({ url, ...more }).catch((error: unknown) => error);
  return { ended, url, asked: visited(path), addresses: (seen.get(path) ?? []).map(({ address }) => address) };
}

const GOOD = { ok: true, bytes: SIZE, http_status: 200, error: undefined };
const OTHER_POP: Fault = { kind: "otherPop", pop: "FRA56-P4" };
const RESET = reset(1_000);
const ELSEWHERE = "https://elsewhere.example/b";

describe.concurrent("what ends at once", () => {
  test.each<[name: string, fault: Fault, result: object]>([
    ["404", status(404), { http_status: 404, reason: "http_4xx", error: "HTTP 404", bytes: 4 }],
    [
      "a challenge of AWS WAF",
      status(202, { "x-amzn-waf-action": "challenge" }),
      { http_status: 202, reason: "waf", error: expect.stringMatching(/^WAF_CHALLENGE: .*"header"$/) },
    ],
    [
      "a 202",
      status(202),
      { http_status: 202, reason: "not_cacheable", error: expect.stringMatching(/^HTTP 202: the origin accepted/) },
    ],
    [
      "a redirect",
      status(301, { location: ELSEWHERE }),
      { http_status: 301, reason: "redirect", error: `HTTP 301: redirects to ${ELSEWHERE}` },
    ],
  ])("%s", async (_, fault, expected) => {
    const { ended, asked } = await attempt([fault, fault, fault]);
    expect(ended).toMatchObject({ ok: false, attempts: 1, ...expected });
    expect(asked).toEqual([0]);
  });
});

describe.concurrent("what is tried again, on the POP's next address", () => {
  test.each<[name: string, faults: readonly Fault[], attempts: number, result: object]>([
    ["a body cut short", [{ kind: "truncate", after: 400_000 }], 2, GOOD],
    [
      "resets",
      [RESET, RESET, RESET],
      3,
      { ok: false, reason: "incomplete", error: `ECONNRESET: 1000 of ${SIZE} bytes arrived` },
    ],
    ["a promise of more than comes", [{ kind: "lie", contentLengthDelta: 7 }], 2, GOOD],
    // Each address only once, and no body.
    [
      "nobody but another POP",
      [OTHER_POP, OTHER_POP, OTHER_POP],
      2,
      {
        ok: false,
        bytes: 0,
        reason: "other_pop",
        error: "answered by FRA56-P4 instead of SIN2-P1",
        x_amz_cf_pop: "FRA56-P4",
      },
    ],
    ["silence", [{ kind: "stall" }], 2, GOOD],
    ["one fault after the other, and then what is final", [RESET, status(404)], 2, { ok: false, error: "HTTP 404" }],
  ])("%s", async (_, faults, attempts, expected) => {
    const begun = performance.now();
    const { ended, asked } = await attempt(faults);
    const took = performance.now() - begun;
    const { ok, ms } = ended as { ok: boolean; ms: number };
    expect(ended).toMatchObject({ attempts, ...expected });
    const addresses = [0, 1, 0].slice(0, attempts);
    // A good download is followed by another one and a check, at the same address.
    const further = ok ? asked.length - attempts : 0;
    expect(further).toBe(ok ? 2 : 0);
    expect(asked).toEqual([...addresses, ...Array(further).fill(addresses.at(-1))]);
    // The pauses between attempts: at least 100 and 200 ms.
    expect(ms).toBeGreaterThanOrEqual([0, 95, 290][attempts - 1] ?? 0);
    expect(ms).toBeLessThanOrEqual(Math.ceil(took));
    expect(took).toBeLessThan(10_000);
  });

  test("an address where nobody listens", async () => {
    const dead = "127.99.0.1";
    const [address = ""] = edge.addressesOf("SIN2-P1");
    const url = object("/refused.bin");
    // In one order or the other, it comes to the dead one first.
    const results = [];
    for (const ips of [
      [dead, address],
      [address, dead],
    ])
      results.push(await download({ url, message: { ips } }));
    expect(results).toMatchObject([GOOD, GOOD]);
    expect(results.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2]);
    const error = expect.stringContaining("ECONNREFUSED");
    const { ended } = await attempt([], { message: { ips: [dead] } });
    expect(ended).toMatchObject({ ok: false, attempts: 3, bytes: 0, error });
  });
});

describe.concurrent("what is deferred, because the edge keeps an error, or the origin asks for patience", () => {
  test.each<[name: string, faults: readonly Fault[], visits: number[], ms: number]>([
    ["503, at once", [status(503)], [0], 11_000],
    ["503 that says for how long", [status(503, { "retry-after": "40" })], [0], 40_000],
  ])("%s", async (_, faults, visits, ms) => {
    const { ended, asked } = await attempt(faults);
    expect(ended).toBeInstanceOf(DeferredError);
    expect(ended).toMatchObject({ attempts: visits.length, startedAt: expect.any(Number) });
    const { delayMs } = ended as DeferredError;
    expect([delayMs >= ms, delayMs <= 1.3 * ms]).toEqual([true, true]);
    expect(asked).toEqual(visits);
  });

  const DEFERRED = { name: "DeferredError", attempts: 1 };
  test.each<[why: string, code: number, more: Partial<Download>, expected: object]>([
    ["500, for the third time", 500, { message: { tries: 2 } }, { ok: false, attempts: 3 }],
    ["the URL's first attempt, other than its message's", 500, { message: { tries: 2 }, attempts: 0 }, DEFERRED],
  ])("after that, it counts on, and fails in the end: %s", async (_, code, more, expected) => {
    expect((await attempt(Array(3).fill(status(code)), more)).ended).toMatchObject(expected);
  });
});

describe.concurrent("a task that was deferred", () => {
  test.each([
    [1, 1],
    [2, 0],
  ])("is asked for at the POP's next address, after %s attempts", async (attempts, step) => {
    const { url, addresses } = await attempt([], attempts === undefined ? {} : { attempts });
    expect(addresses[0]).toBe(edge.addressesOf("SIN2-P1")[(fnv1a(url) + step) % 2]);
  });

  test("took from the start of its first attempt to the end of its last", async () => {
    const startedAt = Date.now() - 22_000;
    const { ms, ...result } = await download({ url: object("/two-waits.bin"), attempts: 2, startedAt });
    expect(result).toMatchObject({ ok: true, attempts: 3 });
    expect(ms).toBeGreaterThanOrEqual(22_000);
    expect(ms).toBeLessThan(30_000);
  });

  test("took no time before it began, if another instance's clock is ahead", async () => {
    const { ms } = await download({ url: object("/ahead.bin"), attempts: 1, startedAt: Date.now() + 60_000 });
    expect(ms).toBeGreaterThanOrEqual(0);
  });
});

test("a second download that fails for good is the task's result, with its reason", async () => {
  const { ended } = await attempt([undefined, status(404)]);
  expect(ended).toMatchObject({ outcome: "failed", reason: "http_4xx", http_status: 404, rounds: 1, bytes: SIZE });
});
