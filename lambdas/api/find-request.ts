import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { RefusedError } from "./refused-error.ts";

/** What an id may look like. DynamoDB would refuse a longer key, and one with half a character in it. */
const POSSIBLE_ID = /^[\x21-\x7e]{1,200}$/;

/** The request with an id. @throws RefusedError 404 when there is none */
export async function findRequest(requests: Pick<RequestTable, "get">, reqId: string): Promise<RequestItem> {
  const item = POSSIBLE_ID.test(reqId) ? await requests.get(reqId) : undefined;
  if (item === undefined) throw new RefusedError(404, `req_id: there is no request '${reqId.slice(0, 100)}'`);
  return item;
}
