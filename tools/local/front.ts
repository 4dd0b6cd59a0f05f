import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { asksForKeys, createsInvalidation, type FrontCall, frontRefusal, keysIn } from "./front-rules.ts";
import { addressOf } from "./ports.ts";

/** Unused connections to the emulator end before it would end them itself, after 75 s. */
const IDLE_MS = 30_000;

/** The only way to the emulator, which takes calls from anybody: a server on loopback that knows this run's callers. */
export interface Front {
  readonly port: number;
  /** Runs `listener` each time that the emulator has accepted an invalidation, before the caller gets the answer. */
  onInvalidation(listener: () => Promise<void>): void;
  close(): Promise<void>;
}

export interface FrontOptions {
  /** Unix socket on which the emulator listens. */
  readonly socketPath: string;
  readonly accessKeyId: string;
  /** A proxy of this run before the front: URLs are signed with its host. @default none */
  readonly proxy?: string | undefined;
}

/**
 * Opens the front on a free port. It lets pass what `frontRefusal` has nothing against. Keys that AWS STS hands out to such
 * a caller are let pass from then on: the CDK command line works with them.
 */
export async function openFront({ socketPath, accessKeyId, proxy }: FrontOptions): Promise<Front> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const keys = new Set([accessKeyId]);
  const hosts = new Set(proxy === undefined ? [] : [new URL(proxy).host]);
  const listeners: (() => Promise<void>)[] = [];
  const before = (call: FrontCall): ((text: string) => unknown) | undefined => {
    if (asksForKeys(call)) return (text) => keysIn(text).map((it) => keys.add(it));
    return createsInvalidation(call) ? () => Promise.all(listeners.map((listener) => listener())) : undefined;
  };
  const server = createServer((from, to) => {
    const call = callOf(from);
    const refusal = frontRefusal(call, { hosts, keys });
    if (refusal !== undefined) return refuse(to, 403, refusal);
    forward({ agent, socketPath, before: before(call) }, from, to);
  });
  // Longer than clients keep a connection, so that none is closed under a call.
  server.keepAliveTimeout = 75_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = addressOf(server);
  for (const name of ["127.0.0.1", "localhost"]) hosts.add(`${name}:${port}`);
  return {
    port,
    onInvalidation: (listener) => listeners.push(listener),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      agent.destroy();
    },
  };
}

function callOf({ method = "GET", url = "", headers }: IncomingMessage): FrontCall {
  return { method, url, host: headers.host, origin: headers.origin, authorization: headers.authorization };
}

interface Target {
  readonly agent: Agent;
  readonly socketPath: string;
  /** Is given the answer's text, and is waited for, before the caller gets it. @default the answer is passed on unread */
  readonly before: ((text: string) => unknown) | undefined;
}

function forward({ before, ...target }: Target, from: IncomingMessage, to: ServerResponse): void {
  const { connection: _connection, expect: _expect, ...headers } = from.headers;
  const asked = request({ ...target, method: from.method, path: from.url, headers }, (answer) => {
    const { connection: _its, "keep-alive": _idle, ...kept } = answer.headers;
    to.writeHead(answer.statusCode ?? 502, kept);
    if (before === undefined) return void answer.pipe(to);
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.once("end", async () => {
      const body = Buffer.concat(chunks);
      await before(body.toString("utf8"));
      to.end(body);
    });
    answer.once("error", () => to.destroy());
  });
  asked.once("error", (error) => {
    if (to.headersSent) to.destroy();
    else refuse(to, 502, `The emulator does not answer: ${error.message}`);
  });
  // The caller is gone: what it asked for need not go on.
  to.once("close", () => to.writableFinished || asked.destroy());
  from.pipe(asked);
}

/** Its shape is that of the JSON protocols of AWS. */
function refuse(to: ServerResponse, status: number, message: string): void {
  to.writeHead(status, { "content-type": "application/json", connection: "close" });
  to.end(JSON.stringify({ __type: "AccessDeniedException", message }));
}
