import { describe, expect, test, vi } from "vitest";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { fnv1a } from "../../../domain/plan/task.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { Fault } from "../../../tools/edge/faults.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { download, edge, object, SIZE, seen, useEdge, visited } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

vi.mock("../../../agent/fetch/http/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 1_000,
  HEADERS_TIMEOUT_MS: 600,
  STALLED_BODY_TIMEOUT_MS: 600,
}));

useEdge();

describe.concurrent("what ends at once", () => {
  const redirect = { kind: "status", status: 301, headers: { location: "https://elsewhere.example/b" } } as const;
  const cases: readonly [name: string, fault: Fault, result: { readonly [K in keyof TaskResult]?: unknown }][] = [
    ["404", { kind: "status", status: 404 }, { http_status: 404, reason: "http_4xx", error: "HTTP 404", bytes: 4 }],
    [
      "a challenge of AWS WAF",
      { kind: "status", status: 202, headers: { "x-amzn-waf-action": "challenge" } },
      { http_status: 202, reason: "waf", error: expect.stringMatching(/^WAF_CHALLENGE: .*"header"$/) },
    ],
    [
      "a 202",
      { kind: "status", status: 202 },
      { http_status: 202, reason: "not_cacheable", error: expect.stringMatching(/^HTTP 202: the origin accepted/) },
    ],
    [
      "a redirect",
      redirect,
      { http_status: 301, reason: "redirect", error: "HTTP 301: redirects to https://elsewhere.example/b" },
    ],
  ];

  test.each(cases)("%s", async (name, fault, expected) => {
    const path = `/final-${encodeURIComponent(name)}.bin`;
    const result = await download({ url: object(path, [fault, fault, fault]) });
    expect(result).toMatchObject({ ok: false, attempts: 1, ...expected });
    expect(visited(path)).toEqual([0]);
  });
});

describe.concurrent("what is tried again, on the POP's next address", () => {
  const good = { ok: true, bytes: SIZE, http_status: 200, error: undefined };
  const other = { kind: "otherPop", pop: "FRA56-P4" } as const;
  const otherError = "answered by FRA56-P4 instead of SIN2-P1";
  const reset = { kind: "reset", after: 1_000 } as const;
  const cases: readonly [name: string, faults: readonly Fault[], attempts: number, result: object][] = [
    ["a body cut short", [{ kind: "truncate", after: 400_000 }], 2, good],
    ["a body of which nothing comes", [{ kind: "truncate", after: 0 }], 2, good],
    ["a reset", [reset], 2, good],
    [
      "resets",
      [reset, reset, reset],
      3,
      { ok: false, reason: "incomplete", error: `ECONNRESET: 1000 of ${SIZE} bytes arrived` },
    ],
    ["a promise of more than comes", [{ kind: "lie", contentLengthDelta: 7 }], 2, good],
    ["408, twice", Array(2).fill({ kind: "status", status: 408 }), 3, good],
    ["another POP's answer", [other], 2, good],
    // Each address only once, and no body.
    [
      "nobody but another POP",
      [other, other, other],
      2,
      { ok: false, bytes: 0, reason: "other_pop", error: otherError, x_amz_cf_pop: "FRA56-P4" },
    ],
    ["silence", [{ kind: "stall" }], 2, good],
    ["silence in the middle", [{ kind: "stall", after: 300_000 }], 2, good],
    [
      "one fault after the other, and then what is final",
      [
        { kind: "reset", after: 1_000 },
        { kind: "status", status: 404 },
      ],
      2,
      { ok: false, error: "HTTP 404" },
    ],
  ];

  test.each(cases)("%s", async (name, troubles, attempts, expected) => {
    const path = `/retried-${encodeURIComponent(name)}.bin`;
    const begun = performance.now();
    const result = await download({ url: object(path, troubles) });
    const took = performance.now() - begun;
    expect(result).toMatchObject({ attempts, ...expected });
    const asked = [0, 1, 0].slice(0, attempts);
    // What was cached by an attempt that broke off is an edge's hit; what was downloaded now is asked for once more, there.
    const looks = result.ok && visited(path).length > attempts ? asked.slice(-1) : [];
    expect(visited(path)).toEqual([...asked, ...looks]);
    expect(result.ms).toBeLessThanOrEqual(Math.ceil(took));
    // The pauses between attempts: at least 100 and 200 ms.
    expect(result.ms).toBeGreaterThanOrEqual([0, 95, 290][attempts - 1] ?? 0);
    expect(took).toBeLessThan(10_000);
  });

  test("an address where nobody listens", async () => {
    const url = object("/refused.bin");
    const [address = ""] = edge.addressesOf("SIN2-P1");
    // In one order or the other, it comes to the dead one first.
    const orders = [
      ["127.99.0.1", address],
      [address, "127.99.0.1"],
    ];
    const results = [];
    for (const ips of orders) results.push(await download({ url, message: { ips } }));
    expect(results).toMatchObject([good, good]);
    expect(results.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2]);
    expect(await download({ url, message: { ips: ["127.99.0.1"] } })).toMatchObject({
      ok: false,
      attempts: 3,
      bytes: 0,
      error: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

describe.concurrent("what is deferred, because the edge keeps an error, or the origin asks for patience", () => {
  const status = (code: number, headers = {}) => ({ kind: "status", status: code, headers }) as const;
  const cases: readonly [name: string, faults: readonly Fault[], tries: number, visits: number[], ms: number][] = [
    ["503, at once", [status(503)], 1, [0], 11_000],
    ["429, at once", [status(429)], 1, [0], 11_000],
    ["500, though another address has not answered", [status(500)], 1, [0], 11_000],
    ["502 after a reset", [{ kind: "reset", after: 1_000 }, status(502)], 2, [0, 1], 11_000],
    ["a page for an error", [status(200, { "x-cache": "Error from cloudfront" })], 1, [0], 11_000],
    ["503 after a 408", [status(408), status(503)], 2, [0, 1], 11_000],
    ["503 that says for how long", [status(503, { "retry-after": "40" })], 1, [0], 40_000],
    ["503 that says less", [status(503, { "retry-after": "1" })], 1, [0], 11_000],
  ];

  test.each(cases)("%s", async (name, troubles, tries, visits, ms) => {
    const path = `/put-off-${encodeURIComponent(name)}.bin`;
    const putOff = await download({ url: object(path, troubles) }).catch((error: unknown) => error);
    expect(putOff).toBeInstanceOf(DeferredError);
    expect(putOff).toMatchObject({ attempts: tries, startedAt: expect.any(Number) });
    const { delayMs } = putOff as DeferredError;
    expect([delayMs >= ms, delayMs <= 1.3 * ms]).toEqual([true, true]);
    expect(visited(path)).toEqual(visits);
  });

  test("after that, it counts on, and fails in the end", async () => {
    const again = (path: string, code: number, tries: number) =>
      download({ url: object(path, Array(3).fill(status(code))), message: { tries } }).catch((error: unknown) => error);
    expect(await again("/again-1.bin", 500, 1)).toMatchObject({ attempts: 1, name: "DeferredError" });
    expect(await again("/again-2.bin", 500, 2)).toMatchObject({ ok: false, attempts: 3 });
    expect(await again("/again-3.bin", 503, 6)).toMatchObject({ attempts: 1, name: "DeferredError" });
    expect(await again("/again-4.bin", 503, 7)).toMatchObject({ ok: false, attempts: 8, error: "HTTP 503" });
  });
});

describe.concurrent("a task that was deferred", () => {
  const error = { kind: "status", status: 500 } as const;

  test("is asked for at the POP's next address", async () => {
    const order = [];
    for (const attempts of [undefined, 1, 2]) {
      const path = `/next-address-${attempts}.bin`;
      const url = object(path);
      await download({ url, ...(attempts === undefined ? {} : { attempts }) });
      const [first = "", second = ""] = edge.addressesOf("SIN2-P1");
      const at = fnv1a(url) % 2;
      order.push([first, second].indexOf(seen.get(path)?.[0]?.address ?? "") === at ? "first" : "second");
    }
    expect(order).toEqual(["first", "second", "first"]);
  });

  test("has its own attempts, whatever its message says of the other URLs", async () => {
    const own = (path: string, attempts: number) =>
      download({ url: object(path, [error]), message: { tries: 2 }, attempts }).catch((thrown: unknown) => thrown);
    expect(await own("/own-0.bin", 0)).toMatchObject({ name: "DeferredError", attempts: 1 });
    expect(await own("/own-2.bin", 2)).toMatchObject({ ok: false, attempts: 3 });
  });

  test("took from the start of its first attempt to the end of its last", async () => {
    const started = Date.now() - 22_000;
    const result = await download({ url: object("/two-waits.bin"), attempts: 2, startedAt: started });
    expect(result).toMatchObject({ ok: true, attempts: 3 });
    expect(result.ms).toBeGreaterThanOrEqual(22_000);
    expect(result.ms).toBeLessThan(30_000);
  });

  test("that is deferred again says when its first attempt started", async () => {
    const started = Date.now() - 11_000;
    const again = download({ url: object("/first-start.bin", [error]), attempts: 1, startedAt: started });
    await expect(again).rejects.toMatchObject({ attempts: 1, startedAt: started });
  });

  test("took no time before it began, if another instance's clock is ahead", async () => {
    const { ms } = await download({ url: object("/clock-ahead.bin"), attempts: 1, startedAt: Date.now() + 60_000 });
    expect(ms).toBeGreaterThanOrEqual(0);
  });
});

describe("when the origin wants to be left alone inside a download", () => {
  const admission = { reacquire: () => Promise.reject(new DeferredError(60_000)) };

  test("the attempts so far are counted", async () => {
    const url = object("/left-alone.bin", [{ kind: "reset", after: 1_000 }]);
    const putOff = await download({ url, admission }).catch((error: unknown) => error);
    expect(putOff).toMatchObject({ name: "DeferredError", delayMs: 60_000, attempts: 1 });
  });

  test("a second download that may not be sent: the task has failed, and no miss is claimed", async () => {
    const miss = { kind: "status", status: 503 } as const;
    const url = object("/left-alone-whole.bin", [undefined, miss, miss, miss] as unknown as Fault[]);
    expect(await download({ url, admission })).toMatchObject({
      outcome: "failed",
      reason: "other",
      attempts: 1,
      rounds: 1,
      bytes: SIZE,
      error: expect.stringContaining("the limits or the throttling of the origin do not allow the second download now"),
    });
  });
});
