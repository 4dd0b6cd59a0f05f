import { type Header, parseHeaders } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { headerOf } from "../../domain/request/variants.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { headerLines } from "./header-lines.ts";
import { oncePerVariant } from "./once-per-variant.ts";

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
