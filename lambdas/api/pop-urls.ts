import type { Lists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { PopUrls } from "../../domain/api/pop-urls.ts";
import { Plan } from "../../domain/plan/plan.ts";
import { sortKeyOf } from "../../domain/plan/task-key.ts";
import type { GoodUrl } from "../../domain/plan/task-url.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorText, lostFailure } from "../../domain/result/failure.ts";
import { PopStrip } from "../../domain/result/pop-strip.ts";
import { isLostList } from "../lost-list.ts";
import { abbreviate } from "./abbreviate.ts";
import { RefusedError } from "./refused-error.ts";

/** So many are read well within the 29 s that API Gateway waits: docs/console.md says what was measured. */
export const MAX_STRIP_TASKS = 200_000;

/**
 * Most bytes of results that a call reads, as they are billed: 8,000 read request units, a tenth of a cent. Without it, 60,000
 * results with the longest errors are 143 MB.
 */
const MAX_READ_BYTES = 64_000_000;

export interface PopUrlsDeps {
  readonly lists: Pick<Lists, "read">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<RequestTaskTable, "ofPop">;
}

/**
 * How the tasks of one POP of a request ended.
 * @throws RefusedError 400 for a POP that is none of the request's, or has too many tasks or too large results; 409 before the request has ended, and
 * where its list of URLs is gone
 */
export async function popUrls(deps: PopUrlsDeps, item: RequestItem, pop: string): Promise<PopUrls> {
  if (pop === "") throw new RefusedError(400, "pop: is required with detail=urls: a POP of the request");
  if (!item.pops.includes(pop)) throw new RefusedError(400, `pop: the request has no POP '${abbreviate(pop)}'`);
  if (item.active !== undefined)
    throw new RefusedError(409, `The request is ${item.status}; the URLs of a POP can be read once it has ended`);
  const tasks = item.total_count === 0 ? [] : await tasksAt(deps, item, pop).catch(refuseLost);
  const places = new Map(tasks.map(({ url, variant }, place) => [sortKeyOf({ pop, url, variant }), place]));
  const strip = new PopStrip(tasks);
  let bytes = 0;
  if (tasks.length > 0)
    for await (const result of deps.results.ofPop(item.req_id, pop, item.shards, (read) => (bytes += read))) {
      if (bytes > MAX_READ_BYTES)
        throw tooMuchToRead(`the results of ${pop} have more than ${MAX_READ_BYTES / 1e6} MB`);
      const place = places.get(result.pop_url);
      if (place !== undefined) strip.enter(place, result);
    }
  if (item.status === "FINISHED") strip.enterMissing(lost(item));
  const { failures, more } = strip.named();
  return { pop, total_count: tasks.length, buckets: strip.buckets(), failures, failures_omitted: more };
}

/** The URLs that the POP was to warm, in the order of the list. */
async function tasksAt({ lists, requestPops }: PopUrlsDeps, item: RequestItem, pop: string): Promise<GoodUrl[]> {
  const plan = new Plan(item.distributions, await requestPops.of(item.req_id), item.order, item.pops);
  const tasks: GoodUrl[] = [];
  for await (const url of lists.read(LISTS.goodUrls, item.req_id)) {
    if (plan.tasksOf(url)?.numberOf({ pop }) === undefined) continue;
    tasks.push(url);
    if (tasks.length > MAX_STRIP_TASKS) throw tooMuchToRead(`${pop} has more than ${MAX_STRIP_TASKS} tasks`);
  }
  return tasks;
}

function tooMuchToRead(why: string): RefusedError {
  return new RefusedError(400, `pop: ${why}; the file of all results (results_url of GET /summary) has them`);
}

/** The bucket may forget the list a day or two before the table forgets the request. */
function refuseLost(error: unknown): never {
  if (isLostList(error)) throw new RefusedError(409, "The list of the request's URLs is gone");
  throw error;
}

/** A request that has finished has counted what never got a result as failed. */
function lost({ requeues }: RequestItem) {
  const failure = lostFailure(requeues + 1);
  return { ok: false, outcome: "failed", reason: failure.reason, error: errorText(failure) } as const;
}
