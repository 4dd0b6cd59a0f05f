import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { Distinct } from "../distinct.ts";

/** A message of one URL, as Task sends it. A test changes what it is about. */
export function taskMessage(different: Partial<TaskMessage> = {}): TaskMessage {
  return {
    req_id: "e059b77b-e427-4489-a50b-4d8c652f114c",
    pop: "SIN2-P1",
    ips: ["127.0.0.1"],
    host: "d111111abcdef8.cloudfront.net",
    header: [],
    shards: 4,
    urls: [{ url: "https://www.example.com/a.bin", bytes: 10 }],
    ...different,
  };
}

/** The same with every field that a message may have, of which no two strings and numbers are equal. */
export function fullTaskMessage(different: Partial<TaskMessage> = {}): TaskMessage {
  const d = new Distinct(11);
  return {
    req_id: d.id("request"),
    pop: d.pop(),
    ips: [d.ip(), d.ip()],
    host: d.host(),
    header: [`X-One: ${d.id("header")}`],
    variants: [{ name: "br", header: [`X-Two: ${d.id("header")}`] }],
    verify: "off",
    downloads: 2,
    scope: "regional",
    shards: d.integer(),
    origin: { requests_per_second: d.integer(), concurrency: d.integer() },
    urls: [
      { url: d.url(), bytes: d.bytes() },
      {
        url: d.url(),
        bytes: d.bytes(),
        variant: d.id("variant"),
        attempts: d.integer(),
        first_attempt_at: d.integer(),
      },
    ],
    followers: [
      { pop: d.pop(), ips: [d.ip()] },
      { pop: d.pop(), ips: [d.ip(), d.ip()] },
    ],
    origin_failures: d.integer(),
    first_failure: d.id("HTTP 404"),
    not_kept_at: d.pop(),
    follows: true,
    again: true,
    tries: d.integer(),
    ...different,
  };
}
