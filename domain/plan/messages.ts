import { type Distribution, distributionOf, hostToAsk } from "../request/distribution.ts";
import { MAX_MESSAGE_BYTES } from "../request/limits.ts";
import type { TaskMessage, TaskUrl } from "./task-message.ts";

/** Together with others only up to this many bytes: an agent must finish a message within minutes. */
const MAX_BYTES = 16 * 2 ** 20;
const MAX_URLS = 100;
/** What a URL of unknown size is taken for. */
const ASSUMED_BYTES = 2 ** 20;
/** So many messages for an instance at the least: fewer would leave some idle while others work through theirs. */
const MESSAGES_PER_INSTANCE = 64;

/** How many URLs a message may have, that a fleet of `instances` shares `totalTasks` evenly. */
export function urlsPerMessage(totalTasks: number, instances: number): number {
  return Math.max(1, Math.min(MAX_URLS, Math.floor(totalTasks / (Math.max(1, instances) * MESSAGES_PER_INSTANCE))));
}

export type TaskTarget = Omit<TaskMessage, "urls" | "host">;

/**
 * The messages of one target: small files together, a large one alone. URLs of other distributions are passed over;
 * URLs that are asked for under different hosts do not share a message.
 * @param rows `[url, bytes]`; bytes empty where unknown
 */
export async function* groupTasks(
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  target: TaskTarget & { readonly label: string },
  distributions: readonly Distribution[],
  maxUrls: number,
): AsyncGenerator<TaskMessage> {
  const { label, ...shared } = target;
  const overhead = JSON.stringify(shared).length + 400;
  const open = new Map<string, Group>();
  const message = (host: string, group: Group): TaskMessage => ({ ...shared, host, urls: group.urls });
  for await (const [text = "", bytes = ""] of rows) {
    const url = new URL(text);
    const distribution = distributionOf(distributions, url.hostname);
    if (distribution?.label !== label) continue;
    const host = hostToAsk(distribution, url);
    const task: TaskUrl = { url: text, bytes: bytes === "" ? null : Number(bytes) };
    const group = open.get(host);
    if (group !== undefined && !fits(group, task, maxUrls, overhead)) {
      yield message(host, group);
      open.delete(host);
    }
    open.set(host, add(open.get(host), task));
  }
  for (const [host, group] of open) yield message(host, group);
}

interface Group {
  readonly urls: TaskUrl[];
  readonly bytes: number;
  readonly length: number;
}

function fits(group: Group, task: TaskUrl, maxUrls: number, overhead: number): boolean {
  const next = add({ ...group, urls: [] }, task);
  return group.urls.length < maxUrls && next.bytes <= MAX_BYTES && next.length + overhead <= MAX_MESSAGE_BYTES;
}

function add(group: Group | undefined, task: TaskUrl): Group {
  const urls = group?.urls ?? [];
  urls.push(task);
  return {
    urls,
    bytes: (group?.bytes ?? 0) + (task.bytes ?? ASSUMED_BYTES),
    length: (group?.length ?? 0) + JSON.stringify(task).length + 1,
  };
}
