// The Request table with its reader, and the Request-Pop table. Which event each state takes is tried in
// test/domain/request/lifecycle-table.test.ts.
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import type { Target } from "../../domain/plan/target.ts";
import { ACTIVE_STATES, decideRestart, timingsOf } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { AwsError } from "../../tools/memory-aws/aws-http.ts";
import { fuzz } from "../fuzz.ts";
import { request, target } from "../lambdas/items.ts";
import { fakeClient } from "./client.ts";
import { memoryDb } from "./memory-db.ts";

const ENDED = { status: "STOPPED", active: undefined } as const;
const LATER = "2999-01-01 00:00:00.000000";

function tables(...intercept: Parameters<typeof memoryDb>) {
  const memory = memoryDb(...intercept);
  const invoked: string[] = [];
  const shutdown = { invoke: async (reqId: string) => void invoked.push(reqId) };
  const requests = new RequestTable(memory.db, "requests", memory.onUnparseable, shutdown);
  return {
    ...memory,
    invoked,
    requests,
    requestPops: new RequestPopTable(memory.db, "pops", "requests", memory.onUnparseable),
    /** Writes an item as it is. */
    forge: (item: object) => memory.put("requests", item),
    the: async (reqId = "r1") => (await requests.get(reqId)) ?? expect.fail(`no ${reqId}`),
  };
}
function tablesWith(...items: readonly RequestItem[]) {
  const t = tables();
  for (const item of items) t.forge(item);
  return t;
}
/** DynamoDB answers each call like this. */
const failing = (code: string) =>
  tables(() => {
    throw new AwsError(code, code);
  });

describe("a request in its table", () => {
  it("is read as it was put, strongly; nothing where there is nothing, nor a second time", async () => {
    const { requests, calls } = tables();
    expect(await requests.get("r1")).toBeUndefined();
    expect(await requests.put(request(), 5)).toBe("PUT");
    expect(await requests.get("r1")).toEqual(request());
    expect(calls.at(-1)?.input).toMatchObject({ ConsistentRead: true });
    await expect(requests.put(request({ url_count: 9 }), 5)).rejects.toThrow("Request r1 already exists");
    expect(await requests.get("r1")).toEqual(request());
  });

  it.each([
    [request(), true],
    [request({ ...ENDED }), false],
    [request({ req_id: "other" }), false],
  ])("is active or not, without being read whole: %#", async (item, isActive) => {
    const { requests, calls } = tablesWith(item);
    expect(await requests.isActive("r1")).toBe(isActive);
    expect(calls.at(-1)?.input).toMatchObject({ ProjectionExpression: "#active", ConsistentRead: true });
  });

  it("is read in part while it is active, without its headers", async () => {
    const { requests, calls, forge, unreadable } = tablesWith(request({ header: ["Cookie: secret"] }));
    expect(await requests.getActive("r1")).toMatchObject({ req_id: "r1", expire_at: request().expire_at });
    expect(Object.values(calls.at(-1)?.input.ExpressionAttributeNames)).not.toContain("header");
    forge(request({ ...ENDED }));
    expect(await requests.getActive("r1")).toBeUndefined();
    forge({ ...request(), expire_at: "x" });
    expect(await requests.getActive("r1")).toBeUndefined();
    expect(unreadable).toMatchObject([{ kind: "request", key: "r1" }]);
  });

  it("that ends loses its marks and what may have secrets, and Shutdown is invoked: once", async () => {
    const { requests, the, invoked } = tablesWith(request({ header: ["Cookie: secret"], empty_seen_at: 7 }));
    expect(await requests.end("r1", "STOP", { reason: "why" })).toBe(true);
    const item = await the();
    expect(item).toMatchObject({ status: "STOPPED", closing: "y", reason: "why" });
    expect([item.header, item.variants, item.sources]).toEqual([[], [], []]);
    expect([item.active, item.empty_seen_at]).toEqual([undefined, undefined]);
    expect(await requests.end("r1", "FINISH")).toBe(false);
    expect([(await the()).status, invoked]).toEqual(["STOPPED", ["r1"]]);
    expect(await requests.close("r1")).toBe(true);
    expect(await the()).toMatchObject({ closed: true });
    expect((await the()).closing).toBeUndefined();
  });

  it("is changed with the time of the change, which never goes back", async () => {
    const { requests, the } = tablesWith(request({ status: "CHECK_POP" }));
    expect(await requests.updateAndTouch("r1", ["CHECK_POP"], { invalidated_batches: { E1: 1 } })).toBe(true);
    const { last_update_time, invalidated_batches } = await the();
    expect(invalidated_batches).toEqual({ E1: 1 });
    expect(last_update_time > formatTimestamp(Date.now() - 60_000)).toBe(true);
    const read = tablesWith(request({ status: "EXPANDING", expanded: "y" }));
    expect(await read.requests.updateAndTouch("r1", ["EXPANDING"], { url_count: 1 })).toBe(false);
    const late = tablesWith(request({ status: "CHECK_POP", last_update_time: LATER }));
    expect(await late.requests.advance("r1", "POPS_RESOLVED", { total_count: 1 })).toBe(true);
    expect(await late.the()).toMatchObject({ status: "INSERT_TASK", total_count: 1, last_update_time: LATER });
  });

  it.each<
    [string, Partial<RequestItem>, (t: RequestTable, item: RequestItem) => Promise<boolean>, Partial<RequestItem>]
  >([
    ["a requeue", { status: "IN_PROGRESS", empty_seen_at: 7 }, (t, item) => t.claimRequeue(item), { requeues: 1 }],
    ["a restart of its step", {}, (t, item) => t.restartStep(item), { nudges: 1 }],
  ])("gives the right to %s once", async (_, change, claim, expected) => {
    const item = request(change);
    const { requests, the } = tablesWith(item);
    expect([await claim(requests, item), await claim(requests, item)]).toEqual([true, false]);
    expect(await the()).toMatchObject(expected);
    expect((await the()).empty_seen_at).toBeUndefined();
  });

  it("has the highest percentage that was reported, until its verdict stands", async () => {
    const { requests, the } = tablesWith(request());
    for (const percentage of [7, 5]) await requests.recordReportedPercentage("r1", percentage);
    expect((await the()).max_reported_percentage).toBe(7);
    await requests.updateQuietly("r1", ACTIVE_STATES, { verdict: "ready" });
    await requests.recordReportedPercentage("r1", 9);
    expect((await the()).max_reported_percentage).toBe(7);
  });

  it("a reported percentage is written once, also while another write is in its way: a caller waits", async () => {
    const { requests, calls } = failing("TransactionConflictException");
    await expect(requests.recordReportedPercentage("r1", 7)).rejects.toThrow();
    expect(calls).toHaveLength(1);
  });
});

it("a retry is not put while the request that it tries again is active", async () => {
  const { requests } = tablesWith(request());
  expect(await requests.put(request({ req_id: "r2" }), 5, request())).toBe("RETRIED");
});

it("permits to be active are as many as are allowed; those of requests that have ended or are gone are free", async () => {
  const { requests, forge } = tables();
  for (const req_id of ["r1", "r2"]) await requests.put(request({ req_id }), 2);
  expect(await requests.put(request({ req_id: "r3" }), 2)).toBe("FULL");
  await requests.end("r1", "STOP");
  expect(await requests.put(request({ req_id: "r4" }), 2)).toBe("PUT");
  expect(await requests.put(request({ req_id: "r5" }), 2)).toBe("FULL");
  await requests.delete("r2");
  expect(await requests.put(request({ req_id: "r6" }), 2)).toBe("PUT");
  const ended = request({ req_id: "r0", ...ENDED });
  forge(ended);
  expect(await requests.put(request({ req_id: "r7" }), 2, ended)).toBe("FULL");
});

it("lists of requests are of the active ones as the table has them, not the index; and of those that have ended and were not closed", async () => {
  const t = tablesWith(request(), request({ req_id: "r3", ...ENDED, closing: "y" }));
  expect(await t.requests.listClosing()).toMatchObject([{ req_id: "r3" }]);
  const lagging = tables(({ operation }) =>
    operation === "Query"
      ? { Items: ["r1", "r2", "gone"].map((req_id) => marshalled(request({ req_id }))) }
      : undefined,
  );
  for (const item of [request(), request({ req_id: "r2", ...ENDED })]) lagging.forge(item);
  expect((await lagging.requests.readActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
});

it("lists of requests leave out an entry that cannot be parsed, and report it; a status of a newer version may be listed", async () => {
  const { requests, forge, unreadable } = tables();
  forge({ req_id: "spoilt", active: "y", listed: "y", created_at: "2026", timeout_at: 1 });
  forge({ ...request(), status: "NEW_STEP" });
  expect((await requests.listActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
  forge(request());
  expect((await requests.page(20, undefined)).requests.map(({ req_id }) => req_id)).toEqual(["r1"]);
  expect(unreadable.map(({ kind, key }) => [kind, key])).toEqual(Array(2).fill(["request", "spoilt"]));
});

const marshalled = (item: object) => marshall(item, { removeUndefinedValues: true });

/** Values that no field of these has. */
const STRANGE = fc
  .oneof(
    fc.constantFrom<unknown>(null, -1, true, {}, { constructor: { prototype: {} } }),
    fc.anything({ maxDepth: 1 }).filter((value) => typeof value === "object"),
  )
  .filter((value) => !Array.isArray(value));

const FIELDS = ["status", "pops", "instance_count", "distributions", "shards", "total_count", "timeout_at"] as const;

it("a request that cannot be read is passed over, whatever is wrong with it, does not hold up the other active ones, and is told of", async () => {
  const property = fc.asyncProperty(fc.constantFrom(...FIELDS), STRANGE, async (field, value) => {
    const { requests, unreadable } = readerOf(request(), { ...request({ req_id: "spoilt" }), [field]: value });
    expect(await requests.get("spoilt")).toBeUndefined();
    expect((await requests.readActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
    const told = { kind: "request", key: "spoilt", problem: expect.stringContaining(field) };
    expect(unreadable).toEqual([told, told]);
  });
  await fc.assert(property, fuzz(300));
});

it.each([{ settle: { M: 1 } }, { download_size: 2 ** 53 - 1 }])(
  "a request that cannot be read is none with what is not known, or with a large sum: %j",
  async (forged) => {
    const { requests, forge, unreadable } = tables();
    forge({ ...request(), ...forged });
    expect(await requests.get("r1")).toMatchObject({ req_id: "r1", status: "CREATED" });
    expect(unreadable).toEqual([]);
  },
);

it.each(["", "r\ud800"])(
  "a request that cannot be read is one with an id that DynamoDB refuses as a key: %j",
  async (id) => {
    const { requests, calls } = tables();
    expect([await requests.get(id), await requests.getActive(id)]).toEqual([undefined, undefined]);
    expect([await requests.isActive(id), await requests.end(id, "STOP"), await requests.close(id)]).toEqual([
      ...[false, false, false],
    ]);
    expect(calls).toEqual([]);
  },
);

const both = ["SIN2-P1", "FRA56-P4"].map((pop) => target(pop, { label: "d1", state: "READY" }));
const states = async ({ requestPops }: ReturnType<typeof tables>) =>
  (await requestPops.targets("r1")).map(({ state }) => state);

it("the Request-Pop table marks targets as sent and counts them in the request, all or nothing", async () => {
  const t = tablesWith(request({ status: "INSERT_TASK" }));
  await t.requestPops.put(both);
  expect(await t.requestPops.markSent("r1", both)).toBe(true);
  expect(await states(t)).toEqual(["SENT", "SENT"]);
  expect(await t.the()).toMatchObject({ targets_sent: 2, sent_at: expect.any(Number) });
  const other = target("NRT57-P3", { label: "d1", state: "RESOLVED" });
  await t.requestPops.put([other]);
  expect(await t.requestPops.markSent("r1", [other, ...both])).toBe(false);
  expect([await states(t), (await t.the()).targets_sent]).toEqual([["SENT", "RESOLVED", "SENT"], 2]);
});

it("a fan-out that marks targets is not restarted while it goes on", async () => {
  const timings = timingsOf();
  const now = Date.now();
  const longAgo = formatTimestamp(now - 3_600_000);
  const t = tablesWith(request({ status: "INSERT_TASK", last_update_time: longAgo }));
  await t.requestPops.put(both);
  expect(decideRestart(await t.the(), now, timings)).toBe("RESTART_STEP");
  await t.requestPops.markSent("r1", both);
  expect(decideRestart(await t.the(), now, timings)).toBe("WAIT");
  const later = Date.now() + timings.busyStallMs;
  expect(decideRestart(await t.the(), later, timings)).toBe("RESTART_STEP");
});

it("the Request-Pop table marks no target of a request that has ended", async () => {
  const t = tablesWith(request({ ...ENDED }));
  await t.requestPops.put(both);
  expect(await t.requestPops.markSent("r1", both)).toBe(false);
  expect(await states(t)).toEqual(["READY", "READY"]);
});

it.each<[string, Target["state"], number | undefined, object]>([
  ["changes nothing of one whose fan-out may be in progress", "READY", undefined, { state: "READY" }],
  ["changes nothing of one that is SENT", "SENT", 2, { state: "SENT" }],
])("the Request-Pop table %s", async (_, state, calls, expected) => {
  const { requestPops, items } = tables();
  const before = target("SIN2-P1", { state });
  await requestPops.put([before]);
  await requestPops.startFanOut("r1", before.target, calls);
  expect(items("pops")).toEqual([{ ...before, ...expected }]);
});

it("the Request-Pop table passes over what is no target, whatever its state is, and tells of it", async () => {
  const property = fc.asyncProperty(fc.oneof(STRANGE, fc.string()), async (state) => {
    const { requestPops, unreadable } = readerOf({ ...target("x"), target: "x#y", state }, target("SIN2-P1"));
    expect(await requestPops.targets("r1")).toEqual([target("SIN2-P1")]);
    expect(unreadable).toMatchObject([{ kind: "target", key: "r1 x#y" }]);
  });
  await fc.assert(property, fuzz(300));
});

/** Tables that have these items, whatever is in them: also what the client's converter would not write. */
function readerOf(...items: readonly Readonly<Record<string, unknown>>[]) {
  const { client } = fakeClient<DynamoDBDocument>(({ name, input }) =>
    name === "QueryCommand" ? { Items: items } : { Item: items.find((item) => item["req_id"] === input.Key.req_id) },
  );
  const unreadable: UnparseableItem[] = [];
  const onUnparseable = (it: UnparseableItem) => void unreadable.push(it);
  const unplanned = () => expect.unreachable();
  return {
    unreadable,
    requests: new RequestTable(client, "requests", onUnparseable, { invoke: unplanned }),
    requestPops: new RequestPopTable(client, "pops", "requests", onUnparseable),
  };
}
