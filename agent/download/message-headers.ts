import { parseHeaders } from "../../domain/net/headers.ts";
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
  const headers = headerLines([["host", message.host], ...parseHeaders(message.header)]);
  known.set(message, headers);
  return headers;
}
