import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createHandler, readPageFiles } from "../../lambdas/console/handler.ts";
import { consoleFiles } from "../../lib/bundling.ts";
import { addressOf } from "../../tools/local/ports.ts";

/** What the API says to a call: HTTP status and body; undefined: no answer, as when the network is gone. */
export type Answer = { readonly status?: number; readonly body: unknown } | undefined;

export interface PageServer {
  /** The console's page. */
  readonly url: string;
  readonly key: string;
  /** What it answers from now on, by `GET requests`. @param body what was sent, "" for nothing */
  say(answers: (route: string, query: URLSearchParams, body: string) => Answer): void;
  close(): Promise<void>;
}

const KEY = "key-of-the-tests";

/** The console as its Lambda serves it, and answers of the API that a test chooses beside it: states that a real run seldom has. */
export async function openPageServer(): Promise<PageServer> {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-console-"));
  for (const [name, text] of Object.entries(consoleFiles())) writeFileSync(join(folder, name), text);
  const serve = createHandler(readPageFiles(folder));
  rmSync(folder, { recursive: true });
  let answers: (route: string, query: URLSearchParams, body: string) => Answer = () => ({ status: 404, body: {} });
  const server = createServer(async (from, to) => {
    const url = new URL(from.url ?? "/", "http://localhost");
    const [, , first = "", ...rest] = url.pathname.split("/");
    if (first === "console") {
      const file = rest.length === 0 ? null : { file: rest.join("/") };
      const { statusCode, headers = {}, body } = await serve({ pathParameters: file });
      for (const [name, value] of Object.entries(headers)) to.setHeader(name, String(value));
      to.writeHead(statusCode).end(body);
      return;
    }
    const body = await text(from);
    const answer =
      from.headers["x-api-key"] === KEY
        ? answers(`${from.method} ${first}`, url.searchParams, body)
        : { status: 403, body: { error_message: "No valid API key" } };
    if (answer === undefined) return void from.socket.destroy();
    to.writeHead(answer.status ?? 200, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${addressOf(server).port}/prod/console`,
    key: KEY,
    say: (said) => {
      answers = said;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
