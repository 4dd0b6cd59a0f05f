import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher } from "undici";
import { type AwsCall, readAwsCall } from "./aws-call.ts";
import { type FaultKind, type Rule, strike } from "./rules.ts";

/** A proxy in front of the AWS APIs that makes a share of the calls go wrong. */
export interface AwsProxy {
  readonly url: string;
  /** URL that calls are forwarded to. */
  target: string;
  rules: readonly Rule[];
  /** How often each kind of fault happened. */
  readonly injected: Readonly<Record<FaultKind, number>>;
  close(): Promise<void>;
}

export async function startAwsProxy(port: number, random: () => number): Promise<AwsProxy> {
  const client = new Agent({ connections: 256, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const injected = { fail: 0, delay: 0, "lose-answer": 0, "refuse-after": 0, "deliver-twice": 0 };
  const proxy = { url: `http://127.0.0.1:${port}`, target: "", rules: [] as readonly Rule[], injected };
  const server = createServer((from, to) => {
    handle(proxy, client, random, from, to).catch(() => to.destroy());
  });
  server.keepAliveTimeout = 65_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(proxy, {
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await client.destroy();
    },
  });
}

async function handle(
  proxy: Omit<AwsProxy, "close" | "injected"> & { readonly injected: Record<FaultKind, number> },
  client: Agent,
  random: () => number,
  from: IncomingMessage,
  to: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of from) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const call = readAwsCall(from.method ?? "GET", from.headers, body);
  const rule = strike(proxy.rules, call, random);
  if (rule !== undefined) proxy.injected[rule.kind]++;

  if (rule?.kind === "fail") return refuse(to, 500, "InternalServerError", "injected: the service is at fault");
  if (rule?.kind === "delay") await sleep(random() * (rule.ms ?? 1_000));
  const answer = await forward(proxy.target, client, from, body);
  await deliverTwice(proxy, client, random, call, from, body);
  if (rule?.kind === "lose-answer") return void to.destroy();
  if (rule?.kind === "refuse-after")
    return refuse(to, 400, "ValidationException", "injected: carried out, then refused");
  to.writeHead(answer.statusCode, withoutHopByHop(answer.headers));
  to.end(answer.bytes);
}

/** Sends a share of a call's messages again, because SQS may deliver any message twice. */
async function deliverTwice(
  proxy: Pick<AwsProxy, "rules" | "target"> & { readonly injected: Record<FaultKind, number> },
  client: Agent,
  random: () => number,
  call: AwsCall,
  from: IncomingMessage,
  body: Buffer,
): Promise<void> {
  const rule = proxy.rules.find(({ kind }) => kind === "deliver-twice");
  if (rule === undefined || call.service !== "sqs" || call.operation !== "SendMessageBatch") return;
  const message = JSON.parse(body.toString("utf8")) as { Entries: unknown[] };
  const again = message.Entries.filter(() => random() < rule.share);
  if (again.length === 0) return;
  proxy.injected["deliver-twice"] += again.length;
  await forward(proxy.target, client, from, Buffer.from(JSON.stringify({ ...message, Entries: again })));
}

/** Carries out a call at the AWS APIs. */
export async function forward(target: string, client: Agent, from: IncomingMessage, body: Buffer) {
  const {
    connection: _connection,
    "content-length": _length,
    "transfer-encoding": _encoding,
    expect: _expect,
    ...headers
  } = from.headers;
  const answer = await client.request({
    origin: target,
    path: from.url ?? "/",
    method: (from.method ?? "GET") as Dispatcher.HttpMethod,
    headers,
    body: body.length > 0 ? body : null,
  });
  return {
    statusCode: answer.statusCode,
    headers: answer.headers,
    bytes: Buffer.from(await answer.body.arrayBuffer()),
  };
}

/** Headers of an answer that are handed on with its body. */
export function withoutHopByHop(headers: Dispatcher.ResponseData["headers"]): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !["connection", "transfer-encoding", "content-length", "keep-alive"].includes(name)) {
      kept[name] = value;
    }
  }
  return kept;
}

function refuse(to: ServerResponse, status: number, type: string, message: string): void {
  to.writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": type });
  to.end(JSON.stringify({ __type: type, message, Message: message }));
}
