import type { TaskMessage } from "../../domain/plan/task-message.ts";

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
