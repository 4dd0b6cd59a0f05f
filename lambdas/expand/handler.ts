import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import { type AsyncFunction, requestEventSchema } from "../../aws/async-function.ts";
import type { Checkpoints } from "../../aws/checkpoints.ts";
import type { Distributions } from "../../aws/distributions.ts";
import type { Lists } from "../../aws/lists.ts";
import type { EndingRequestTable } from "../../aws/request-table.ts";
import { urlPrefix } from "../../domain/net/urls.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import type { Caps } from "../../domain/request/caps.ts";
import { EXPANDED, type RequestItem } from "../../domain/request/request-item.ts";
import { type LeftOut, sourceReadSchema } from "../../domain/request/source.ts";
import { cannotGoOn, Gathered, mostUrls, tooMuch } from "../../domain/sources/found-urls.ts";
import { hostsOf, servedHosts } from "../../domain/sources/served-hosts.ts";
import { SourceError, type Walk, type WalkState, walkStateSchema } from "../../probe/sources/walk.ts";
import { RESERVE_MS } from "../runtime.ts";

/** Invoked asynchronously, for one request. */
export function createHandler(deps: ExpandDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    expand(deps, requestEventSchema.parse(event).req_id, () => context.getRemainingTimeInMillis());
}

/** How often GET /prewarm hears of it, and a request that has ended is seen. */
const NOTE_MS = 5_000;

/** How a walk begins. */
export interface WalkStart {
  /** Where the run before stopped; undefined: there was none. */
  readonly before: WalkState | undefined;
  readonly refuses: (url: string) => LeftOut | undefined;
}

export interface ExpandDeps {
  readonly requests: Pick<EndingRequestTable, "get" | "advance" | "amendExpanding" | "end">;
  readonly lists: Pick<Lists, "read" | "write">;
  readonly checkpoints: Pick<Checkpoints<ExpandCheckpoint>, "read" | "write" | "delete">;
  /** This function. */
  readonly expandFunction: Pick<AsyncFunction, "invoke">;
  readonly distributions: Pick<Distributions, "own">;
  /** Begins to read the sources of a request, or goes on. */
  readonly walk: (item: RequestItem, start: WalkStart) => Pick<Walk, "next" | "state">;
  readonly caps: Pick<Caps, "maxTasks">;
  readonly logger: Pick<Logger, "info">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * CREATED → EXPANDING: reads a request's sources and writes its list of URLs, the caller's own first; then it marks the item,
 * and Get Size goes on. What is not read when the run's time is over, the next run reads. Run twice, it does no harm: the
 * second reads the same again, or finds that nothing is left to do.
 * @param left milliseconds that this run may still take
 */
export async function expand(deps: ExpandDeps, reqId: string, left: () => number): Promise<void> {
  const item = await begun(deps, reqId);
  if (item !== undefined) await readOn(deps, item, left);
  // There may be signed URLs in it.
  else await deps.checkpoints.delete(reqId);
}

/** The request, if there is something to read; undefined: it has ended, or all is read. */
async function begun(deps: ExpandDeps, reqId: string): Promise<RequestItem | undefined> {
  const item = await deps.requests.get(reqId);
  if (item?.status === "EXPANDING" && item.expanded === undefined) return item;
  if (item?.status !== "CREATED" || (item.sources ?? []).length === 0) return undefined;
  return (await deps.requests.advance(reqId, "CREATED", "EXPANDING")) ? item : begun(deps, reqId);
}

async function readOn(deps: ExpandDeps, item: RequestItem, left: () => number): Promise<void> {
  const { req_id: reqId } = item;
  const before = await deps.checkpoints.read(reqId);
  const gathered = await resumed(deps, item, before);
  const walk = deps.walk(item, { before: before?.walk, refuses: (url) => gathered.refusal(url) });
  const read = await readAll(deps, item, { gathered, walk, left });
  // Another run may have come to the end before.
  if (read === "ended" || !(await note(deps, reqId, gathered))) return deps.checkpoints.delete(reqId);
  if (read === "time is up") {
    await deps.checkpoints.write(reqId, checkpointOf(gathered, walk.state()));
    deps.logger.info("Sources are read on in another run", { req_id: reqId, urls: gathered.urls.length });
    return deps.expandFunction.invoke(reqId);
  }
  const reason = read === "all" ? cannotGoOn(item, gathered) : read.problem;
  if (reason === undefined) await finish(deps, item, gathered);
  else await deps.requests.end(reqId, "FAILED", { reason, sources_read: gathered.sources });
  return deps.checkpoints.delete(reqId);
}

interface Run {
  readonly gathered: Gathered;
  readonly walk: Pick<Walk, "next" | "state">;
  readonly left: () => number;
}

/** How reading came to an end: all is read, the run's time is over, the request has ended, or it is to end. */
type End = "all" | "time is up" | "ended" | { readonly problem: string };

async function readAll(deps: ExpandDeps, item: RequestItem, { gathered, walk, left }: Run): Promise<End> {
  let noted = deps.now();
  try {
    for (;;) {
      const named = await walk.next(Math.max(0, mostUrls(item) - gathered.urls.length));
      if (named !== undefined) gathered.add(named);
      gathered.markDone(new Set(walk.state().pending.map(({ source }) => source)));
      if (named === undefined) return "all";
      const problem = tooMuch(item, gathered, deps.caps);
      if (problem !== undefined) return { problem };
      // Each run has read something by now, so that there is an end to it.
      if (left() < RESERVE_MS) return "time is up";
      if (deps.now() - noted < NOTE_MS) continue;
      if (!(await note(deps, item.req_id, gathered))) return "ended";
      noted = deps.now();
    }
  } catch (error) {
    if (error instanceof SourceError) return { problem: error.message };
    throw error;
  }
}

/** @returns false when the request is not being expanded any more */
function note({ requests }: ExpandDeps, reqId: string, { sources, urls }: Gathered): Promise<boolean> {
  return requests.amendExpanding(reqId, { sources_read: [...sources], url_count: urls.length });
}

async function resumed(deps: ExpandDeps, item: RequestItem, before: ExpandCheckpoint | undefined): Promise<Gathered> {
  const own: string[] = [];
  // A run that was cut off may have written what it found into the same list.
  for await (const { url, source } of deps.lists.read(LISTS.foundUrls, item.req_id))
    if (source === undefined) own.push(url);
  const { cf_domain: cfDomain, sources = [], sources_read: fresh = [] } = item;
  const named = new Set([...own.map((url) => new URL(url).hostname), ...sources.flatMap(hostsOf)]);
  const serves = servedHosts({ cfDomain, named, own: await deps.distributions.own() });
  const found = before?.found.map(([url, source]) => ({ url, source }));
  const anew = fresh.map((source) => ({ ...source, documents: 0, urls: 0, left_out: {}, done: false }));
  return new Gathered(own, serves, before?.sources ?? anew, found);
}

function checkpointOf({ urls, sources }: Gathered, walk: WalkState): ExpandCheckpoint {
  const found = urls.flatMap(({ url, source }): [string, number][] => (source === undefined ? [] : [[url, source]]));
  return { walk, found, sources: [...sources] };
}

async function finish(deps: ExpandDeps, { req_id: reqId }: RequestItem, gathered: Gathered): Promise<void> {
  const urls = gathered.urls.map(({ url }) => url);
  await deps.lists.write(LISTS.foundUrls, reqId, gathered.urls);
  const all = { url_count: urls.length, url_prefix: urlPrefix(urls), sources_read: [...gathered.sources] };
  await deps.requests.amendExpanding(reqId, { ...all, sources: [], expanded: EXPANDED });
  deps.logger.info("Sources read", { req_id: reqId, urls: urls.length });
}

const expandCheckpointSchema = z.object({
  walk: walkStateSchema,
  /** URLs that were found, each with the number of its source. */
  found: z.array(z.tuple([z.string(), z.number().int().positive()])),
  sources: z.array(sourceReadSchema),
});
export type ExpandCheckpoint = z.infer<typeof expandCheckpointSchema>;

/** Where the reading of a request's sources stopped when the time of a run was over. */
export const EXPAND_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/expand/checkpoint.json.gz`,
  schema: expandCheckpointSchema,
};
