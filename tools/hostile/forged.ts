import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { fanOut } from "../../domain/plan/fan-out.ts";
import { parseTaskMessage } from "../../domain/plan/task-message.ts";
import { NO_PROGRESS } from "../../domain/request/progress.ts";
import { ACTIVE, LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../../domain/request/request-item.ts";
import type { AggregationDeps } from "../../lambdas/aggregation/deps.ts";
import { createHandler as aggregation } from "../../lambdas/aggregation/handler.ts";
import { createHandler as shutdown } from "../../lambdas/shutdown/handler.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { fakeDeps } from "../local/fake-deps.ts";

/** How many of each kind the whole lab tries. */
const WHOLE = 2_000;

/** Values that no field is meant to have. */
const STRANGE: readonly unknown[] = [
  null,
  "",
  "x".repeat(10_000),
  -1,
  0.5,
  1e125,
  true,
  [],
  [null],
  {},
  { constructor: { prototype: { polluted: true } } },
  "__proto__",
  "\u0000",
  "=1+1",
];

/** Items, records and messages that nobody of this project wrote, as a taken instance may put them there. */
export const forged: LabPart = {
  name: "forged items and messages",
  async run(say, { scale }) {
    const count = Math.max(STRANGE.length, Math.round(WHOLE * scale));
    const rows = [await requestItems(count), await targets(count), await records(count)];
    rows.push(messages(count));
    for (const { what, tried, wrong } of rows) say(`  ${what}: ${tried} tried, ${wrong} wrong`);
    return rows;
  },
};

const GOOD: RequestItem = {
  req_id: "r1",
  status: "IN_PROGRESS",
  active: ACTIVE,
  created_at: "",
  last_update_time: "",
  timeout_at: "",
  expire_at: 1,
  url_count: 1,
  pops: [],
  header: [],
  instance_count: 1,
  need_invalidate: false,
  header_count: 0,
  variant_names: [],
  instances_asked: 1,
  verify: "edge",
  order: "all-at-once",
  listed: LISTED,
  ...NEW_REQUEST_DEFAULTS,
};
/** Fields without which, or with a wrong one, an item is no request. */
const NEEDED = ["status", "pops", "instance_count", "distributions", "shards", "total_count", "timeout_at"] as const;
/** Whatever of these is no value of its field makes an item unreadable. */
const NEVER: readonly unknown[] = [null, -1, true, {}];

/** A request's item with a strange field: a step passes over it, it is counted, and its neighbours are read. */
async function requestItems(count: number): Promise<LabRow> {
  const unreadable: UnparseableItem[] = [];
  let wrong = 0;
  for (let n = 0; n < count; n++) {
    const spoilt = { ...GOOD, req_id: "spoilt", [at(NEEDED, n)]: at(NEVER, n >> 3) };
    const table = new RequestTable(holding(spoilt, GOOD), "requests", (it) => unreadable.push(it), {
      invoke: unplanned,
    });
    const before = unreadable.length;
    const passed = await passes(async () => {
      await shutdown(onlyReads(table))(
        { req_id: "spoilt" },
        { getRemainingTimeInMillis: () => 900_000, invokedFunctionArn: "arn" },
      );
      const active = await table.readActive();
      if (active.length !== 1 || active[0]?.req_id !== "r1") throw new Error("the neighbour was not read");
    });
    if (!passed || unreadable.length <= before) wrong++;
  }
  return { what: "request items", tried: count, wrong, saw: `${unreadable.length} counted as unreadable` };
}

/** Items of the Request-Pop table. */
async function targets(count: number): Promise<LabRow> {
  const unreadable: UnparseableItem[] = [];
  let wrong = 0;
  for (let n = 0; n < count; n++) {
    const spoilt = { req_id: "r1", target: "SIN2-P1#d1", pop: "SIN2-P1", label: "d1", state: at(STRANGE, n), ips: [] };
    const table = new RequestPopTable(holding(spoilt), "pops", "requests", (it) => unreadable.push(it));
    const requests = new RequestTable(holding(GOOD), "requests", unplanned, { invoke: unplanned });
    const deps = {
      requests,
      requestPops: table,
      lists: { read: unplanned, write: unplanned },
      queue: { send: unplanned },
      logger,
    };
    if (!(await passes(() => fanOut(deps, "r1", "SIN2-P1#d1")))) wrong++;
  }
  return {
    what: "targets",
    tried: count,
    wrong: wrong + Math.abs(unreadable.length - count),
    saw: `${unreadable.length} counted as unreadable`,
  };
}

/** Records of the results' stream, each with a good one beside it. */
async function records(count: number): Promise<LabRow> {
  let unreadable = 0;
  let buried = 0;
  let counted = 0;
  const image = (bytes: unknown) => ({ req_id: { S: "r1" }, ok: { BOOL: true }, bytes: { N: bytes } });
  const handle = aggregation(
    fakeDeps<AggregationDeps>({
      requests: { get: async () => ({ ...GOOD, total_count: 10 }) },
      progress: {
        add: async (_, { total: { download_count, download_size } }) => {
          counted += download_count === 1 && download_size === 10 ? 1 : 0;
        },
        putLastResultTime: async () => undefined,
        putFailureExamples: async () => undefined,
        putMinute: async () => undefined,
        count: async () => NO_PROGRESS,
      },
      settlements: { requestSettlement: unplanned },
      failedBatches: { send: async () => void buried++ },
      onUnparseable: () => unreadable++,
      logger,
      namespace: "hostile",
    }),
  );
  // Numbers come as texts; a text of a count of bytes would be good.
  const strange = STRANGE.filter((value) => value !== "");
  for (let n = 0; n < count; n++) {
    const bytes = typeof at(strange, n) === "number" ? String(at(strange, n)) : at(strange, n);
    const spoilt = { eventID: `x${n}`, dynamodb: { NewImage: image(bytes) } };
    await handle({ Records: [spoilt, { eventID: `g${n}`, dynamodb: { NewImage: image("10") } }] });
  }
  const wrong = [unreadable, buried, counted].reduce((sum, it) => sum + Math.abs(it - count), 0);
  return {
    what: "stream records",
    tried: count,
    wrong,
    saw: `${buried} buried and counted, ${counted} good ones beside`,
  };
}

/** Messages of the queue: each is told from a task, with a reason that quotes nothing of it. */
function messages(count: number): LabRow {
  let refused = 0;
  let wrong = 0;
  for (let n = 0; n < count; n++) {
    const secret = `token-${n}`;
    const value = { req_id: "r1", header: [`authorization: ${secret}`], pop: "SIN2-P1", urls: at(STRANGE, n) };
    const text = n % 2 === 0 ? JSON.stringify(value) : `${secret}${JSON.stringify(at(STRANGE, n))}`;
    const parsed = parseTaskMessage(text);
    if ("content" in parsed || parsed.reason.includes(secret)) wrong++;
    else refused++;
  }
  return { what: "messages", tried: count, wrong, saw: `${refused} for the dead-letter queue` };
}

function at<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

async function passes(step: () => Promise<unknown>): Promise<boolean> {
  return step().then(
    () => true,
    () => false,
  );
}

const logger = { info() {}, warn() {} };

function unplanned(): never {
  throw new Error("a forged item led to work");
}

/** A client whose tables hold these items: GetItem finds one by its keys, a query finds all. */
function holding(...items: readonly object[]): DynamoDBDocument {
  const send = async ({ input }: { input: { Key?: object; KeyConditionExpression?: string } }) => {
    if (input.Key === undefined) return { Items: items.map((item) => ({ ...GOOD, ...item })) };
    const wanted = Object.entries(input.Key);
    const has = (item: object) =>
      wanted.every(([name, value]) => Reflect.get(item, name) === value) && "target" in item === wanted.length > 1;
    return { Item: items.find(has) };
  };
  return Object.assign(Object.create(DynamoDBDocument.prototype), { send });
}

/** Shutdown with a table to read and nothing else that it could do. */
function onlyReads(requests: RequestTable): Parameters<typeof shutdown>[0] {
  const nothing = new Proxy({}, { get: () => unplanned });
  // It closes one that cannot be read, if that has ended.
  const closes = { get: requests.get.bind(requests), close: async () => true };
  return {
    requests: closes,
    lists: nothing,
    requestPops: nothing,
    results: nothing,
    queue: nothing,
    fleet: nothing,
    staleMessages: nothing,
    timer: nothing,
    logger,
    now: Date.now,
    sleep: unplanned,
  } as unknown as Parameters<typeof shutdown>[0];
}
