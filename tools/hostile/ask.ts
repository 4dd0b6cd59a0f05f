import { Agent, request } from "node:http";
import type { PageCall } from "./page-calls.ts";

export interface Seen {
  /** Undefined if the connection ended without an answer. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const agent = new Agent({ keepAlive: false, maxSockets: 16 });

/** Makes a call with any Host and Origin, which `fetch` does not allow. */
export function ask({ hostname, port }: URL, { method, path, headers, body }: PageCall): Promise<Seen> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: undefined, headers: {}, text: "" });
    const asked = request({ agent, hostname, port, method, path, headers, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.once("error", nothing);
    });
    asked.once("error", nothing);
    asked.once("timeout", () => asked.destroy());
    asked.end(body);
  });
}
