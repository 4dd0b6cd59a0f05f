import type * as z from "zod";
import { grouped } from "../collections.ts";
import { type Failure, isOriginFailure, readReason } from "../result/failure.ts";
import type { Scoped } from "../result/outcome.ts";
import { type TaskResult, taskResultSchema } from "../result/task-result.ts";
import { asTaskUrl, type TaskKey, type TaskUrl, taskKey, unfinishedResult } from "./task.ts";
import { type Follower, messageSourceSchema, type TaskMessage } from "./task-message.ts";

/** After so many leads that fail at the origin, or so many that download a URL and see no hit, no other POP of their REC requests it. */
export const MAX_FAILED_LEADS = 2;

/** What becomes of a lead's followers: messages to queue, and failed results of tasks that are not tried. */
export interface PromotedFollowers {
  readonly messages: readonly TaskMessage[];
  readonly skipped: readonly TaskResult[];
}

/**
 * Makes tasks of a lead's followers. Each task of a follower goes into exactly one message, of its own or of the next
 * lead it waits for, or has exactly one result. The message of a lead without followers leads to nothing.
 * @param ended those of its URLs that have results, in the message's order; the others are promoted with theirs
 * @param again whether this may have been done before
 * @param expireAt of the results, in seconds since the epoch
 */
export function promoteFollowers(
  lead: TaskMessage,
  ended: readonly FinishedUrl[],
  again: boolean,
  expireAt: number,
): PromotedFollowers {
  const { req_id, shards, followers = [] } = lead;
  const [next, ...others] = followers;
  const messages: TaskMessage[] = [];
  const skipped: TaskResult[] = [];
  if (next === undefined) return { messages, skipped };
  // What a message to another POP has in common with the lead's: not its followers, its failures, nor how often it was tried.
  const shared = { ...messageSourceSchema.parse(lead), host: lead.host, again: again || undefined };
  const send = ({ pop, ips }: Follower, urls: readonly TaskUrl[], more: Partial<TaskMessage>) =>
    messages.push({ ...shared, pop, ips, urls: [...urls], ...more });
  const skip = (urls: readonly TaskUrl[], [first, second]: NotAsked["failures"]) => {
    const detail = `Skipped: two POPs under this REC already failed at the origin or did not keep the object: ${first}, ${second}`;
    const failure: Failure = { reason: "not_asked", code: "NOT_ASKED", detail };
    const request = { req_id, shards, expire_at: expireAt };
    for (const { pop } of followers)
      for (const url of urls)
        skipped.push({ ...unfinishedResult(request, { ...url, pop }, failure), outcome: "failed" });
  };
  const isRegional = lead.scope === "regional";
  const classified = ended.map(({ url, result }) => ({
    url: {
      ...asTaskUrl(url),
      filled_at: isRegional && url.sample ? result.filled_at : undefined,
      // The result of a lead that is passed on is not written: the next one counts its bytes.
      transferred_bytes: isPassedOn(lead, url, result) ? result.transferred_bytes : undefined,
    },
    kind: classifyLead(result, lead),
    haveTasks: haveTasks(lead, url),
  }));
  for (const group of grouped(classified, ({ kind, haveTasks }) => JSON.stringify([kind, haveTasks])).values()) {
    const [{ kind, haveTasks }] = group;
    const urls = group.map(({ url }) => url);
    if (kind.state === "cached") {
      const led = { ...(isRegional ? { sample: true as const } : { follows: true }), led_by: lead.pop };
      if (haveTasks) for (const follower of followers) send(follower, urls, kind.isInRec ? led : {});
      continue;
    }
    const step = afterFailedLead(lead, kind);
    if ("failures" in step) {
      if (haveTasks) skip(urls, step.failures);
    } else {
      // A POP has a task of its own for a sample: its first response shows whether it has the REC of this lead.
      const inPlace = haveTasks ? { led_by: lead.pop } : { task_pop: lead.task_pop ?? lead.pop };
      send(next, urls, {
        ...step,
        followers: others.length === 0 ? undefined : others,
        ...(isRegional ? { ...inPlace, queued_at: lead.queued_at } : {}),
      });
    }
  }
  return { messages, skipped };
}

/** Whether a lead's followers have tasks for a URL. With scope `regional`, they have for samples alone. */
function haveTasks({ scope }: TaskMessage, { sample }: TaskUrl): boolean {
  return scope !== "regional" || sample === true;
}

/**
 * Whether the next follower requests a URL for the lead's own task, because the lead's result does not show that the REC keeps the object.
 * Then the result is not written: a task has one, that of the last POP.
 */
export function isPassedOn(lead: TaskMessage, url: TaskUrl, result: LeadResult): boolean {
  if (lead.followers === undefined || haveTasks(lead, url)) return false;
  const kind = classifyLead(result, lead);
  return kind.state !== "cached" && !("failures" in afterFailedLead(lead, kind));
}

/** Two failures that keep others from requesting a URL. */
interface NotAsked {
  readonly failures: readonly [string, string];
}

/** Facts about the earlier leads, for the next one; or why there is none. */
function afterFailedLead(
  { pop, origin_failures = 0, first_failure, not_kept_at }: TaskMessage,
  kind: Exclude<LeadKind, { readonly state: "cached" }>,
): NotAsked | Pick<TaskMessage, "origin_failures" | "first_failure" | "not_kept_at"> {
  const failure = kind.state === "origin_failed" ? failureAt(pop, kind.observed) : undefined;
  const failures = origin_failures + (failure === undefined ? 0 : 1);
  if (failure !== undefined && failures >= MAX_FAILED_LEADS)
    return { failures: [first_failure ?? "another POP of its REC", failure] };
  if (kind.state === "not_kept" && not_kept_at !== undefined)
    return { failures: [failureAt(not_kept_at, "not_kept"), failureAt(pop, "not_kept")] };
  return {
    origin_failures: failures === 0 ? undefined : failures,
    first_failure: first_failure ?? failure,
    not_kept_at: kind.state === "not_kept" ? pop : not_kept_at,
  };
}

/**
 * A lead's message as it goes back to the queue before its end: what has its followers queued already goes alone.
 * @param queued the URLs whose followers are queued
 */
export function withoutQueuedFollowers(lead: TaskMessage, queued: ReadonlySet<TaskUrl>): TaskMessage[] {
  const waiting = lead.urls.filter((url) => !queued.has(url));
  const done = lead.urls.filter((url) => queued.has(url));
  return [
    { ...lead, urls: waiting },
    { ...lead, urls: done, followers: undefined },
  ].filter(({ urls }) => urls.length > 0);
}

function failureAt(pop: string, observed: string): string {
  return `${pop} (${observed})`;
}

/** A URL of a message that has its result. */
export interface FinishedUrl {
  readonly url: TaskUrl;
  readonly result: LeadResult;
}

/** Keys of the results of a message's tasks, in its order. */
export function resultKeys({ req_id, pop, task_pop = pop, shards, urls }: TaskMessage): TaskKey[] {
  return urls.map(({ url, variant }) => taskKey(req_id, { pop: task_pop, url, variant }, shards));
}

/**
 * Those of a message's URLs that have results, in its order. A result with the reason `not_asked` is left out: this message requests the URL.
 * @param existing results by their `pop_url`
 */
export function endedOf(message: TaskMessage, existing: ReadonlyMap<string, LeadResult>): FinishedUrl[] {
  const keys = resultKeys(message);
  return message.urls.flatMap((url, i) => {
    const result = existing.get(keys[i]?.pop_url ?? "");
    return result === undefined || result.reason === "not_asked" ? [] : [{ url, result }];
  });
}

/** What of a lead's result matters to those that wait for it. */
export const leadResultSchema = taskResultSchema.pick({
  ok: true,
  outcome: true,
  reason: true,
  http_status: true,
  rec_unsure: true,
  hit_after_download: true,
  rounds: true,
  filled_at: true,
  transferred_bytes: true,
});
export type LeadResult = z.infer<typeof leadResultSchema>;

/** All that an agent may read of a result: its keys, too. */
export const LEAD_RESULT_ATTRIBUTES: readonly string[] = ["task_key", "pop_url", ...leadResultSchema.keyof().options];

/** What a lead's result means for the other POPs of its REC. */
export type LeadKind =
  /** The POP has the object, so they may request it. `isInRec`: the REC has it, too. */
  | { readonly state: "cached"; readonly isInRec: boolean }
  /** It shows nothing about the REC: the next POP leads. */
  | { readonly state: "pop_failed" }
  /** The next POP leads; if it fails at the origin too, no other POP requests the URL. */
  | { readonly state: "origin_failed"; readonly observed: string }
  /** The download was good, and no response after it was a hit. The next POP leads; if it sees no hit either, no other POP requests the URL. */
  | { readonly state: "not_kept" };

/** @param scoped the lead's message. @default scope pop */
export function classifyLead(result: LeadResult, scoped: Scoped = {}): LeadKind {
  const { ok, outcome, reason, http_status: status, rec_unsure, hit_after_download, rounds } = result;
  // Whatever the lead's first response left open, the REC was seen to keep it since.
  if (outcome === "regional") return { state: "cached", isInRec: true };
  if (outcome === "done" && scoped.scope === "regional") return { state: "origin_failed", observed: "no x-cache" };
  // The POP had the object before: its REC was not asked.
  if (ok && scoped.scope === "regional") return { state: "pop_failed" };
  if (ok) return { state: "cached", isInRec: rec_unsure !== true };
  const code = readReason(reason);
  // A hit shows that a cache had it, though not for long: each POP finds out for itself.
  if (code === "not_kept")
    return hit_after_download === true ? { state: "cached", isInRec: false } : { state: "not_kept" };
  // The origin sent the object whole; what failed is a request after that. It shows neither that the origin fails nor that the REC has it.
  if (rounds !== undefined) return { state: "pop_failed" };
  if (!isOriginFailure(code, status !== undefined)) return { state: "pop_failed" };
  return { state: "origin_failed", observed: status !== undefined && status >= 300 ? `HTTP ${status}` : code };
}
