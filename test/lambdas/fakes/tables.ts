// The tables: the adapters of aws/ on DynamoDB in memory, and what a test reads and writes there past them.
import { ClientTokens } from "../../../aws/client-tokens.ts";
import { KEY, ProgressTable } from "../../../aws/progress-table.ts";
import { RequestPopTable } from "../../../aws/request-pop-table.ts";
import { RequestTable } from "../../../aws/request-table.ts";
import { RequestTaskTable } from "../../../aws/request-task-table.ts";
import { SettlementRequests } from "../../../aws/settlement-requests.ts";
import type { UnparseableItem } from "../../../domain/log-fields.ts";
import type { Target } from "../../../domain/plan/target.ts";
import { type Progress, processOf } from "../../../domain/request/progress.ts";
import { isPossibleId, type RequestItem } from "../../../domain/request/request-item.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { memoryDb } from "../../aws/memory-db.ts";
import { FakeAsyncFunction } from "./services.ts";

/** An item that cannot be read is a fault of the test's set-up. */
const onUnparseable = ({ kind, key, problem }: UnparseableItem) => {
  throw new Error(`${kind} ${key}: ${problem}`);
};

/** Tables with these requests. */
export function memoryTables(...given: readonly RequestItem[]) {
  const memory = memoryDb();
  const { db } = memory;
  /** Is invoked for requests that end. */
  const ended = new FakeAsyncFunction();
  const shutdown = new FakeAsyncFunction();
  const requests = Object.assign(new RequestTable(db, "requests", onUnparseable, ended), {
    ended: ended.requests,
    set: (item: object) => memory.put("requests", item),
    // Beside them stand the item of permits, and those of days.
    all: () => memory.items("requests").filter((item) => isPossibleId(item["req_id"])) as RequestItem[],
    the(reqId = "r1"): RequestItem {
      const item = requests.all().find((it) => it.req_id === reqId);
      if (item === undefined) throw new Error(`no item ${reqId}`);
      return item;
    },
  });
  for (const item of given) requests.set(item);
  const requestPops = Object.assign(new RequestPopTable(db, "pops", "requests", onUnparseable), {
    all: () => memory.items("pops") as (Target & { called_again?: number })[],
  });
  const results = Object.assign(new RequestTaskTable(memory.client, "tasks", onUnparseable), {
    set: (...items: readonly object[]) => items.forEach((item) => void memory.put("tasks", item)),
    all: () => (memory.items("tasks") as TaskResult[]).toSorted((a, b) => (a.pop_url < b.pop_url ? -1 : 1)),
  });
  const progress = Object.assign(new ProgressTable(db, "progress", onUnparseable), {
    /** Items by the kinds in their keys, all but that of settlement checks. */
    all: () => memory.items("progress").filter(({ key }) => !key.startsWith(KEY.ask(""))),
    /** What stands of a request instead of what stood there. */
    set(reqId: string, { count, lastResultAt, heartbeats }: Partial<Progress>) {
      const replace = (key: string, ...items: readonly { part: string }[]) => {
        for (const item of progress.all())
          if (item["key"] === key) memory.delete("progress", { key, part: item["part"] });
        for (const item of items) memory.put("progress", { key, ...item });
      };
      if (count !== undefined) replace(KEY.count(reqId), { part: "0", ...count });
      if (lastResultAt !== undefined)
        memory.put("progress", { key: KEY.count(reqId), part: "moved", at: lastResultAt });
      if (heartbeats !== undefined)
        replace(KEY.heartbeat(reqId), ...heartbeats.map((it) => ({ part: processOf(it), ...it })));
    },
  });
  const settlements = Object.assign(new SettlementRequests(db, "progress", shutdown), {
    /** The requests whose checks are not done. */
    pending: () =>
      memory
        .items("progress")
        .flatMap(({ key }) => (key.startsWith(KEY.ask("")) ? [key.slice(KEY.ask("").length)] : [])),
  });
  return { requests, requestPops, results, progress, settlements, shutdown, tokens: new ClientTokens(db, "progress") };
}
