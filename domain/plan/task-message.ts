import * as z from "zod";
import { errorTtlsOf } from "../distribution/error-caching.ts";
import { MAX_MESSAGE_BYTES } from "../limits.ts";
import { hostOf } from "../net/urls.ts";
import { distributionOf } from "../request/distributions.ts";
import { originLimitsSchema, variantSchema } from "../request/options.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { TaskQueueName } from "../request/task-queue-name.ts";
import { downloadsSchema, scopeSchema } from "../result/downloads.ts";
import { verifySchema } from "../result/outcome.ts";
import { SAMPLE_DELAY_MS } from "../result/sample.ts";
import type { Task } from "./target.ts";
import { asTaskUrl, type TaskUrl, taskUrlSchema } from "./task.ts";

/** A POP that waits for a lead. */
const followerSchema = z.object({ pop: z.string().min(1), ips: z.array(z.string().min(1)).min(1) });
export type Follower = z.infer<typeof followerSchema>;

/**
 * A queue message: tasks of one request at one POP. Large files travel alone, small ones together. Agents and functions of an update
 * read each other's messages: an added field is optional.
 */
export const taskMessageSchema = z.object({
  req_id: z.string().min(1),
  pop: z.string().min(1),
  /** The POP's addresses, in the order of attempts. */
  ips: z.array(z.string().min(1)).min(1),
  /** Host and SNI to ask with. */
  host: z.string().min(1),
  header: z.array(z.string()),
  /** What the URLs' variants send besides. */
  variants: z.array(variantSchema).optional(),
  /** How warmth is shown. @default edge */
  verify: verifySchema.optional(),
  /** Whole downloads before the check. @default auto */
  downloads: downloadsSchema.optional(),
  /** Caches that are warmed. @default pop */
  scope: scopeSchema.optional(),
  /** Over how many partition keys this request's results are spread. */
  shards: z.number().int().positive(),
  /** Those that ask for the origin are counted against it. */
  origin: originLimitsSchema.optional(),
  /** Seconds for which CloudFront caches an error, by HTTP status. Absent: ten for each. */
  error_ttls: z.record(z.string(), z.number().nonnegative()).optional(),
  /** When the request ends at the latest. Only with `error_ttls`. */
  deadline: z.string().optional(),
  /** In each URL's order of variants: one after the other. */
  urls: z.array(taskUrlSchema).min(1),
  /** The other POPs of this one's REC: they request the URLs once this one has the object. Absent: it has no followers. */
  followers: z.array(followerSchema).optional(),
  /** How many POPs of the REC have requested these URLs before, and failed at the origin. */
  origin_failures: z.number().int().nonnegative().optional(),
  /** The first of them, and what it saw: `SIN2-P1 (HTTP 404)`. */
  first_failure: z.string().optional(),
  /** A POP of the REC that downloaded these URLs before and saw no hit afterwards. */
  not_kept_at: z.string().optional(),
  /** The REC has these URLs already, so they should not reach the origin. */
  follows: z.boolean().optional(),
  /** The POP that led these URLs. */
  led_by: z.string().optional(),
  /** With scope `regional`: one GET of each URL shows whether this POP has the REC of `led_by`. */
  sample: z.literal(true).optional(),
  /**
   * With scope `regional`: milliseconds for which a lead waits before it requests a sample. The leads of two RECs then store it at different
   * times, which `Age` tells apart.
   */
  sample_delay_ms: z.number().nonnegative().optional(),
  /** With scope `regional`: when a lead was queued, in milliseconds since the epoch. What its REC stored before may be of another request. */
  queued_at: z.number().optional(),
  /** With scope `regional`: the POP whose tasks these are. This POP requests the URLs in its place. @default `pop` */
  task_pop: z.string().optional(),
  /** It may have been sent before: tasks that have a result are not done again. */
  again: z.boolean().optional(),
  /** Most attempts at one of its URLs in deferred messages. It counts for each URL without `attempts` of its own. */
  tries: z.number().int().nonnegative().optional(),
});
export type TaskMessage = z.infer<typeof taskMessageSchema>;

/** Attempts at a URL of a message, in one variant, in the messages before. A release before counted them for the message as a whole. */
export function attemptsBefore({ tries = 0 }: TaskMessage, { attempts }: TaskUrl): number {
  return attempts ?? tries;
}

/** The queues of tasks, for producers. */
export interface TaskSender {
  /** Queues all messages. @param queue its name. @default main @throws if it refuses some again and again */
  send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, queue?: TaskQueueName): Promise<void>;
}

/** What a message has from its request's item. */
export const messageSourceSchema = taskMessageSchema.pick({
  req_id: true,
  header: true,
  variants: true,
  verify: true,
  downloads: true,
  scope: true,
  shards: true,
  origin: true,
  error_ttls: true,
  deadline: true,
});
export type MessageSource = z.infer<typeof messageSourceSchema>;

/** The content of a message, or why it is not a task. The reason quotes nothing of the body: there are headers in it. */
export function parseTaskMessage(body: string): { readonly content: TaskMessage } | { readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's own message would quote the body.
    return { reason: "not JSON" };
  }
  const parsed = taskMessageSchema.safeParse(json);
  if (parsed.success) return { content: parsed.data };
  return { reason: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") };
}

/** Together with others only up to this many bytes: an agent must finish a message within minutes. */
export const MAX_BATCHED_BYTES = 16 * 2 ** 20;
const MAX_URLS = 100;
/** What a URL of unknown size is taken for. */
const ASSUMED_BYTES = 2 ** 20;
/** Messages for each instance, at the least: with fewer, some would be idle while others work through theirs. */
const MESSAGES_PER_INSTANCE = 64;

/** So many messages are open at once for each target: where hosts or followers differ from URL to URL, there may be as many as URLs. */
const MAX_OPEN_PER_TARGET = 5_000;

/** How many URLs a message may have, so that a fleet of `instances` shares `totalTasks` evenly. */
export function urlsPerMessage(totalTasks: number, instances: number): number {
  return Math.max(1, Math.min(MAX_URLS, Math.floor(totalTasks / (Math.max(1, instances) * MESSAGES_PER_INSTANCE))));
}

/** A message that still takes URLs. */
interface OpenMessage {
  readonly message: TaskMessage;
  /** Of its URLs' objects. */
  bytes: number;
  /** Characters of its body. */
  length: number;
}

/**
 * The messages for tasks, whether they are queued for the first time or again: small files together, a large one alone.
 * Tasks do not share a message if they have different targets, hosts to ask under, or followers.
 * @param maxUrls of a message: {@link urlsPerMessage}
 * @param targets how many targets the tasks have, if they come URL by URL. @default 1
 */
export async function* messagesOf(
  request: MessageSource & Partial<Pick<RequestItem, "distributions" | "distribution_settings" | "timeout_at">>,
  tasks: AsyncIterable<Task> | Iterable<Task>,
  { maxUrls, targets = 1 }: { readonly maxUrls: number; readonly targets?: number },
): AsyncGenerator<TaskMessage> {
  const { distributions = [], distribution_settings: settings, timeout_at } = request;
  // The request's item has more than a message is to carry.
  const parsed = messageSourceSchema.parse(request);
  /** All tasks of a message are of one distribution. */
  const sourceOf = ({ url: { url } }: Task): MessageSource => {
    const error_ttls = settings && errorTtlsOf(settings, distributionOf(distributions, hostOf(url))?.id);
    return { ...parsed, error_ttls, deadline: error_ttls && timeout_at };
  };
  const open = new Map<string, OpenMessage>();
  for await (const task of tasks) {
    const key = [task.target.target, task.host, ...task.followers.map(({ pop }) => pop)].join(" ");
    const url = asTaskUrl(task.url);
    const length = lengthInBody(url);
    let current = open.get(key);
    if (current !== undefined && !fits(current, url, length, maxUrls)) {
      yield current.message;
      current = undefined;
    }
    if (current === undefined) {
      current = openMessage(sourceOf(task), task);
      open.set(key, current);
    }
    current.message.urls.push(url);
    current.bytes += weight(url);
    current.length += length;
    if (open.size <= MAX_OPEN_PER_TARGET * targets) continue;
    // Of none that ends with this URL: another variant of it may come for the same target.
    for (const [oldest, { message }] of open) {
      if (lastUrl(message) === url.url) continue;
      open.delete(oldest);
      yield message;
      break;
    }
  }
  for (const { message } of open.values()) yield message;
}

function openMessage(
  source: MessageSource,
  { target: { pop, ips }, host, followers, groupIndex = 0 }: Task,
): OpenMessage {
  const waiting = followers.map(({ pop, ips }) => ({ pop, ips }));
  const message: TaskMessage = {
    ...source,
    pop,
    ips,
    host,
    urls: [],
    followers: waiting.length === 0 ? undefined : waiting,
    sample_delay_ms: groupIndex === 0 ? undefined : groupIndex * SAMPLE_DELAY_MS,
    queued_at: source.scope === "regional" ? Date.now() : undefined,
  };
  return { message, bytes: 0, length: JSON.stringify(message).length };
}

/** The variants of a URL stay together: only within a message there is an order. */
function fits({ message, bytes, length: used }: OpenMessage, url: TaskUrl, length: number, maxUrls: number): boolean {
  if (lastUrl(message) === url.url) return true;
  return (
    message.urls.length < maxUrls && bytes + weight(url) <= MAX_BATCHED_BYTES && used + length <= MAX_MESSAGE_BYTES
  );
}

function lastUrl({ urls }: TaskMessage): string | undefined {
  return urls.at(-1)?.url;
}

/** Bytes that a URL is taken for. */
export function weight({ bytes }: TaskUrl): number {
  return bytes ?? ASSUMED_BYTES;
}

/** Whether a URL travels alone. One whose size is unknown does not. */
export function isLarge(url: TaskUrl): boolean {
  return weight(url) > MAX_BATCHED_BYTES;
}

/** Characters of a URL in a message's body, with its comma. */
function lengthInBody(url: TaskUrl): number {
  return JSON.stringify(url).length + 1;
}
