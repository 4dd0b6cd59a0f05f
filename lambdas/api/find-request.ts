import type { RequestReader } from "../../aws/request-reader.ts";
import { isPossibleId } from "../../domain/request/request-id.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { RefusedError } from "./refused-error.ts";

/** The request with an id. @param field which has the id. @throws RefusedError 404 when there is none */
export async function findRequest(
  requests: Pick<RequestReader, "get">,
  reqId: string,
  field?: string,
): Promise<RequestItem> {
  const item = isPossibleId(reqId) ? await requests.get(reqId) : undefined;
  if (item === undefined) throw noRequest(reqId, field);
  return item;
}

/** What is answered where there is none, or one that cannot be read. */
export function noRequest(reqId: string, field = "req_id"): RefusedError {
  return new RefusedError(404, `${field}: there is no request '${reqId.slice(0, 100)}'`);
}
