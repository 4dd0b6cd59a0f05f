import { acceptedEncodings, type Header, parseHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { headerOf } from "../../domain/request/options.ts";
import { headerLines } from "./http/header-lines.ts";
import { NotATaskError } from "./task-errors.ts";

/**
 * The header lines that all downloads of a message in one variant send.
 * @throws NotATaskError if its host cannot be one
 */
export const messageHeaders = oncePerVariant((message, variant) => {
  if (!/^[\x21-\x7e]+$/.test(message.host)) throw new NotATaskError("the host is not a host name");
  const own = parseHeaders(headerOf(message, variant));
  return headerLines([["host", message.host], ...own, ...tierWanted(message, own)]);
});

/**
 * Where the distribution's policy knows Server-Timing at all, this brings it, whatever share of the answers has it otherwise:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
function tierWanted({ verify }: TaskMessage, own: readonly Header[]): Header[] {
  if (verify === "off" || own.some(([name]) => name.toLowerCase() === "pragma")) return [];
  return [["pragma", "server-timing"]];
}

/** Whether the downloads of a message in one variant ask for a compressed form. */
export const asksCompressed = oncePerVariant(
  (message, variant) => acceptedEncodings(parseHeaders(headerOf(message, variant))).length > 0,
);

/** Found out of a message and one of its variants. */
type Find<T> = (message: TaskMessage, variant?: string) => T;

/** Finds it out once a message and variant, however many URLs it has. What throws is not kept. */
export function oncePerVariant<T>(find: Find<T>): Find<T> {
  const known = new WeakMap<TaskMessage, Map<string | undefined, T>>();
  return (message, variant) => {
    const found = known.get(message);
    const before = found?.get(variant);
    if (before !== undefined) return before;
    const now = find(message, variant);
    if (found === undefined) known.set(message, new Map([[variant, now]]));
    else found.set(variant, now);
    return now;
  };
}
