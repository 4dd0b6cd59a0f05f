import { type TaskKey, taskKey } from "./task-key.ts";
import type { TaskMessage } from "./task-message.ts";
import type { TaskUrl } from "./task-url.ts";
import type { LeadResult } from "./verdict.ts";

/** A URL of a message that has its result. */
export interface Ended {
  readonly url: TaskUrl;
  readonly result: LeadResult;
}

/** Where the results of a message's tasks stand, in its order. */
export function resultKeys({ req_id, pop, shards, urls }: TaskMessage): TaskKey[] {
  return urls.map(({ url, variant }) => taskKey(req_id, { pop, url, variant }, shards));
}

/**
 * Those of a message's URLs that have results, in its order. One that says that nobody asked is none: this message asks.
 * @param standing results by their `pop_url`
 */
export function endedOf(message: TaskMessage, standing: ReadonlyMap<string, LeadResult>): Ended[] {
  const keys = resultKeys(message);
  return message.urls.flatMap((url, i) => {
    const result = standing.get(keys[i]?.pop_url ?? "");
    return result === undefined || result.reason === "not_asked" ? [] : [{ url, result }];
  });
}
