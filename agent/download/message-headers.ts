import { type Header, parseHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { headerOf } from "../../domain/request/variants.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { headerLines } from "./header-lines.ts";

/** By variant: made once a message, however many URLs it has. */
const known = new WeakMap<TaskMessage, Map<string | undefined, string>>();

/**
 * The header lines that all downloads of a message in one variant send.
 * @throws NotATaskError if its host cannot be one
 */
export function messageHeaders(message: TaskMessage, variant?: string): string {
  const before = known.get(message)?.get(variant);
  if (before !== undefined) return before;
  if (!/^[\x21-\x7e]+$/.test(message.host)) throw new NotATaskError("the host is not a host name");
  const own = parseHeaders(headerOf(message, variant));
  const headers = headerLines([["host", message.host], ...own, ...tierWanted(message, own)]);
  known.set(message, new Map(known.get(message)).set(variant, headers));
  return headers;
}

/**
 * Where the distribution's policy knows Server-Timing at all, this brings it, whatever share of the answers has it otherwise:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
function tierWanted({ verify }: TaskMessage, own: readonly Header[]): Header[] {
  if (verify === "off" || own.some(([name]) => name.toLowerCase() === "pragma")) return [];
  return [["pragma", "server-timing"]];
}
