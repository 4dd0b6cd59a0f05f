import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { CLOSING } from "../domain/request/request-item.ts";
import type { TerminalStatus } from "../domain/request/status.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import type { AsyncFunction } from "./async-function.ts";
import { type Fields, RequestTable } from "./request-table.ts";

/**
 * The Request table for those who end requests: each end calls Shutdown, which gives back what the request held. There is
 * no other way to end one, so nobody can forget it.
 */
export class EndingRequestTable extends RequestTable {
  constructor(
    db: DynamoDBDocumentClient,
    table: string,
    onUnreadable: OnUnreadable,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {
    super(db, table, onUnreadable);
  }

  /**
   * Ends an active request; false when it has ended already. Its headers and sources go with that: nobody needs them any more,
   * and there may be secrets in them. The lists are left empty, because an older version does not read an item without it. Whoever dies before Shutdown is called
   * leaves `closing`, which Watch finds.
   */
  async end(reqId: string, to: TerminalStatus, fields: Fields = {}): Promise<boolean> {
    const ended = { ...fields, status: to, header: [], variants: [], sources: [], closing: CLOSING };
    if (!(await this.update(reqId, ended, "attribute_exists(active)", {}, ["active", "empty_seen_at"]))) return false;
    await this.shutdown.invoke(reqId);
    return true;
  }
}
