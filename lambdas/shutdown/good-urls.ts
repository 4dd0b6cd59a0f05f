import type { Lists } from "../../aws/lists.ts";
import { isLostList, LISTS } from "../../domain/plan/lists.ts";
import type { GoodUrl } from "../../domain/plan/task.ts";

/** The list of a request's good URLs is gone or damaged. No later try reads it. */
export class ListLostError extends Error {
  override readonly name = "ListLostError";
}

/** @throws ListLostError; what S3 throws when it cannot be asked now */
export async function goodUrlsOf(lists: Pick<Lists, "read">, reqId: string): Promise<GoodUrl[]> {
  const urls: GoodUrl[] = [];
  try {
    for await (const url of lists.read(LISTS.goodUrls, reqId)) urls.push(url);
    return urls;
  } catch (error) {
    if (!isLostList(error)) throw error;
    throw new ListLostError(`the list of its good URLs cannot be read: ${error.message}`, { cause: error });
  }
}
