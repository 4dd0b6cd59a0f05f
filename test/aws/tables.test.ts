// The three tables (aws/request-table.ts with its reader, request-pop-table.ts, request-task-table.ts): the calls that their classes send.
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { ACTIVE_STATES } from "../../domain/request/lifecycle.ts";
import type { MissingInstances } from "../../domain/request/request-item.ts";
import { fuzz } from "../fuzz.ts";
import { request, target } from "../lambdas/items.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

const MISSING: MissingInstances = { count: 2, since: 7 };

type Answer = (command: Sent, n: number) => unknown;

function tables(answer: Answer = () => ({})) {
  const { client, sent } = fakeClient<DynamoDBDocument>(answer);
  const unreadable: UnparseableItem[] = [];
  const invoked: string[] = [];
  const shutdown = { invoke: async (reqId: string) => void invoked.push(reqId) };
  return {
    sent,
    unreadable,
    invoked,
    requests: new RequestTable(client, "requests", (it) => unreadable.push(it), shutdown),
    requestPops: new RequestPopTable(client, "pops", "requests", (it) => unreadable.push(it)),
  };
}

const writes: Record<string, readonly [(t: ReturnType<typeof tables>) => Promise<unknown>, string]> = {
  advance: [({ requests }) => requests.advance("r1", "TASKS_QUEUED", { total_count: 1 }), "(#status = :from0)"],
  end: [({ requests }) => requests.end("r1", "FAIL", { reason: "why" }), "attribute_exists(active)"],
  amend: [
    ({ requests }) => requests.updateAndTouch("r1", ["CHECK_POP"], { invalidated_batches: 1 }),
    "(#status = :from0)",
  ],
  amendExpanding: [
    ({ requests }) => requests.updateAndTouch("r1", ["EXPANDING"], { url_count: 1 }),
    "(#status = :from0 AND attribute_not_exists(expanded))",
  ],
  claimRequeue: [
    ({ requests }) => requests.claimRequeue(request({ requeues: 1 })),
    "(#status = :from0) AND requeues = :before",
  ],
  close: [({ requests }) => requests.close("r1"), "attribute_not_exists(active)"],
  restartStep: [
    ({ requests }) => requests.restartStep(request({ nudges: 1 })),
    "(#status = :from0) AND nudges = :before",
  ],
  markSent: [
    ({ requestPops }) => requestPops.markSent("r1", [target("SIN2-P1", { label: "d1" })]),
    "#state = :resolved OR #state = :ready",
  ],
};

interface Update {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}
const updates = ({ name, input }: Sent): Update[] =>
  name === "TransactWriteCommand"
    ? input.TransactItems.flatMap((part: { Update?: Update }) => part.Update ?? [])
    : [input];

describe.each(Object.entries(writes))("%s", (_, [write, condition]) => {
  it("writes under its condition, with every placeholder there and none to spare", async () => {
    const t = tables();
    expect(await write(t)).toBe(true);
    const all = t.sent.flatMap(updates);
    expect(all[0]?.ConditionExpression).toContain(condition);
    expect(all[0]?.UpdateExpression).not.toMatch(/REMOVE\s*$/);
    for (const { UpdateExpression, ConditionExpression, ExpressionAttributeNames = {}, ...rest } of all) {
      const used = `${UpdateExpression} ${ConditionExpression}`.match(/[#:]\w+/g) ?? [];
      const given = [...Object.keys(ExpressionAttributeNames), ...Object.keys(rest.ExpressionAttributeValues)];
      expect(new Set(used)).toEqual(new Set(given));
    }
  });

  it("says false where the condition does not hold, and throws every other fault", async () => {
    const refuse = (error: Error) => write(tables(() => Promise.reject(error)));
    expect(await refuse(awsError("ConditionalCheckFailedException"))).toBe(false);
    expect(
      await refuse(
        awsError("TransactionCanceledException", { CancellationReasons: [{ Code: "ConditionalCheckFailed" }] }),
      ),
    ).toBe(false);
    await expect(refuse(awsError("ProvisionedThroughputExceededException"))).rejects.toThrow("Provisioned");
  });
});

describe("the Request table", () => {
  it.each([
    [{ active: "y" }, true],
    [{}, false],
    [undefined, false],
  ])("says of %j whether it is active, without reading it whole: %s", async (Item, active) => {
    const t = tables(() => ({ Item }));
    expect(await t.requests.isActive("r1")).toBe(active);
    expect(t.sent[0]?.input).toEqual({
      TableName: "requests",
      Key: { req_id: "r1" },
      ProjectionExpression: "#active",
      ExpressionAttributeNames: { "#active": "active" },
      ConsistentRead: true,
    });
  });

  it.each([
    ["end", "#active, #empty_seen_at"],
    ["claimRequeue", "#empty_seen_at"],
    ["close", "#closing"],
  ])("%s takes the request's marks off", async (name, marks) => {
    const t = tables();
    await writes[name]?.[0](t);
    expect(t.sent[0]?.input.UpdateExpression).toMatch(new RegExp(` REMOVE ${marks}$`));
  });

  it("calls Shutdown for a request that it ends, and for no other", async () => {
    const t = tables();
    await t.requests.end("r1", "STOP");
    expect(t.invoked).toEqual(["r1"]);
    expect(t.sent[0]?.input.ExpressionAttributeValues).toMatchObject({ ":closing": "y", ":status": "STOPPED" });
    // There may be secrets in them.
    const none = { ":header": [], ":variants": [], ":sources": [] };
    expect(t.sent[0]?.input.ExpressionAttributeValues).toMatchObject(none);
    const ended = tables(() => Promise.reject(awsError("ConditionalCheckFailedException")));
    expect(await ended.requests.end("r1", "STOP")).toBe(false);
    expect(ended.invoked).toEqual([]);
  });

  it("never sets last_update_time back: where a later one stands, it stays", async () => {
    const t = tables((_, n) => (n === 0 ? Promise.reject(awsError("ConditionalCheckFailedException")) : {}));
    expect(await t.requests.updateAndTouch("r1", ["CHECK_POP"], { invalidated_batches: 1 })).toBe(true);
    const [forward, stays] = t.sent.map(({ input }) => input);
    expect(forward?.ConditionExpression).toMatch(/ AND NOT last_update_time > :last_update_time$/);
    expect(forward?.UpdateExpression).toContain("#last_update_time = :last_update_time");
    expect(stays?.ConditionExpression).not.toContain("last_update_time");
    expect(stays?.UpdateExpression).not.toContain("last_update_time");
  });

  it.each([
    [
      "empty_seen_at",
      7,
      (t: RequestTable, on: boolean) => t.updateQuietly("r1", ACTIVE_STATES, { empty_seen_at: on ? 7 : undefined }),
    ],
    [
      "missing_instances",
      MISSING,
      (t: RequestTable, on: boolean) =>
        t.updateQuietly("r1", ACTIVE_STATES, { missing_instances: on ? MISSING : undefined }),
    ],
  ])("notes %s, and that it counts no more, and says of neither that the request moved", async (field, value, note) => {
    const t = tables();
    await note(t.requests, true);
    await note(t.requests, false);
    const [noted, undone] = t.sent.map(({ input }) => input);
    expect(noted).toMatchObject({
      UpdateExpression: `SET #${field} = :${field}`,
      ExpressionAttributeValues: { [`:${field}`]: value },
    });
    expect(undone?.UpdateExpression).toBe(`REMOVE #${field}`);
    expect(undone?.ExpressionAttributeNames).toEqual({ [`#${field}`]: field });
    expect(undone?.ExpressionAttributeValues).toBeUndefined();
  });

  it("writes a retry whose predecessor nobody has retried, under that condition", async () => {
    const t = tables();
    expect(await t.requests.put(request({ req_id: "r2" }), 5, request())).toBe("PUT");
    const [, retry] = t.sent.flatMap(updates);
    expect(retry?.ConditionExpression).toBe(
      "attribute_exists(req_id) AND attribute_not_exists(active) AND (attribute_not_exists(retried_by) OR retried_by = :gone)",
    );
    expect(retry?.ExpressionAttributeValues).toEqual({ ":retried_by": "r2", ":gone": "" });
    await t.requests.put(request({ req_id: "r2" }), 5, request({ retried_by: "gone" }));
    const [, instead] = t.sent.slice(1).flatMap(updates);
    expect(instead?.ConditionExpression).toContain("(attribute_not_exists(retried_by) OR retried_by = :gone)");
    expect(instead?.ExpressionAttributeValues).toEqual({ ":retried_by": "r2", ":gone": "gone" });
    const others = tables(() => {
      throw awsError("TransactionCanceledException", {
        CancellationReasons: ["None", "ConditionalCheckFailed", "ConditionalCheckFailed"].map((Code) => ({ Code })),
      });
    });
    expect(await others.requests.put(request(), 5, request({ req_id: "r2" }))).toBe("RETRIED");
  });

  it("reads how an active request stands, without its headers; nothing of one that has ended", async () => {
    const t = tables(() => ({ Item: request() }));
    expect(await t.requests.getActive("r1")).toMatchObject({ req_id: "r1", status: "CREATED", instance_count: 3 });
    expect(Object.values(t.sent[0]?.input.ExpressionAttributeNames)).not.toContain("header");
    expect(await tables(() => ({ Item: { status: "FAILED" } })).requests.getActive("r1")).toBeUndefined();
    const spoilt = tables(() => ({ Item: { ...request(), requeues: "x" } }));
    expect(await spoilt.requests.getActive("r1")).toBeUndefined();
    expect(spoilt.unreadable).toMatchObject([{ kind: "request", key: "r1" }]);
  });

  it("lists those that have ended and were not closed", async () => {
    const t = tables(() => ({ Items: [request()] }));
    expect(await t.requests.listClosing()).toMatchObject([{ req_id: "r1" }]);
    expect(t.sent[0]?.input).toMatchObject({
      IndexName: "closing",
      KeyConditionExpression: "closing = :y",
      ExpressionAttributeValues: { ":y": "y" },
    });
  });

  it("updates `instance_count` of an active request", async () => {
    const t = tables();
    await t.requests.updateAndTouch("r1", ACTIVE_STATES, { instance_count: 7 });
    expect(t.sent[0]?.input.ConditionExpression).toContain("attribute_exists(active)");
    expect(t.sent[0]?.input.ExpressionAttributeValues).toMatchObject({ ":instance_count": 7 });
  });

  describe("with as many permits taken as there are", () => {
    const full = awsError("TransactionCanceledException", {
      CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed" }],
    });
    /** Permits of these requests, of which some are active. Once one is free, the next request gets it. */
    const permits = (holders: readonly string[], active: readonly string[]) =>
      tables(({ name, input }, n) => {
        if (name === "TransactWriteCommand" && n === 0) throw full;
        if (name !== "GetCommand") return {};
        if (input.Key.req_id === "active permits") return { Item: { holders: new Set(holders) } };
        return active.includes(input.Key.req_id) ? { Item: { active: "y" } } : {};
      });

    it("puts no request while all holders are active", async () => {
      const t = permits(["r2", "r3"], ["r2", "r3"]);
      expect(await t.requests.put(request(), 2)).toBe("FULL");
      expect(await permits(["r2"], ["r2"]).requests.put(request(), 1, request({ req_id: "r3" }))).toBe("FULL");
    });

    it("frees those of requests that have ended or are gone, and puts the request", async () => {
      const t = permits(["r2", "ended", "gone"], ["r2"]);
      expect(await t.requests.put(request(), 3)).toBe("PUT");
      const freed = t.sent.find(({ name }) => name === "UpdateCommand")?.input;
      expect(freed).toMatchObject({ Key: { req_id: "active permits" }, UpdateExpression: "DELETE holders :ended" });
      expect(freed.ExpressionAttributeValues[":ended"]).toEqual(new Set(["ended", "gone"]));
      const permit = t.sent.flatMap(updates).at(-1);
      expect(permit?.ExpressionAttributeValues).toEqual({ ":holder": new Set(["r1"]), ":most": 3 });
    });
  });

  it("does not put a request over another", async () => {
    const t = tables();
    expect(await t.requests.put(request(), 5)).toBe("PUT");
    const [{ Put: put } = {}] = t.sent[0]?.input.TransactItems ?? [];
    expect(put).toMatchObject({ ConditionExpression: "attribute_not_exists(req_id)", Item: request() });
    const taken = awsError("TransactionCanceledException", {
      CancellationReasons: [{ Code: "ConditionalCheckFailed" }, { Code: "None" }],
    });
    const again = tables(() => {
      throw taken;
    });
    await expect(again.requests.put(request(), 5)).rejects.toThrow("Request r1 already exists");
  });

  it("reads what it wrote, strongly; nothing where there is nothing", async () => {
    const t = tables(() => ({ Item: request() }));
    expect(await t.requests.get("r1")).toEqual(request());
    expect(t.sent[0]?.input).toMatchObject({ Key: { req_id: "r1" }, ConsistentRead: true });
    expect(await tables().requests.get("r1")).toBeUndefined();
  });

  it.each([{ settle: { M: 1 } }, { settle: "NEVER" }, { download_size: 2e53 }])(
    "reads an item with what it does not know, and with a sum beyond 2^53: %j",
    async (forged) => {
      const t = tables(() => ({ Item: { ...request(), ...forged } }));
      expect(await t.requests.get("r1")).toMatchObject({ req_id: "r1", status: "CREATED" });
      expect(t.unreadable).toEqual([]);
    },
  );

  it("forgets the headers of a request that ends", async () => {
    const t = tables();
    await t.requests.end("r1", "FINISH");
    const { ExpressionAttributeValues, UpdateExpression } = t.sent[0]?.input ?? {};
    expect(UpdateExpression).toContain("#header = :header");
    expect(ExpressionAttributeValues).toMatchObject({ ":header": [] });
  });

  it("lists the active ones, page by page, and believes the table, not the index", async () => {
    const items = {
      r1: request(),
      r2: request({ req_id: "r2", status: "STOPPED", active: undefined }),
      r3: request({ req_id: "r3" }),
    };
    const indexed = (...ids: string[]) => ids.map((req_id) => request({ req_id }));
    const pages = [
      { Items: indexed("r1", "r2"), LastEvaluatedKey: { req_id: "r2" } },
      { Items: indexed("r3", "gone") },
    ];
    const t = tables(({ name, input }, n) =>
      name === "QueryCommand" ? pages[n] : { Item: items[input.Key.req_id as keyof typeof items] },
    );
    expect((await t.requests.readActive()).map(({ req_id }) => req_id)).toEqual(["r1", "r3"]);
    expect(t.sent[1]?.input).toMatchObject({ IndexName: "active", ExclusiveStartKey: { req_id: "r2" } });
  });
});

/** Values that no field of these has. */
const STRANGE = fc
  .oneof(
    fc.constantFrom<unknown>(null, -1, true, {}, { constructor: { prototype: {} } }),
    fc.anything({ maxDepth: 1 }).filter((value) => typeof value === "object"),
  )
  .filter((value) => !Array.isArray(value));

describe("a request that cannot be read", () => {
  const FIELDS = ["status", "pops", "instance_count", "distributions", "shards", "total_count", "timeout_at"] as const;

  it("is passed over, whatever is wrong with it, does not hold up the other active ones, and is told of", async () => {
    const property = fc.asyncProperty(fc.constantFrom(...FIELDS), STRANGE, async (field, value) => {
      const spoilt = { ...request({ req_id: "spoilt" }), [field]: value };
      const t = tables(({ name, input }) => {
        if (name === "QueryCommand") return { Items: [request({ req_id: "spoilt" }), request()] };
        return { Item: input.Key.req_id === "r1" ? request() : spoilt };
      });
      expect(await t.requests.get("spoilt")).toBeUndefined();
      expect((await t.requests.readActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
      const told = { kind: "request", key: "spoilt", problem: expect.stringContaining(field) };
      expect(t.unreadable).toEqual([told, told]);
    });
    await fc.assert(property, fuzz(300));
  });

  it("is reported if its index entry cannot be parsed", async () => {
    const t = tables(() => ({ Items: [{ req_id: "spoilt", timeout_at: 1 }, request({ req_id: "r1" })] }));
    expect((await t.requests.listActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
    expect(t.unreadable).toMatchObject([{ kind: "request", key: "spoilt" }]);
  });

  it("is listed with a status of a newer version", async () => {
    const t = tables(() => ({ Items: [{ ...request(), status: "NEW_STEP" }] }));
    expect((await t.requests.listActive()).map(({ req_id }) => req_id)).toEqual(["r1"]);
    expect(t.unreadable).toEqual([]);
  });
});

describe("the Request-Pop table", () => {
  it("marks targets as sent and counts them in the request, all or nothing", async () => {
    const t = tables();
    await t.requestPops.markSent(
      "r1",
      ["SIN2-P1", "FRA56-P4"].map((pop) => target(pop, { label: "d1" })),
    );
    const [pop, other, owner] = t.sent.flatMap(updates);
    expect(other).toEqual({ ...pop, Key: { req_id: "r1", target: "FRA56-P4#d1" } });
    expect(pop).toMatchObject({ TableName: "pops", Key: { req_id: "r1", target: "SIN2-P1#d1" } });
    expect(owner).toMatchObject({
      TableName: "requests",
      UpdateExpression: "SET sent_at = :now ADD targets_sent :more",
    });
    expect(owner?.ConditionExpression).toBe("attribute_exists(active)");
    expect([pop, owner].map((update) => update?.ExpressionAttributeValues)).toEqual([
      { ":state": "SENT", ":resolved": "RESOLVED", ":ready": "READY" },
      { ":more": 2, ":now": expect.any(Number) },
    ]);
  });

  it("starts the fan-out of a RESOLVED target, and changes nothing of one whose fan-out may be in progress", async () => {
    const t = tables();
    await t.requestPops.startFanOut("r1", "SIN2-P1#d1");
    expect(t.sent[0]?.input).toEqual({
      TableName: "pops",
      Key: { req_id: "r1", target: "SIN2-P1#d1" },
      UpdateExpression: "SET #state = :state",
      ConditionExpression: "#state = :resolved",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: { ":state": "READY", ":resolved": "RESOLVED" },
    });
  });

  it("starts the fan-out of a READY target again by a change that is one each time", async () => {
    const t = tables();
    await t.requestPops.startFanOut("r1", "SIN2-P1#d1", 2);
    expect(t.sent[0]?.input).toEqual({
      TableName: "pops",
      Key: { req_id: "r1", target: "SIN2-P1#d1" },
      UpdateExpression: "SET #called_again = :called_again",
      ConditionExpression: "#state = :ready",
      ExpressionAttributeNames: { "#called_again": "called_again", "#state": "state" },
      ExpressionAttributeValues: { ":called_again": 2, ":ready": "READY" },
    });
    const further = tables(() => Promise.reject(awsError("ConditionalCheckFailedException")));
    await further.requestPops.startFanOut("r1", "SIN2-P1#d1", 1);
    const denied = tables(() => Promise.reject(awsError("AccessDenied")));
    await expect(denied.requestPops.startFanOut("r1", "SIN2-P1#d1", 1)).rejects.toThrow("AccessDenied");
  });

  it("reads all of a request, page by page", async () => {
    const pages = [{ Items: [target("SIN2-P1")], LastEvaluatedKey: { target: "x" } }, { Items: [target("FRA56-P4")] }];
    const t = tables((_, n) => pages[n]);
    expect(await t.requestPops.of("r1")).toEqual([target("SIN2-P1"), target("FRA56-P4")]);
    expect(t.sent[1]?.input.ExclusiveStartKey).toEqual({ target: "x" });
  });

  it("passes over what is no target, whatever its state is, and tells of it", async () => {
    const property = fc.asyncProperty(fc.oneof(STRANGE, fc.string()), async (state) => {
      const t = tables(() => ({ Items: [{ ...target("x"), target: "x#y", state }, target("SIN2-P1")] }));
      expect(await t.requestPops.of("r1")).toEqual([target("SIN2-P1")]);
      expect(t.unreadable).toMatchObject([{ kind: "target", key: "r1 x#y" }]);
    });
    await fc.assert(property, fuzz(300));
  });

  it("writes in batches", async () => {
    const t = tables();
    await t.requestPops.put(Array.from({ length: 30 }, (_, i) => target(`POP${i}`)));
    expect(t.sent.map(({ input }) => input.RequestItems.pops.length)).toEqual([25, 5]);
  });
});

it("a reported percentage is written once, also while another write is in its way: a caller waits", async () => {
  const { requests, sent } = tables(() => {
    throw awsError("TransactionConflictException");
  });
  await expect(requests.recordReportedPercentage("r1", 7)).rejects.toThrow();
  expect(sent).toHaveLength(1);
});
