import type * as z from "zod";
import { isOriginFailure, readReason } from "../result/failure.ts";
import { type TaskResult, taskResultSchema } from "../result/task-result.ts";
import { grouped } from "./grouped.ts";
import { type TaskKey, taskKey } from "./task-key.ts";
import { type Follower, messageSourceSchema, type TaskMessage } from "./task-message.ts";
import type { TaskUrl } from "./task-url.ts";
import { unfinishedResult } from "./unfinished.ts";

/** So many leads that fail at the origin decide a URL for all POPs of their REC. */
const DECIDES = 2;

/** What of a lead's result matters to those that wait for it. */
export const leadResultSchema = taskResultSchema.pick({ ok: true, reason: true, http_status: true, addresses: true });
export type LeadResult = z.infer<typeof leadResultSchema>;
/** All that an agent may read of a result: its keys, too. */
export const LEAD_RESULT_ATTRIBUTES: readonly string[] = ["task_key", "pop_url", ...leadResultSchema.keyof().options];

/** A URL of a lead that has its result. */
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

/** What a lead's result means for the other POPs of its REC. */
export type Verdict =
  /** The REC has the object, so they may ask. */
  | { readonly kind: "cached" }
  /** It says nothing of the REC: the next POP is to lead. */
  | { readonly kind: "pop_failed" }
  /** The next POP is to lead, and if it fails alike, no other one asks. */
  | { readonly kind: "origin_failed"; readonly saw: string };

export function verdictOf({ ok, reason, http_status: status, addresses }: LeadResult): Verdict {
  // Where only some of a POP's addresses have it, the REC has it as well.
  if (ok || (addresses !== undefined && !addresses.startsWith("0 "))) return { kind: "cached" };
  const code = readReason(reason);
  if (!isOriginFailure(code, status !== undefined)) return { kind: "pop_failed" };
  return { kind: "origin_failed", saw: status !== undefined && status >= 300 ? `HTTP ${status}` : code };
}

/** What becomes of a lead's followers: messages to queue, and failed results of tasks that nobody need try. */
export interface HandOver {
  readonly messages: readonly TaskMessage[];
  readonly decided: readonly TaskResult[];
}

const NOTHING: HandOver = { messages: [], decided: [] };

/**
 * Hands a lead's URLs over to its followers. Each task of a follower goes into exactly one message, of its own or of the next
 * lead it waits for, or has exactly one result. The message of a lead without followers leads to nothing.
 * @param ended those of its URLs that have results, in the message's order; the others are handed over with theirs
 * @param again whether this may have been done before
 * @param expireAt of the results, in seconds since the epoch
 */
export function handOver(lead: TaskMessage, ended: readonly Ended[], again: boolean, expireAt: number): HandOver {
  const { followers = [] } = lead;
  const [next, ...others] = followers;
  if (next === undefined) return NOTHING;
  const messages: TaskMessage[] = [];
  const decided: TaskResult[] = [];
  for (const group of grouped(ended.map(judged), ({ verdict }) => keyOf(verdict)).values()) {
    const urls = group.map(({ url }) => url);
    const verdict = group[0]?.verdict;
    if (verdict?.kind === "cached") {
      messages.push(...followers.map((to) => ({ ...messageTo(lead, to, urls, again), follows: true })));
    } else if (verdict?.kind === "origin_failed" && (lead.origin_failures ?? 0) + 1 >= DECIDES) {
      decided.push(...decidedResults(lead, urls, verdict.saw, expireAt));
    } else {
      const failures = verdict?.kind === "origin_failed" ? oneMoreFailure(lead, verdict.saw) : pastFailures(lead);
      const waiting = others.length === 0 ? {} : { followers: others };
      messages.push({ ...messageTo(lead, next, urls, again), ...waiting, ...failures });
    }
  }
  return { messages, decided };
}

interface Judged {
  readonly url: TaskUrl;
  readonly verdict: Verdict;
}

function judged({ url, result }: Ended): Judged {
  return { url, verdict: verdictOf(result) };
}

function keyOf(verdict: Verdict): string {
  return verdict.kind === "origin_failed" ? `${verdict.kind} ${verdict.saw}` : verdict.kind;
}

function messageTo(lead: TaskMessage, { pop, ips }: Follower, urls: readonly TaskUrl[], again: boolean): TaskMessage {
  const message = { ...messageSourceSchema.parse(lead), pop, ips, host: lead.host, urls: [...urls] };
  return again ? { ...message, again } : message;
}

function pastFailures({ origin_failures, first_failure }: TaskMessage): Partial<TaskMessage> {
  return {
    ...(origin_failures === undefined ? {} : { origin_failures }),
    ...(first_failure === undefined ? {} : { first_failure }),
  };
}

function oneMoreFailure(lead: TaskMessage, saw: string): Partial<TaskMessage> {
  const before = lead.origin_failures ?? 0;
  return { origin_failures: before + 1, first_failure: lead.first_failure ?? failureAt(lead, saw) };
}

function failureAt({ pop }: TaskMessage, saw: string): string {
  return `${pop} (${saw})`;
}

/** The results of all followers. */
function decidedResults(lead: TaskMessage, urls: readonly TaskUrl[], saw: string, expireAt: number): TaskResult[] {
  const first = lead.first_failure ?? "another POP of its REC";
  const detail = `${first} and ${failureAt(lead, saw)} asked before and failed at the origin`;
  const failure = { reason: "not_asked", code: "NOT_ASKED", detail } as const;
  const request = { req_id: lead.req_id, shards: lead.shards, expire_at: expireAt };
  return (lead.followers ?? []).flatMap(({ pop }) =>
    urls.map((url) => unfinishedResult(request, { ...url, pop }, failure)),
  );
}
