import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { end, listen } from "../listen.ts";
import { callHead, readCall } from "../memory-aws/aws-http.ts";
import type { MemoryCloudFront } from "../memory-aws/memory-cloudfront.ts";

/** Unused connections to the emulator end before it would end them itself, after 75 s. */
const IDLE_MS = 30_000;

/** The only way to the emulator, which takes calls from anybody: a server on a random port of loopback, for calls that name this machine. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

interface FrontOptions {
  /** Unix socket on which the emulator listens. */
  readonly socketPath: string;
  /** A proxy of this run before the front: URLs are signed with its host. @default none */
  readonly proxy?: string | undefined;
  /** Answers the calls of CloudFront and AWS WAF, most of which the emulator does not know. @default the emulator */
  readonly cloudFront?: MemoryCloudFront | undefined;
}

/** Opens the front on a free port. It refuses calls of web pages, and those with another name than this machine's. */
export async function openFront({ socketPath, proxy, cloudFront }: FrontOptions): Promise<Front> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const hosts = new Set(proxy === undefined ? [] : [new URL(proxy).host]);
  const server = createServer((from, to) => {
    const { origin, host = "" } = from.headers;
    // A browser sends it with every POST that a page makes, to any host: https://fetch.spec.whatwg.org/#origin-header
    if (origin !== undefined)
      return refuse(to, 403, "Web pages may not call the local emulator: the request has an Origin");
    // A page's own name may lead to this machine (DNS rebinding). The name stays in Host.
    if (!hosts.has(host.toLowerCase()))
      return refuse(to, 403, `Host must be one of ${[...hosts].join(", ")}; got ${JSON.stringify(host)}`);
    if (cloudFront?.operation(callHead(from)) !== undefined) return void answer(cloudFront, from, to);
    forward({ agent, socketPath }, from, to);
  });
  // Longer than clients keep a connection, so that none is closed under a call.
  server.keepAliveTimeout = 75_000;
  const port = Number(new URL(await listen(server)).port);
  for (const name of ["127.0.0.1", "localhost"]) hosts.add(`${name}:${port}`);
  return {
    port,
    close: async () => {
      await end(server);
      agent.destroy();
    },
  };
}

async function answer(cloudFront: MemoryCloudFront, from: IncomingMessage, to: ServerResponse): Promise<void> {
  const call = await readCall(from).catch(() => undefined);
  // The caller is gone.
  if (call === undefined) return;
  const { status = 200, headers, body } = cloudFront.reply(call);
  to.writeHead(status, headers).end(body);
}

function forward(
  target: { readonly agent: Agent; readonly socketPath: string },
  from: IncomingMessage,
  to: ServerResponse,
): void {
  const { connection: _connection, expect: _expect, ...headers } = from.headers;
  const asked = request({ ...target, method: from.method, path: from.url, headers }, (answer) => {
    const { connection: _its, "keep-alive": _idle, ...kept } = answer.headers;
    to.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(to);
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

/**
 * The header of a call to the emulator that no SDK signs. The emulator looks at the account in it alone, so there is
 * no signature.
 */
export function authorization(
  aws: { readonly env: NodeJS.ProcessEnv; readonly region: string },
  service: string,
): string {
  const credential = `${aws.env["AWS_ACCESS_KEY_ID"]}/20260101/${aws.region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
}
