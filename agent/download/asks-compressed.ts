import { acceptedEncodings } from "../../domain/net/accept-encoding.ts";
import { parseHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { headerOf } from "../../domain/request/variants.ts";

/** By variant: found out once a message, however many URLs it has. */
const known = new WeakMap<TaskMessage, Map<string | undefined, boolean>>();

/** Whether the downloads of a message in one variant ask for a compressed form. */
export function asksCompressed(message: TaskMessage, variant?: string): boolean {
  const before = known.get(message)?.get(variant);
  if (before !== undefined) return before;
  const asks = acceptedEncodings(parseHeaders(headerOf(message, variant))).length > 0;
  known.set(message, new Map(known.get(message)).set(variant, asks));
  return asks;
}
