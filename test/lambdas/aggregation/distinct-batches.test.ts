// Two requests and two batches, of which no two figures, times or ids are equal: what is said of one is not said of the other.
import { expect, test } from "vitest";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { AggregationDeps } from "../../../lambdas/aggregation/deps.ts";
import { createHandler } from "../../../lambdas/aggregation/handler.ts";
import { fakeDeps } from "../fake-deps.ts";
import { count, request } from "../items.ts";
import { silent } from "../silent.ts";
import { record } from "./records.ts";

const ONE = request({
  req_id: "r1",
  status: "IN_PROGRESS",
  total_count: 1_000,
  expire_at: 1_800_000_111,
  max_failures: 7,
});
const TWO = request({
  req_id: "r2",
  status: "IN_PROGRESS",
  total_count: 2_000,
  expire_at: 1_900_000_222,
  max_failures: 7,
});
const ITEMS: Readonly<Record<string, RequestItem>> = { r1: ONE, r2: TWO };

function world() {
  const calls: unknown[][] = [];
  const counted = { r1: count(13, 130, 2), r2: count(17, 170, 3) };
  const note =
    (name: string) =>
    async (...args: readonly unknown[]) =>
      void calls.push([name, ...args]);
  const deps = fakeDeps<AggregationDeps>({
    requests: { get: async (reqId) => ITEMS[reqId] },
    progress: {
      add: note("add"),
      putLastResultTime: note("moved"),
      putFailureExamples: note("exemplify"),
      putMinute: note("began"),
      count: async (reqId) => ({ count: reqId === "r1" ? counted.r1 : counted.r2, lastResultAt: undefined }),
    },
    settlements: {
      requestSettlement: async (...args) => {
        calls.push(["ask", ...args]);
        return true;
      },
    },
    failedBatches: { send: note("bury") },
    onUnparseable: () => undefined,
    logger: silent,
    namespace: "Prewarm/test",
  });
  const handler = createHandler(deps);
  return { calls, counted, handle: (...Records: unknown[]) => handler({ Records }) };
}

const named = (calls: readonly unknown[][], name: string) =>
  calls.filter(([it]) => it === name).map((call) => call.slice(1));
const at = (seconds: number, it: ReturnType<typeof record>) => ({
  ...it,
  dynamodb: { ...it.dynamodb, ApproximateCreationDateTime: seconds },
});

test("each item of a request expires with that request, and its last move is its own", async () => {
  const { calls, handle } = world();
  await handle(
    at(
      1_713_000_005,
      record({ req_id: "r1", pop: "SIN2-P1", bytes: 11, ok: false, reason: "tls", url: "https://a.example/1" }),
    ),
    at(
      1_713_000_009,
      record({ req_id: "r2", pop: "FRA56-P4", bytes: 23, ok: false, reason: "lost", url: "https://b.example/2" }),
    ),
    at(1_713_000_003, record({ req_id: "r1", pop: "FRA56-P4", bytes: 29 })),
  );
  expect(named(calls, "moved")).toEqual([
    ["r1", 1_713_000_005_000, ONE.expire_at],
    ["r2", 1_713_000_009_000, TWO.expire_at],
  ]);
  for (const name of ["add", "exemplify", "began"])
    expect(named(calls, name).map((args) => [args[0], args.at(-1)])).toEqual([
      ["r1", ONE.expire_at],
      ["r2", TWO.expire_at],
    ]);
  expect(named(calls, "exemplify").map(([reqId, reason]) => [reqId, reason])).toEqual([
    ["r1", "tls"],
    ["r2", "lost"],
  ]);
});

test("a second batch has its own token and sum, and no more of the first", async () => {
  const { calls, handle } = world();
  await handle(
    record({ req_id: "r1", pop: "SIN2-P1", bytes: 11 }),
    record({ req_id: "r1", pop: "FRA56-P4", bytes: 23 }),
  );
  await handle(record({ req_id: "r1", pop: "SIN2-P1", bytes: 41, ok: false }));
  await handle(record({ req_id: "r2", pop: "SIN2-P1", bytes: 59 }));
  const added = named(calls, "add");
  expect(added.map(([reqId, batch]) => [reqId, (batch as { total: unknown }).total])).toEqual([
    ["r1", count(2, 34, 0)],
    ["r1", count(1, 0, 1)],
    ["r2", count(1, 59, 0)],
  ]);
  expect(new Set(added.map(([, , token]) => token)).size).toBe(3);
});

test("failures that are counted count against the allowance; who asks is the batch", async () => {
  const { calls, counted, handle } = world();
  counted.r2 = count(20, 200, 8);
  await handle(
    record({ req_id: "r1", pop: "SIN2-P1", ok: false }),
    record({ req_id: "r2", pop: "SIN2-P1", ok: false }),
  );
  // 2 of 7 allowed failures, and 8 of 7.
  const tokens = new Map(named(calls, "add").map(([reqId, , token]) => [reqId, token]));
  expect(named(calls, "ask")).toEqual([["r2", tokens.get("r2")]]);
  counted.r1 = count(20, 200, 8);
  await handle(record({ req_id: "r1", pop: "SIN2-P1", ok: false }));
  const [, second] = named(calls, "ask");
  expect(second).toEqual(["r1", named(calls, "add").at(-1)?.[2]]);
});
