import { acceptedEncodings, type Header, headersToSend } from "../../domain/net/headers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { headerOf } from "../../domain/request/options.ts";
import { headerLines } from "./http/http-client.ts";

/** A task of the right shape that no agent can do. Trying again does not help. */
export class NotATaskError extends Error {
  override readonly name = "NotATaskError";
}

/** What all downloads of a message in one variant send. */
export interface RequestHeaders {
  /** Each with its CRLF. */
  readonly lines: string;
  /** Whether they ask for a compressed form. */
  readonly compressed: boolean;
  /** Whether the caller's own headers have a range. */
  readonly hasRange: boolean;
}

/** By message and variant: a message has up to 100 URLs. */
const known = new WeakMap<TaskMessage, Map<string | undefined, RequestHeaders>>();

/** @throws NotATaskError if the message's host cannot be one */
export function requestHeaders(message: TaskMessage, variant: string | undefined): RequestHeaders {
  const ofMessage = known.get(message) ?? new Map<string | undefined, RequestHeaders>();
  const headers = ofMessage.get(variant) ?? makeHeaders(message, variant);
  ofMessage.set(variant, headers);
  known.set(message, ofMessage);
  return headers;
}

function makeHeaders(message: TaskMessage, variant: string | undefined): RequestHeaders {
  if (!/^[\x21-\x7e]+$/.test(message.host)) throw new NotATaskError("the host is not a host name");
  const own = headersToSend(headerOf(message, variant));
  return {
    lines: headerLines([["host", message.host], ...own, ...serverTimingWanted(message, own)]),
    compressed: acceptedEncodings(own).length > 0,
    hasRange: own.some(([name]) => name.toLowerCase() === "range"),
  };
}

/**
 * Where the distribution's policy knows Server-Timing at all, this brings it, whatever share of the answers has it otherwise:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
function serverTimingWanted({ verify }: TaskMessage, own: readonly Header[]): Header[] {
  if (verify === "off" || own.some(([name]) => name.toLowerCase() === "pragma")) return [];
  return [["pragma", "server-timing"]];
}
