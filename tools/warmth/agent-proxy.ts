import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Agent } from "undici";
import { readAwsCall } from "../faults/aws-call.ts";
import { forward, withoutHopByHop } from "../faults/aws-proxy.ts";
import { addressOf } from "../local/ports.ts";

/** One call of an agent, as a lab sees it before and after it is carried out. */
export interface SeenCall {
  /** `SendMessageBatch` */
  readonly operation: string;
  /** The call's body, and the answer's once there is one; empty where it is no JSON. */
  readonly input: unknown;
  readonly output?: unknown;
}

export interface AgentProxyOptions {
  /** Of the AWS APIs. */
  readonly target: string;
  /** @returns whether the call is to be dropped: it is not carried out, and has no answer */
  readonly before: (call: SeenCall) => boolean;
  /** @returns whether the answer is to be dropped */
  readonly after: (call: SeenCall) => boolean;
}

export interface AgentProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** A proxy for one agent's calls of the AWS APIs. */
export async function startAgentProxy(options: AgentProxyOptions): Promise<AgentProxy> {
  const client = new Agent({ headersTimeout: 120_000, bodyTimeout: 120_000 });
  const server = createServer((from, to) => {
    handle(options, client, from, to).catch(() => to.destroy());
  });
  server.keepAliveTimeout = 65_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${addressOf(server).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await client.destroy();
    },
  };
}

async function handle(
  { target, before, after }: AgentProxyOptions,
  client: Agent,
  from: IncomingMessage,
  to: ServerResponse,
): Promise<void> {
  const body = await buffer(from);
  const { operation } = readAwsCall(from.method ?? "GET", from.headers, body);
  const call = { operation, input: parsed(body) };
  if (before(call)) return void to.destroy();
  // The emulator answers to its own name only.
  from.headers.host = new URL(target).host;
  const answer = await forward(target, client, from, body);
  if (after({ ...call, output: parsed(answer.bytes) })) return void to.destroy();
  to.writeHead(answer.statusCode, withoutHopByHop(answer.headers));
  to.end(answer.bytes);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return {};
  }
}
