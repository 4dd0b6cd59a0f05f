import * as z from "zod";
import { requestEventSchema } from "../../aws/async-function.ts";
import { toArray } from "../../domain/collections.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { notYetRead, sourceReadSchema } from "../../domain/request/source.ts";
import { FoundUrls, namedHosts, servedHosts, skippedUrls } from "../../domain/sources/found-urls.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import { Walk, type WalkState, walkStateSchema, writeFound } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";
import { RESERVE_MS } from "../runtime.ts";
import type { ExpandDeps } from "./deps.ts";

/** How often progress is written for GET /prewarm, and whether the request has ended is checked. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Where the reading of a request's sources stopped when the time of a run was over. */
const EXPAND_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/expand/checkpoint.json.gz`,
  schema: z.object({
    walk: walkStateSchema,
    /** URLs that were found, each with the number of its source. */
    found: z.array(z.tuple([z.string(), z.number().int().positive()])),
    sources: z.array(sourceReadSchema),
  }),
};
type ExpandCheckpoint = z.infer<typeof EXPAND_CHECKPOINT.schema>;

/** Invoked asynchronously, for one request. */
export function createHandler(deps: ExpandDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    expand(deps, requestEventSchema.parse(event).req_id, () => context.getRemainingTimeInMillis());
}

/**
 * CREATED → EXPANDING: reads a request's sources and writes its list of URLs, the caller's own first; then it marks the item,
 * and its stream invokes Get Size. What this run has no time to read, the next run reads. A second run is harmless: it reads the
 * same again, or finds nothing to do.
 * @param remainingMs milliseconds that this run may still take
 */
export async function expand(deps: ExpandDeps, reqId: string, remainingMs: () => number): Promise<void> {
  const item = await startExpanding(deps, reqId);
  const end = item === undefined ? "done" : await readSources(deps, item, remainingMs);
  if (end === "continue") return deps.expandFunction.invoke(reqId);
  // The checkpoint may contain signed URLs.
  await deps.lists.delete(EXPAND_CHECKPOINT, reqId);
}

/** The request, if it has sources to read; undefined: it has ended, or all are read. */
async function startExpanding(deps: ExpandDeps, reqId: string): Promise<RequestItem | undefined> {
  const item = await deps.requests.get(reqId);
  if (item?.status === "EXPANDING" && item.expanded === undefined) return item;
  if (item?.status !== "CREATED" || (item.sources ?? []).length === 0) return undefined;
  return (await deps.requests.advance(reqId, "EXPAND")) ? item : startExpanding(deps, reqId);
}

/** @returns whether another run must continue */
async function readSources(
  deps: ExpandDeps,
  item: RequestItem,
  remainingMs: () => number,
): Promise<"continue" | "done"> {
  const { req_id: reqId } = item;
  const before = await deps.lists.readCheckpoint(EXPAND_CHECKPOINT, reqId);
  const found = await loadFoundUrls(deps, item, before);
  const { dns, ports, buckets } = deps;
  const web = new Web({ dns, ports, header: item.header });
  const walk = new Walk({ web, buckets, limits: DOCUMENT_LIMITS }, item.sources ?? [], found, before?.walk);
  /** @returns false: the request is no longer EXPANDING, because it has ended or another run has finished */
  const saveProgress = () =>
    deps.requests.updateAndTouch(reqId, ["EXPANDING"], { sources_read: found.sources, url_count: found.urls.size });
  let savedAt = deps.now();
  const stop = async () => {
    // Each run has read at least one document, so that reading ends.
    if (remainingMs() < RESERVE_MS) return "time is up";
    if (deps.now() - savedAt < PROGRESS_INTERVAL_MS) return undefined;
    if (!(await saveProgress())) return "ended";
    savedAt = deps.now();
    return undefined;
  };
  const end = await walk.read(stop);
  if (end === "ended" || !(await saveProgress())) return "done";
  if (end === "time is up") {
    await deps.lists.writeCheckpoint(EXPAND_CHECKPOINT, reqId, checkpointOf(found, walk.state()));
    deps.logger.info("Reading sources continues in another run", { req_id: reqId, urls: found.urls.size });
    return "continue";
  }
  const written = await writeFound(deps.lists, reqId, found, end);
  if ("problem" in written)
    await deps.requests.end(reqId, "FAIL", { reason: written.problem, sources_read: found.sources });
  else {
    await deps.requests.advance(reqId, "SOURCES_READ", written.fields);
    deps.logger.info("Sources read", { req_id: reqId, urls: found.urls.size });
  }
  return "done";
}

async function loadFoundUrls(
  deps: ExpandDeps,
  item: RequestItem,
  before: ExpandCheckpoint | undefined,
): Promise<FoundUrls> {
  const listed = await toArray(deps.lists.read(LISTS.foundUrls, item.req_id));
  // An interrupted run may have written the URLs of sources into the same list.
  const urls = listed.filter(({ source }) => source === undefined).map(({ url }) => url);
  const own = await deps.distributions.listFor(namedHosts(item, urls));
  return new FoundUrls({
    request: item,
    caps: deps.caps,
    callerUrls: urls,
    serves: servedHosts(item, urls, own),
    skips: skippedUrls(item, own),
    sources: before?.sources ?? (item.sources ?? []).map(notYetRead),
    before: before?.found,
  });
}

function checkpointOf({ urls, sources }: FoundUrls, walk: WalkState): ExpandCheckpoint {
  const found = [...urls].flatMap(([url, source]): [string, number][] => (source === undefined ? [] : [[url, source]]));
  return { walk, found, sources };
}
