import * as z from "zod";
import { MAX_MESSAGE_BYTES } from "../limits.ts";
import type { Lane } from "../request/lane.ts";
import { originLimitsSchema, variantSchema } from "../request/options.ts";
import { verifySchema } from "../result/outcome.ts";
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
  /** Over how many partition keys this request's results are spread. */
  shards: z.number().int().positive(),
  /** Those that ask for the origin are counted against it. */
  origin: originLimitsSchema.optional(),
  /** In each URL's order of variants: one after the other. */
  urls: z.array(taskUrlSchema).min(1),
  /** The other POPs of this one's REC: they ask once this one has the object. Absent: it leads nobody. */
  followers: z.array(followerSchema).optional(),
  /** How many POPs of the REC have asked for these URLs before, and failed at the origin. */
  origin_failures: z.number().int().nonnegative().optional(),
  /** The first of them, and what it saw: `SIN2-P1 (HTTP 404)`. */
  first_failure: z.string().optional(),
  /** A POP of the REC that downloaded these URLs before and saw no hit afterwards. */
  not_kept_at: z.string().optional(),
  /** The REC has these URLs already, so they should not reach the origin. */
  follows: z.boolean().optional(),
  /** The POP that led these URLs. */
  led_by: z.string().optional(),
  /** No other POP follows it: so nothing shows which of both RECs the catalogue has wrong. */
  only_follower: z.boolean().optional(),
  /** Whoever sent it may have sent it before: what stands of it is not done again. */
  again: z.boolean().optional(),
  /** Most attempts at one of its URLs in deferred messages. It counts for each URL without `attempts` of its own. */
  tries: z.number().int().nonnegative().optional(),
});
export type TaskMessage = z.infer<typeof taskMessageSchema>;

/** Attempts at a URL of a message, in one variant, in the messages before. A release before counted them for the message as a whole. */
export function attemptsBefore(
  { tries = 0 }: Pick<TaskMessage, "tries">,
  { attempts }: Pick<TaskUrl, "attempts">,
): number {
  return attempts ?? tries;
}

/** The queues of tasks, for those who only fill them. */
export interface TaskSender {
  /** Queues all messages. @param lane the queue. @default main @throws if it refuses some again and again */
  send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, lane?: Lane): Promise<void>;
}

/** What a message has from its request's item. */
export const messageSourceSchema = taskMessageSchema.pick({
  req_id: true,
  header: true,
  variants: true,
  verify: true,
  shards: true,
  origin: true,
});
export type MessageSource = z.infer<typeof messageSourceSchema>;

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

export interface MessageLimits {
  /** URLs of a message: {@link urlsPerMessage}. */
  readonly maxUrls: number;
  /** How many targets the tasks have, if they come URL by URL. @default 1 */
  readonly targets?: number;
}

/**
 * The messages for tasks, whether they are queued for the first time or again: small files together, a large one alone.
 * Tasks do not share a message if they have different targets, hosts to ask under, or followers.
 */
export async function* messagesOf(
  request: MessageSource,
  tasks: AsyncIterable<Task> | Iterable<Task>,
  { maxUrls, targets = 1 }: MessageLimits,
): AsyncGenerator<TaskMessage> {
  // The request's item has more than a message is to carry.
  const source = messageSourceSchema.parse(request);
  const open = new Map<string, OpenMessage>();
  for await (const task of tasks) {
    const key = [task.target.target, task.host, ...task.followers.map(({ pop }) => pop)].join(" ");
    const url = asTaskUrl(task.url);
    let message = open.get(key);
    if (message?.hasRoomFor(url, maxUrls) === false) {
      yield message.close();
      message = undefined;
    }
    message ??= new OpenMessage(source, task);
    message.add(url);
    open.set(key, message);
    if (open.size <= MAX_OPEN_PER_TARGET * targets) continue;
    // Of none that ends with this URL: another variant of it may come for the same target.
    for (const [oldest, its] of open) {
      if (its.lastUrl === url.url) continue;
      open.delete(oldest);
      yield its.close();
      break;
    }
  }
  for (const message of open.values()) yield message.close();
}

/** A message that still takes URLs. */
class OpenMessage {
  private readonly message: TaskMessage & { readonly urls: TaskUrl[] };
  private bytes = 0;
  private length: number;

  constructor(source: MessageSource, { target: { pop, ips }, host, followers }: Task) {
    const own = { ...source, pop, ips, host, urls: [] };
    this.message =
      followers.length === 0 ? own : { ...own, followers: followers.map(({ pop, ips }) => ({ pop, ips })) };
    this.length = JSON.stringify(this.message).length;
  }

  get lastUrl(): string | undefined {
    return this.message.urls.at(-1)?.url;
  }

  /** The variants of a URL stay together: only within a message there is an order. */
  hasRoomFor(url: TaskUrl, maxUrls: number): boolean {
    const { urls } = this.message;
    if (urls.at(-1)?.url === url.url) return true;
    return (
      urls.length < maxUrls &&
      this.bytes + weight(url) <= MAX_BATCHED_BYTES &&
      this.length + length(url) <= MAX_MESSAGE_BYTES
    );
  }

  add(url: TaskUrl): void {
    this.message.urls.push(url);
    this.bytes += weight(url);
    this.length += length(url);
  }

  close(): TaskMessage {
    return this.message;
  }
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
function length(url: TaskUrl): number {
  return JSON.stringify(url).length + 1;
}
