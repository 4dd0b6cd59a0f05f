import { type Header, parseHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { headerLines } from "./header-lines.ts";

/** Made once a message, however many URLs it has. */
const known = new WeakMap<TaskMessage, string>();

/**
 * The header lines that all downloads of a message send.
 * @throws NotATaskError if its host cannot be one
 */
export function messageHeaders(message: TaskMessage): string {
  const made = known.get(message);
  if (made !== undefined) return made;
  if (!/^[\x21-\x7e]+$/.test(message.host)) throw new NotATaskError("the host is not a host name");
  const own = parseHeaders(message.header);
  const headers = headerLines([["host", message.host], ...own, ...tierWanted(message, own)]);
  known.set(message, headers);
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
