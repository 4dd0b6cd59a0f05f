import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import * as z from "zod";
import type { OnUnparseable } from "../domain/log-fields.ts";
import { type Target, type TargetStore, targetSchema } from "../domain/plan/target.ts";
import { type Condition, itemUpdate, tryConditionalWrite } from "./conditional-writes.ts";
import { putItems, queryItems } from "./dynamodb.ts";

const IN_PARALLEL = 32;
const IS_RESOLVED: Condition = { text: "#state = :resolved", values: { ":resolved": "RESOLVED" } };
const IS_READY: Condition = { text: "#state = :ready", values: { ":ready": "READY" } };
/** The tasks of a target are not queued yet. */
const IS_UNSENT: Condition = {
  text: `(${IS_RESOLVED.text} OR ${IS_READY.text})`,
  values: { ...IS_RESOLVED.values, ...IS_READY.values },
};

/** The Request-Pop table: what each POP of a request has to warm, and whether its tasks are queued. */
export class RequestPopTable implements TargetStore {
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
    /** Name of the Request table, whose count of sent targets moves with a target's state. */
    private readonly requestTable: string,
    private readonly onUnparseable: OnUnparseable,
  ) {}

  put(items: readonly Target[]): Promise<void> {
    return putItems(this.db, this.table, items);
  }

  /** Those of a request that can be read. */
  async targets(reqId: string): Promise<Target[]> {
    const items: Target[] = [];
    const found = queryItems(this.db, {
      TableName: this.table,
      KeyConditionExpression: "req_id = :id",
      ExpressionAttributeValues: { ":id": reqId },
      ConsistentRead: true,
    });
    for await (const item of found) {
      const { data, error } = targetSchema.safeParse(item);
      if (data !== undefined) items.push(data);
      else {
        const key = `${item["req_id"]} ${item["target"]}`;
        this.onUnparseable({ kind: "target", key, problem: z.prettifyError(error) });
      }
    }
    return items;
  }

  /**
   * RESOLVED → READY, which starts the fan-out. With `calls`, that of a READY target is started once more. Nothing happens to a target in
   * another state: its fan-out may be in progress.
   * @param calls how often it was started before: the stream has no record of a write that changes nothing. @default never
   */
  async startFanOut(reqId: string, target: string, calls?: number): Promise<void> {
    const update =
      calls === undefined
        ? itemUpdate({ state: "READY" }, [IS_RESOLVED])
        : itemUpdate({ called_again: calls }, [IS_READY]);
    await tryConditionalWrite(() =>
      this.db.update({ TableName: this.table, Key: { req_id: reqId, target }, ...update }),
    );
  }

  /** Marks targets that lead for themselves, with their number of tasks. Their state stays. */
  async putLeading(targets: readonly Target[]): Promise<void> {
    const put = ({ req_id, target, leads, own_tasks }: Target) => {
      const update = itemUpdate({ leads, own_tasks }, [{ text: "attribute_exists(req_id)" }]);
      return tryConditionalWrite(() => this.db.update({ TableName: this.table, Key: { req_id, target }, ...update }));
    };
    await pMap(targets, put, { concurrency: IN_PARALLEL });
  }

  /**
   * → SENT, and as many more in the request's `targets_sent`, all or nothing. The request has the time of the last one, from
   * which Watch sees that the fan-out makes progress. False when it was SENT already.
   */
  async markSent(reqId: string, targets: readonly Target[]): Promise<boolean> {
    const sent = targets.map(({ target }) => ({
      Update: {
        TableName: this.table,
        Key: { req_id: reqId, target },
        ...itemUpdate({ state: "SENT" }, [IS_UNSENT]),
      },
    }));
    const counted = {
      Update: {
        TableName: this.requestTable,
        Key: { req_id: reqId },
        UpdateExpression: "SET sent_at = :now ADD targets_sent :more",
        ConditionExpression: "attribute_exists(active)",
        ExpressionAttributeValues: { ":more": targets.length, ":now": Date.now() },
      },
    };
    return tryConditionalWrite(() => this.db.transactWrite({ TransactItems: [...sent, counted] }));
  }
}
